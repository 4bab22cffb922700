import type { ErrorCode, GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Headers } from '../../core/ports.ts'
import { table } from '../../core/table.ts'
import { compact, textOf } from '../shared/read-json.ts'
import { parseErrorBody, upstreamError } from '../shared/upstream-error.ts'

/** Bedrock's exceptions and the status each has outside a stream. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors */
const STATUSES = table<number>({
  accessDeniedException: 403,
  internalServerException: 500,
  modelErrorException: 424,
  modelNotReadyException: 429,
  modelStreamErrorException: 424,
  modelTimeoutException: 408,
  resourceNotFoundException: 404,
  serviceQuotaExceededException: 429,
  serviceUnavailableException: 503,
  throttlingException: 429,
  validationException: 400,
})

/**
 * The upstream's failure. Bedrock's body is `{"message"}`; the exception's type stands in a header, in the body only
 * with some proxies, so that the status has to tell.
 */
export function readError(status: number, headers: Headers, body: string): GatewayError {
  const fields = parseErrorBody(body)
  const type = textOf(fields['__type']) ?? textOf(fields['code'])
  return classified(status, type?.split('#').at(-1), saidIn(fields), headers)
}

/** An exception in a stream: an event named `exception:TYPE`. */
export function readException(event: string, data: string): GatewayError {
  const type = event.slice(event.indexOf(':') + 1)
  return classified(STATUSES[type], type, saidIn(parseErrorBody(data)), {})
}

function saidIn(body: JsonObject): string | undefined {
  const { message, Message, originalMessage, error } = isJsonObject(body['error']) ? body['error'] : body
  return textOf(message) ?? textOf(Message) ?? textOf(originalMessage) ?? textOf(error)
}

/** One code, `ValidationException`, stands for most refusals: the words tell them apart. */
function classified(
  status: number | undefined,
  type: string | undefined,
  message: string | undefined,
  headers: Headers,
) {
  const words = message?.slice(0, 500) ?? ''
  const known = WORDS.find(([pattern]) => pattern.test(words))
  return upstreamError({ status, code: known?.[1] ?? type, message }, headers)
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/input is too long|prompt is too long|too many input tokens|maximum tokens? .*exceed/i, 'context_length_exceeded'],
  [
    /model identifier is invalid|on-demand throughput isn|access to the model|reached the end of its life/i,
    'model_not_found',
  ],
]

/** The exception an AWS SDK throws for a code of ours. */
export function exceptionOf(code: ErrorCode, status: number): string {
  if (code === 'upstream_rate_limited' || code === 'upstream_quota_exhausted') return 'ThrottlingException'
  if (code === 'model_not_found' || status === 404) return 'ResourceNotFoundException'
  if (code === 'upstream_timeout' || status === 408) return 'ModelTimeoutException'
  if (status === 401 || status === 403) return 'AccessDeniedException'
  if (status === 503) return 'ServiceUnavailableException'
  return status < 500 ? 'ValidationException' : 'InternalServerException'
}

/** The client's error body. SDKs look for the type in the header `x-amzn-errortype` and, as here, in `__type`. */
export function writeError(error: GatewayError): JsonObject {
  return compact({
    // `data` is plain JSON by contract of ErrorOptions.
    ...(error.data as JsonObject | undefined),
    __type: exceptionOf(error.code, error.status),
    message: error.message,
    // Not `code`: SDKs would take it for the exception's name.
    errorCode: error.code,
    param: error.param,
  })
}

/** Exceptions that a stream may end with, named as its events are. */
const STREAM_EXCEPTIONS = [
  'internalServerException',
  'modelStreamErrorException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
]

/** An event and its data as lines: whoever frames a stream for AWS's SDKs makes a message of type `exception` of it. */
export function writeStreamError(error: GatewayError): string {
  const said = exceptionOf(error.code, error.status)
  const type = said.charAt(0).toLowerCase() + said.slice(1)
  const known = STREAM_EXCEPTIONS.includes(type) ? type : 'modelStreamErrorException'
  return `event: exception:${known}\ndata: ${JSON.stringify({ message: error.message })}\n\n`
}

/** An event of a type no SDK knows: they read past it. */
export function writeStreamExplanation(id: string, explanation: unknown): string {
  return `event: routing\ndata: ${JSON.stringify({ id, routing: explanation })}\n\n`
}
