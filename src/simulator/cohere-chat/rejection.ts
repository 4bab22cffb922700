import type { Rejection } from '../format.ts'
import type { Finding, PathStep } from '../shape.ts'

/** A 400 in Cohere's terms. https://docs.cohere.com/reference/errors */
export function invalid(message: string): Rejection {
  return { status: 400, message: `invalid request: ${message}`, type: 'invalid_request', param: null, code: null }
}

/** A finding. The words are ours, in the manner of Cohere's: it documents none. */
export function invalidShape({ path, problem, expected, value }: Finding): Rejection {
  const at = pathOf(path)
  switch (problem) {
    case 'missing':
      return invalid(`${at} is required.`)
    case 'unknown':
      return invalid(`unknown field: parameter '${at}' is not a valid field`)
    case 'kind':
      return invalid(`${at} must be of type ${expected}.`)
    case 'value':
    case 'tag':
      return invalid(`${at} must be one of ${expected.replaceAll(' ', ', ')}, got ${JSON.stringify(value)}.`)
    default:
      return invalid(`${at} is out of range: the limit is ${expected}.`)
  }
}

/** The body of an error is its message. https://github.com/cohere-ai/cohere-python/issues/525 */
export function writeError({ message }: Rejection): string {
  return JSON.stringify({ message })
}

function pathOf(path: readonly PathStep[]): string {
  return path
    .filter((step) => typeof step !== 'object' || 'name' in step)
    .map((step) => (typeof step === 'object' && 'name' in step ? step.name : String(step)))
    .join('.')
}
