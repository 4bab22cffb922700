import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Headers } from '../../core/ports.ts'
import { compact, countOf, objectsOf, textOf } from '../shared/read-json.ts'
import { parseErrorBody, upstreamError } from '../shared/upstream-error.ts'

/** The upstream's failure, classified by its status, then by what its body says. */
export function readError(status: number, headers: Headers, body: string): GatewayError {
  return readErrorBody(status, headers, parseErrorBody(body))
}

/**
 * `{"error": {"code", "message", "status", "details"}}` as a GatewayError; `status` is undefined when it came inside a
 * 200. https://cloud.google.com/apis/design/errors
 */
export function readErrorBody(status: number | undefined, headers: Headers, body: JsonObject): GatewayError {
  const error = isJsonObject(body['error']) ? body['error'] : body
  const details = objectsOf(error['details'])
  const message = textOf(error['message']) ?? ''
  const reason = details.map((detail) => textOf(detail['reason'])).find((said) => said !== undefined)
  const said = {
    status: status ?? countOf(error['code']),
    code: reason ?? textOf(error['status']),
    message,
  }
  const waiting = headers['retry-after'] === undefined ? { ...retryAfter(details), ...headers } : headers
  // Google says 400 of a wrong key and of a place it does not serve: the operator's to mend, not the client's.
  if (reason === 'API_KEY_INVALID' || /API key (?:not valid|expired)|User location is not supported/i.test(message))
    return upstreamError({ ...said, status: 401 }, waiting)
  if (/exceeds the maximum number of tokens|input (?:token count|context) .*(?:exceeds|too long)/i.test(message))
    return upstreamError({ ...said, code: 'context_length_exceeded' }, waiting)
  if (said.status === 429 && /credits are depleted|billing account|exceeded its .*spend/i.test(message))
    return upstreamError({ ...said, code: 'insufficient_quota' }, waiting)
  return upstreamError(said, waiting)
}

/** `retryDelay: "34.07s"` of a `google.rpc.RetryInfo`, in whole seconds. */
function retryAfter(details: readonly JsonObject[]): Headers {
  for (const detail of details) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(textOf(detail['retryDelay']) ?? '')?.[1]
    if (seconds !== undefined) return { 'retry-after': String(Math.ceil(Number(seconds))) }
  }
  return {}
}

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  422: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** The client's error body, in Google's shape; the gateway's own code is the reason of its `ErrorInfo`. */
export function writeError(error: GatewayError): JsonObject {
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: error.code,
    domain: 'thalamus',
    metadata: compact({ param: error.param, type: error.type }),
  }
  return {
    error: {
      code: error.status,
      message: error.message,
      status: STATUSES[error.status] ?? (error.status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL'),
      details: [info],
      // `data` is plain JSON by contract of ErrorOptions.
      ...(error.data as JsonObject | undefined),
    },
  }
}

/** The event that ends a broken stream, as Google sends it: SDKs throw their own error for it. */
export function writeStreamError(error: GatewayError): string {
  return `data: ${JSON.stringify(writeError(error))}\n\n`
}

/** A chunk that says nothing. Its empty text keeps SDKs' chats from taking the turn for invalid, as one without content is. */
export function writeStreamExplanation(id: string, explanation: unknown): string {
  const candidates = [{ content: { parts: [{ text: '' }], role: 'model' }, index: 0 }]
  return `data: ${JSON.stringify({ candidates, responseId: id, routing: explanation })}\n\n`
}
