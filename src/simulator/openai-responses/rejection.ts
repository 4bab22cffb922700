import type { Rejection } from '../format.ts'
import { emptyList, invalid, longList, missing, notOneOf, wrongType } from '../openai-chat/rejection.ts'
import type { Finding, PathStep } from '../shape.ts'

/** Members of Chat Completions that have another name here. https://platform.openai.com/docs/guides/migrate-to-responses */
const MOVED: Readonly<Record<string, string>> = {
  messages: 'input',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
}

/** A finding in OpenAI's words; an unknown member is `unknown_parameter` at every depth. */
export function invalidShape({ path, problem, expected, value }: Finding): Rejection {
  const at = pathOf(path)
  switch (problem) {
    case 'unknown': {
      const moved = Object.hasOwn(MOVED, at) ? MOVED[at] : undefined
      if (moved === undefined) return invalid(`Unknown parameter: '${at}'.`, at, 'unknown_parameter')
      return invalid(
        `Unsupported parameter: '${at}'. In the Responses API, this parameter has moved to '${moved}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`,
        at,
        'unsupported_parameter',
      )
    }
    case 'missing':
      return missing(at)
    case 'kind':
      return wrongType(at, articled(expected), value)
    case 'value':
    case 'tag':
      return notOneOf(at, expected.split(' '), value)
    case 'pattern':
      return invalid(
        `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '${expected}'.`,
        at,
        'invalid_value',
      )
    case 'low':
    case 'high':
      return outOfRange(at, problem, expected, value)
    case 'short':
      return Array.isArray(value) ? emptyList(at) : wrongLength(at, 'short', expected, value)
    case 'long':
      return Array.isArray(value)
        ? longList(at, Number(expected), value.length)
        : wrongLength(at, 'long', expected, value)
    default: {
      const unhandled: never = problem
      return invalid(String(unhandled), at)
    }
  }
}

function outOfRange(at: string, problem: 'low' | 'high', bound: string, value: unknown): Rejection {
  const kind = Number.isInteger(value) ? 'integer' : 'decimal'
  const [side, sign] = problem === 'low' ? (['below minimum', '>='] as const) : (['above maximum', '<='] as const)
  return invalid(
    `Invalid '${at}': ${kind} ${side} value. Expected a value ${sign} ${bound}, but got ${String(value)} instead.`,
    at,
    `${kind}_${problem === 'low' ? 'below_min' : 'above_max'}_value`,
  )
}

function wrongLength(at: string, side: 'short' | 'long', bound: string, value: unknown): Rejection {
  const extreme = side === 'long' ? 'maximum' : 'minimum'
  return invalid(
    `Invalid '${at}': string too ${side}. Expected a string with ${extreme} length ${bound}, but got a string with length ${String(value).length} instead.`,
    at,
    side === 'long' ? 'string_above_max_length' : 'string_below_min_length',
  )
}

function pathOf(path: readonly PathStep[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    if (typeof step === 'object') return 'tag' in step ? text : `${text}.${step.name}`
    return `${text}${text === '' ? '' : '.'}${step}`
  }, '')
}

function articled(kinds: string): string {
  const words = kinds.split(' or ').map((kind) => (/^[aio]/.test(kind) ? `an ${kind}` : `a ${kind}`))
  return words.length === 1 ? (words[0] ?? '') : `one of ${words.join(' or ')}`
}
