import type { Rejection } from '../format.ts'
import type { Finding, PathStep } from '../shape.ts'

/** A 400 in Anthropic's terms. https://docs.claude.com/en/api/errors */
export function invalid(message: string): Rejection {
  return { status: 400, message, type: 'invalid_request_error', param: null, code: null }
}

/** A finding in the words of pydantic, which Anthropic passes on. https://docs.pydantic.dev/latest/errors/validation_errors/ */
export function invalidShape(finding: Finding): Rejection {
  return invalid(`${pathOf(finding.path)}: ${wordsOf(finding)}`)
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const MESSAGES: Readonly<Record<string, string>> = {
  authentication_error: 'invalid x-api-key',
  api_error: 'Internal server error',
  overloaded_error: 'Overloaded',
}

/** The body of an error, and of an error event. */
export function writeError({ status, message }: Rejection): string {
  const type = ERROR_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
  return JSON.stringify({ type: 'error', error: { type, message: MESSAGES[type] ?? message } })
}

function pathOf(path: readonly PathStep[]): string {
  return path.map((step) => (typeof step !== 'object' ? String(step) : 'tag' in step ? step.tag : step.name)).join('.')
}

function wordsOf({ problem, expected, value, path }: Finding): string {
  switch (problem) {
    case 'missing':
      return 'Field required'
    case 'unknown':
      return 'Extra inputs are not permitted'
    case 'kind':
      return `Input should be a valid ${expected === 'array' ? 'list' : expected === 'object' ? 'dictionary' : expected}`
    case 'value':
      return `Input should be ${quoted(expected).join(' or ')}`
    case 'tag':
      return `Input tag '${String(value)}' found using '${String(path.at(-1))}' does not match any of the expected tags: ${quoted(expected).join(', ')}`
    case 'pattern':
      return `String should match pattern '${expected}'`
    case 'low':
      return `Input should be greater than or equal to ${expected}`
    case 'high':
      return `Input should be less than or equal to ${expected}`
    case 'short':
      return Array.isArray(value)
        ? `List should have at least ${expected} item after validation, not ${value.length}`
        : `String should have at least ${expected} character`
    case 'long':
      return Array.isArray(value)
        ? `List should have at most ${expected} items after validation, not ${value.length}`
        : `String should have at most ${expected} characters`
    default: {
      const unhandled: never = problem
      return String(unhandled)
    }
  }
}

function quoted(words: string): string[] {
  return words.split(' ').map((word) => `'${word}'`)
}
