import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import type { Bounds } from '../openai-chat/check-request.ts'
import { checkBooleans, checkNames, checkNumbers, checkStop, checkStreamOptions } from '../openai-chat/check-request.ts'
import { invalid, wrongType } from '../openai-chat/rejection.ts'
import { numberOf } from '../read-json.ts'
import { countTokens } from '../text-or-tokens.ts'
import { DEFAULT_MAX_TOKENS, readPrompts } from './read-call.ts'

/** Every member of the body. https://platform.openai.com/docs/api-reference/completions/create */
const KNOWN = new Set(
  'model prompt best_of echo frequency_penalty logit_bias logprobs max_tokens n presence_penalty seed stop stream stream_options suffix temperature top_p user'.split(
    ' ',
  ),
)

const NUMBERS: Readonly<Record<string, Bounds>> = {
  best_of: { min: 0, max: 20, isInteger: true },
  frequency_penalty: { min: -2, max: 2, isInteger: false },
  logprobs: { min: 0, max: 5, isInteger: true },
  max_tokens: { min: 0, max: Number.MAX_SAFE_INTEGER, isInteger: true },
  n: { min: 1, max: 128, isInteger: true },
  presence_penalty: { min: -2, max: 2, isInteger: false },
  temperature: { min: 0, max: 2, isInteger: false },
  top_p: { min: 0, max: 1, isInteger: false },
}

/** https://github.com/OpenHands/OpenHands/issues/1126 */
const INSTRUCT_CONTEXT_TOKENS = 4_097

/** What OpenAI would refuse in a legacy Completions body, in its words where they are known; `undefined` = nothing. */
export function checkRequest(body: JsonObject): Rejection | undefined {
  const model = String(body['model'])
  return (
    checkModel(model) ??
    checkNames(body, KNOWN) ??
    checkPrompt(body) ??
    checkNumbers(body, NUMBERS) ??
    checkBooleans(body, ['echo', 'stream']) ??
    checkStop(body['stop']) ??
    checkStreamOptions(body) ??
    checkBias(body) ??
    checkCandidates(body) ??
    checkEcho(body, model) ??
    checkSuffix(body, model) ??
    checkContext(body, model)
  )
}

/** https://github.com/sashabaranov/go-openai/issues/126 */
function checkModel(model: string): Rejection | undefined {
  if (!/(?:^|\/)(?:gpt-(?!3\.5-turbo-instruct)|chatgpt-|o\d)/.test(model)) return undefined
  const message =
    'This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?'
  return { ...invalid(message, 'model'), status: 404 }
}

function checkPrompt({ prompt }: JsonObject): Rejection | undefined {
  return readPrompts(prompt) === undefined
    ? wrongType(
        'prompt',
        'one of a string, array of strings, array of integers, or array of arrays of integers',
        prompt,
      )
    : undefined
}

function checkBias({ logit_bias: bias, suffix, user }: JsonObject): Rejection | undefined {
  if (bias !== undefined && bias !== null && !isJsonObject(bias)) return wrongType('logit_bias', 'an object', bias)
  if (user !== undefined && user !== null && typeof user !== 'string') return wrongType('user', 'a string', user)
  const isText = suffix === undefined || suffix === null || typeof suffix === 'string'
  return isText ? undefined : wrongType('suffix', 'a string', suffix)
}

/** https://platform.openai.com/docs/api-reference/completions/create#completions-create-best_of */
function checkCandidates(body: JsonObject): Rejection | undefined {
  const best = numberOf(body['best_of'])
  const count = numberOf(body['n']) ?? 1
  if (best === undefined) return undefined
  // https://github.com/langchain-ai/langchain/issues/2571
  if (count > best) {
    return invalid(
      `You requested that the server return more choices than it will generate (HINT: you must set 'n' (currently ${count}) to be at most 'best_of' (currently ${best}), or omit either parameter if you don't specifically want to use them.)`,
      null,
    )
  }
  return body['stream'] === true && best > count
    ? invalid("Results of 'best_of' greater than 'n' cannot be streamed.", 'best_of')
    : undefined
}

function checkEcho(body: JsonObject, model: string): Rejection | undefined {
  if (body['max_tokens'] === 0 && body['echo'] !== true) {
    return invalid(
      "You requested a length 0 completion, but you did not set the 'echo' parameter. That means that we will return no data to you. (HINT: set 'echo' to true in order for the API to echo back the prompt to you.)",
      null,
    )
  }
  // https://github.com/keirp/automatic_prompt_engineer/issues/25
  const isBoth = body['echo'] === true && numberOf(body['logprobs']) !== undefined
  return isBoth && isInstruct(model)
    ? invalid("Setting 'echo' and 'logprobs' at the same time is not supported for this model.", null)
    : undefined
}

/** "only supported for gpt-3.5-turbo-instruct": https://platform.openai.com/docs/api-reference/completions/create#completions-create-suffix */
function checkSuffix({ suffix }: JsonObject, model: string): Rejection | undefined {
  return typeof suffix === 'string' && /davinci-002|babbage-002/.test(model)
    ? invalid("The 'suffix' parameter is not supported for this model.", 'suffix')
    : undefined
}

function checkContext(body: JsonObject, model: string): Rejection | undefined {
  if (!isInstruct(model)) return undefined
  const limit = numberOf(body['max_tokens']) ?? DEFAULT_MAX_TOKENS
  const longest = Math.max(...(readPrompts(body['prompt']) ?? []).map(countTokens))
  return longest + limit > INSTRUCT_CONTEXT_TOKENS
    ? invalid(
        `This model's maximum context length is ${INSTRUCT_CONTEXT_TOKENS} tokens, however you requested ${longest + limit} tokens (${longest} in your prompt; ${limit} for the completion). Please reduce your prompt; or completion length.`,
        null,
      )
    : undefined
}

function isInstruct(model: string): boolean {
  return model.includes('gpt-3.5-turbo-instruct')
}
