import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { checkNames, checkNumbers } from '../openai-chat/check-request.ts'
import { invalid, missing, notOneOf, wrongType } from '../openai-chat/rejection.ts'
import { listOf } from '../read-json.ts'
import type { TextOrTokens } from '../text-or-tokens.ts'
import { countTokens, readTextsOrTokens } from '../text-or-tokens.ts'

/** Every member of the body. https://platform.openai.com/docs/api-reference/embeddings/create */
const KNOWN = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user'])
const ENCODINGS = ['float', 'base64']
// The same page: "8192 tokens for all embedding models", "any array must be 2048 dimensions or less", "a maximum of 300,000
// tokens summed across all inputs".
const MAX_INPUTS = 2_048
const MAX_INPUT_TOKENS = 8_192
const MAX_TOKENS = 300_000

/** What OpenAI would refuse in a body, in its words where they are known; `undefined` = nothing. */
export function checkEmbeddings(body: JsonObject): Rejection | undefined {
  return (
    checkNames(body, KNOWN) ??
    checkInput(body['input']) ??
    checkOptions(body) ??
    checkLengths(readTextsOrTokens(body['input']) ?? [])
  )
}

/** Components of a model's own vectors. https://platform.openai.com/docs/guides/embeddings#embedding-models */
export function dimensionsOf(model: string): number {
  return model.includes('text-embedding-3-large') ? 3_072 : 1_536
}

function checkInput(input: JsonValue | undefined): Rejection | undefined {
  if (input === undefined) return missing('input')
  const list = listOf(input)
  // Measured on 2026-09-27 by https://github.com/takecchi/mnemora, as are the words for empty, long and wide below.
  if (list.length > MAX_INPUTS) return invalid(`Invalid 'input': array length must be ${MAX_INPUTS} or less.`, null)
  const inputs = readTextsOrTokens(input)
  if (inputs === undefined) {
    // https://github.com/openai-php/client/issues/171
    return invalid(
      "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
      null,
    )
  }
  const empty = inputs.indexOf('')
  return empty < 0 ? undefined : invalid(`Invalid '${nameOf(input, empty)}': input cannot be an empty string.`, null)
}

function checkOptions(body: JsonObject): Rejection | undefined {
  const { encoding_format: encoding, user } = body
  if (isSaid(encoding) && !ENCODINGS.includes(String(encoding))) {
    return notOneOf('encoding_format', ENCODINGS, encoding)
  }
  if (isSaid(user) && typeof user !== 'string') return wrongType('user', 'a string', user)
  return checkDimensions(body, String(body['model']))
}

function checkDimensions(body: JsonObject, model: string): Rejection | undefined {
  const { dimensions } = body
  if (!isSaid(dimensions)) return undefined
  // https://github.com/sbintuitions/JMTEB/pull/14
  if (model.includes('ada-002')) return invalid('This model does not support specifying dimensions.', null)
  // The model's own length is the most: https://platform.openai.com/docs/guides/embeddings#use-cases
  const most = dimensionsOf(model)
  if (Number(dimensions) > most) {
    return invalid(
      `Invalid value for 'dimensions' = ${String(dimensions)}. Must be less than or equal to ${most}.`,
      null,
    )
  }
  return checkNumbers(body, { dimensions: { min: 1, max: most, isInteger: true } })
}

function checkLengths(inputs: readonly TextOrTokens[]): Rejection | undefined {
  const counts = inputs.map(countTokens)
  const long = counts.findIndex((tokens) => tokens > MAX_INPUT_TOKENS)
  // In place of the older "This model's maximum context length is 8192 tokens, however you requested …".
  if (long >= 0) return invalid(`Invalid 'input[${long}]': maximum input length is ${MAX_INPUT_TOKENS} tokens.`, null)
  // In place of the older "Requested 416735 tokens, max 300000 tokens per request".
  return counts.reduce((sum, tokens) => sum + tokens, 0) > MAX_TOKENS
    ? invalid(`Invalid 'input': maximum request size is ${MAX_TOKENS} tokens per request.`, null)
    : undefined
}

function nameOf(input: JsonValue, index: number): string {
  return Array.isArray(input) ? `input[${index}]` : 'input'
}

function isSaid(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null
}
