import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Headers } from '../../core/ports.ts'
import { table } from '../../core/table.ts'
import { textOf } from '../shared/read-json.ts'
import { parseErrorBody, upstreamError } from '../shared/upstream-error.ts'

/** Anthropic's types of error and the status of each. https://platform.claude.com/docs/en/api/errors */
const STATUSES = table<number>({
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
})

// Both come as `invalid_request_error` with status 400: only the words tell them from a bad request.
const TOO_LONG = /prompt is too long|exceeds? (?:the )?context limit|exceed context limit/i
const NO_CREDIT = /credit balance is too low/i

export function readError(status: number, headers: Headers, body: string): GatewayError {
  return readErrorBody(status, headers, parseErrorBody(body))
}

/** `{"type": "error", "error": {"type", "message"}}`; `status` is undefined for an event of a stream. */
export function readErrorBody(status: number | undefined, headers: Headers, body: JsonObject): GatewayError {
  const error = body['error']
  const fields = isJsonObject(error) ? error : body
  const type = textOf(fields['type'])
  const message = typeof error === 'string' ? error : textOf(fields['message'])
  const known = type !== undefined && Object.hasOwn(STATUSES, type) ? STATUSES[type] : undefined
  return upstreamError({ status: status ?? known, code: codeOf(type, message ?? ''), message }, headers)
}

function codeOf(type: string | undefined, message: string): string | undefined {
  const start = message.slice(0, 500)
  if (TOO_LONG.test(start)) return 'context_length_exceeded'
  return NO_CREDIT.test(start) ? 'insufficient_quota' : type
}

/** The client's error body. `code` and what follows are the gateway's own; SDKs read past them. */
export function writeError(error: GatewayError): JsonObject {
  return {
    type: 'error',
    error: {
      type: typeOf(error.status),
      message: error.message,
      code: error.code,
      ...(error.param === undefined ? {} : { param: error.param }),
      // `data` is plain JSON by contract of ErrorOptions.
      ...(error.data as JsonObject | undefined),
    },
  }
}

function typeOf(status: number): string {
  // 529 is Anthropic's own; everyone else says 503.
  if (status === 503) return 'overloaded_error'
  const found = Object.entries(STATUSES).find(([, known]) => known === status)
  if (found !== undefined) return found[0]
  return status >= 500 ? 'api_error' : 'invalid_request_error'
}

/** The event that ends a broken stream; no `message_stop` follows. */
export function writeStreamError(error: GatewayError): string {
  return `event: error\ndata: ${JSON.stringify(writeError(error))}\n\n`
}

/** A ping with a member of ours: every SDK reads past pings. */
export function writeStreamExplanation(_id: string, explanation: unknown): string {
  return `event: ping\ndata: ${JSON.stringify({ type: 'ping', routing: explanation })}\n\n`
}
