import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { checkChatModel } from '../openai-models.ts'
import { rootProblem, strictProblem } from '../strict-schema.ts'
import { openaiProblem } from '../tool-schema.ts'
import { checkMessages } from './check-messages.ts'
import { checkTools } from './check-tools.ts'
import { invalid, longList, missing, notOneOf, wrongType } from './rejection.ts'

/** Every member of a Chat Completions body. https://platform.openai.com/docs/api-reference/chat/create */
const KNOWN = new Set(
  'model messages audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options'.split(
    ' ',
  ),
)

/** What a number may be. */
export type Bounds = { readonly min: number; readonly max: number; readonly isInteger: boolean }

const NUMBERS: Readonly<Record<string, Bounds>> = {
  temperature: { min: 0, max: 2, isInteger: false },
  top_p: { min: 0, max: 1, isInteger: false },
  presence_penalty: { min: -2, max: 2, isInteger: false },
  frequency_penalty: { min: -2, max: 2, isInteger: false },
  n: { min: 1, max: 128, isInteger: true },
  max_tokens: { min: 1, max: Number.MAX_SAFE_INTEGER, isInteger: true },
  max_completion_tokens: { min: 1, max: Number.MAX_SAFE_INTEGER, isInteger: true },
  top_logprobs: { min: 0, max: 20, isInteger: true },
}

const BOOLEANS = ['stream', 'logprobs', 'store']
const MAX_STOPS = 4

/**
 * What OpenAI would refuse in a Chat Completions body, in its words where they are known; `undefined` = nothing.
 * `schemaProblem`: what is wrong with the parameters of a function.
 */
export function checkRequest(body: JsonObject, schemaProblem = openaiProblem): Rejection | undefined {
  return (
    checkChatModel(body) ??
    checkNames(body, KNOWN) ??
    checkMessages(body['messages']) ??
    checkNumbers(body, NUMBERS) ??
    checkLimits(body) ??
    checkBooleans(body, BOOLEANS) ??
    checkStop(body['stop']) ??
    checkTools(body, schemaProblem) ??
    checkStreamOptions(body) ??
    checkResponseFormat(body)
  )
}

/** A member that the endpoint does not know. */
export function checkNames(body: JsonObject, known: ReadonlySet<string>): Rejection | undefined {
  for (const name in body) {
    if (!known.has(name)) return invalid(`Unrecognized request argument supplied: ${name.slice(0, 200)}`, null)
  }
  return undefined
}

/** A number out of its bounds, or none; `null` says nothing. */
export function checkNumbers(body: JsonObject, all: Readonly<Record<string, Bounds>>): Rejection | undefined {
  for (const name in all) {
    const value = body[name]
    const bounds = all[name]
    if (value === undefined || value === null || bounds === undefined) continue
    const problem = checkNumber(name, value, bounds)
    if (problem !== undefined) return problem
  }
  return undefined
}

function checkLimits(body: JsonObject): Rejection | undefined {
  if (typeof body['max_tokens'] === 'number' && typeof body['max_completion_tokens'] === 'number') {
    return invalid(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    )
  }
  return undefined
}

function checkNumber(name: string, value: JsonValue, { min, max, isInteger }: Bounds): Rejection | undefined {
  const kind = isInteger ? 'integer' : 'decimal'
  if (typeof value !== 'number' || (isInteger && !Number.isInteger(value))) {
    return wrongType(name, isInteger ? 'an integer' : 'a decimal', value)
  }
  if (value >= min && value <= max) return undefined
  const [side, sign, bound] = value < min ? ['below minimum', '>=', min] : ['above maximum', '<=', max]
  return invalid(
    `Invalid '${name}': ${kind} ${side} value. Expected a value ${sign} ${bound}, but got ${value} instead.`,
    name,
    `${kind}_${value < min ? 'below_min' : 'above_max'}_value`,
  )
}

/** A switch that is none; `null` says nothing. */
export function checkBooleans(body: JsonObject, names: readonly string[]): Rejection | undefined {
  const name = names.find((key) => body[key] !== undefined && body[key] !== null && typeof body[key] !== 'boolean')
  return name === undefined ? undefined : wrongType(name, 'a boolean', body[name])
}

/** Stop sequences, four at most. */
export function checkStop(stop: JsonValue | undefined): Rejection | undefined {
  if (stop === undefined || stop === null || typeof stop === 'string') return undefined
  if (!Array.isArray(stop)) return wrongType('stop', 'one of a string or array of strings', stop)
  if (stop.length > MAX_STOPS) return longList('stop', MAX_STOPS, stop.length)
  const at = stop.findIndex((sequence) => typeof sequence !== 'string')
  return at < 0 ? undefined : wrongType(`stop[${at}]`, 'a string', stop[at])
}

/** Options of a stream without one. */
export function checkStreamOptions(body: JsonObject): Rejection | undefined {
  const options = body['stream_options']
  if (options === undefined || options === null) return undefined
  if (!isJsonObject(options)) return wrongType('stream_options', 'an object', options)
  if (body['stream'] === true) return undefined
  return invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options')
}

function checkResponseFormat(body: JsonObject): Rejection | undefined {
  const format = body['response_format']
  if (format === undefined || format === null) return undefined
  if (!isJsonObject(format)) return wrongType('response_format', 'an object', format)
  const { type, json_schema: described } = format
  if (type === undefined) return missing('response_format.type')
  if (type === 'text') return undefined
  if (type === 'json_object') {
    if (/json/i.test(JSON.stringify(body['messages']))) return undefined
    return invalid(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
    )
  }
  if (type !== 'json_schema') return notOneOf('response_format.type', ['json_object', 'json_schema', 'text'], type)
  if (!isJsonObject(described)) return missing('response_format.json_schema')
  if (typeof described['name'] !== 'string') return missing('response_format.json_schema.name')
  if (!isJsonObject(described['schema'])) return missing('response_format.json_schema.schema')
  const { schema } = described
  const problem = rootProblem(schema) ?? (described['strict'] === true ? strictProblem(schema) : undefined)
  return problem === undefined
    ? undefined
    : invalid(`Invalid schema for response_format '${described['name']}': ${problem}`, 'response_format', null)
}
