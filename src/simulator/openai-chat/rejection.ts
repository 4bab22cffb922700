import type { Rejection } from '../format.ts'

/** A 400 in OpenAI's terms. */
export function invalid(message: string, param: string | null, code: string | null = null): Rejection {
  return { status: 400, message, type: 'invalid_request_error', param, code }
}

/** The body of an error. https://platform.openai.com/docs/guides/error-codes */
export function writeError({ message, type, param, code }: Rejection): string {
  return JSON.stringify({ error: { message, type, param, code } })
}

/** A member that must be there and is not. */
export function missing(param: string): Rejection {
  return invalid(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter')
}

/** A member that is not one of OpenAI's. */
export function unknown(param: string): Rejection {
  return invalid(`Unknown parameter: '${param}'.`, param, 'unknown_parameter')
}

/** A string that is too long. */
export function longString(param: string, max: number, length: number): Rejection {
  return invalid(
    `Invalid '${param}': string too long. Expected a string with maximum length ${max}, but got a string with length ${length} instead.`,
    param,
    'string_above_max_length',
  )
}

/** A string that does not match. */
export function oddString(param: string, pattern: string): Rejection {
  return invalid(
    `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${pattern}'.`,
    param,
    'invalid_value',
  )
}

/** A member of the wrong kind; `expected` with its article. */
export function wrongType(param: string, expected: string, value: unknown): Rejection {
  return invalid(
    `Invalid type for '${param}': expected ${expected}, but got ${article(value)} instead.`,
    param,
    'invalid_type',
  )
}

/** A string that is not one of a few. */
export function notOneOf(param: string, allowed: readonly string[], value: unknown): Rejection {
  const listed = allowed.map((name) => `'${name}'`)
  const names = `${listed.slice(0, -1).join(', ')}, and ${listed.at(-1) ?? ''}`
  return invalid(`Invalid value: '${String(value)}'. Supported values are: ${names}.`, param, 'invalid_value')
}

/** A list without elements where one is needed. */
export function emptyList(param: string): Rejection {
  return invalid(
    `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    param,
    'empty_array',
  )
}

/** A list with too many elements. */
export function longList(param: string, max: number, length: number): Rejection {
  return invalid(
    `Invalid '${param}': array too long. Expected an array with maximum length ${max}, but got an array with length ${length} instead.`,
    param,
    'array_above_max_length',
  )
}

function article(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal'
  return `a ${typeof value}`
}
