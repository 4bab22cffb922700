import type { Rejection } from '../format.ts'
import type { Finding, PathStep } from '../shape.ts'

/** A 400 in Google's terms. https://cloud.google.com/apis/design/errors */
export function invalid(message: string): Rejection {
  return { status: 400, message, type: 'INVALID_ARGUMENT', param: null, code: null }
}

/** A member of the request that its rules refuse: `* GenerateContentRequest.contents: contents is not specified`. */
export function invalidField(path: string, message: string, request = 'GenerateContentRequest'): Rejection {
  return invalid(`* ${request}.${path}: ${message}\n`)
}

/** A finding in the words of the parser of protocol buffers. https://github.com/nanbingxyz/5ire/issues/42 */
export function invalidShape({ path, problem, expected, value }: Finding, request?: string): Rejection {
  const at = pathOf(path)
  switch (problem) {
    case 'unknown': {
      const parent = pathOf(path.slice(0, -1))
      const where = parent === '' ? '' : ` at '${parent}'`
      return invalid(`Invalid JSON payload received. Unknown name "${String(path.at(-1))}"${where}: Cannot find field.`)
    }
    case 'missing':
      return invalidField(at, `${expected}: required field is missing.`, request)
    case 'short':
    case 'long':
      return invalidField(at, `must have at ${problem === 'short' ? 'least' : 'most'} ${expected} elements.`, request)
    case 'low':
    case 'high':
      return invalidField(at, `must be in the range that begins or ends with ${expected}.`, request)
    default:
      break
  }
  if (Array.isArray(value) && expected !== 'array') {
    const parent = pathOf(path.slice(0, -1))
    return invalid(
      `Invalid JSON payload received. Unknown name "${String(path.at(-1))}" at '${parent}': Proto field is not repeating, cannot start list.`,
    )
  }
  return invalid(`Invalid value at '${at}' (${TYPES[expected] ?? expected}), ${JSON.stringify(value)}`)
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'TYPE_STRING',
  integer: 'TYPE_INT32',
  number: 'TYPE_FLOAT',
  boolean: 'TYPE_BOOL',
  object: 'type.googleapis.com/google.protobuf.Struct',
}

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** The body of an error; how long to wait stands in its details. https://ai.google.dev/gemini-api/docs/troubleshooting */
export function writeError({ status, message, retryAfter }: Rejection): string {
  const name = STATUSES[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL')
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfter ?? 0}s` }
  const details = retryAfter === undefined ? {} : { details: [retry] }
  return JSON.stringify({ error: { code: status, message, status: name, ...details } })
}

/** `contents[0].parts[1].function_call`, a member of a map as `properties[2].value`. */
export function pathOf(path: readonly PathStep[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    if (typeof step === 'object') return 'tag' in step ? text : `${text}[${step.at}].value`
    return `${text}${text === '' ? '' : '.'}${snakeCase(step)}`
  }, '')
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
