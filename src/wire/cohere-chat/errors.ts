import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Headers } from '../../core/ports.ts'
import { compact, textOf } from '../shared/read-json.ts'
import { parseErrorBody, upstreamError } from '../shared/upstream-error.ts'

/** The upstream's failure: `{"id", "message"}`. https://docs.cohere.com/reference/errors */
export function readError(status: number, headers: Headers, body: string): GatewayError {
  return readErrorBody(status, headers, parseErrorBody(body))
}

/** An error object as a GatewayError; `status` is undefined when it came inside a 200. */
export function readErrorBody(status: number | undefined, headers: Headers, body: JsonObject): GatewayError {
  const inner = body['error']
  const message =
    textOf(body['message']) ?? textOf(inner) ?? (isJsonObject(inner) ? textOf(inner['message']) : undefined)
  return upstreamError({ status, code: codeOf(message ?? ''), message }, headers)
}

/** Cohere's errors have no codes; a prompt that is too long is known by its words alone. */
function codeOf(message: string): string | undefined {
  return /^too many tokens: (?:total number of tokens|size limit exceeded|the total number)/i.test(message)
    ? 'context_length_exceeded'
    : undefined
}

/** The client's error body. */
export function writeError(error: GatewayError): JsonObject {
  const { message, type, code, param } = error
  // `data` is plain JSON by contract of ErrorOptions.
  return { ...compact({ message, type, code, param }), ...(error.data as JsonObject | undefined) }
}

/** Cohere's own last event of an answer that failed. */
export function writeStreamError(error: GatewayError): string {
  const delta = { finish_reason: 'ERROR', error: error.message }
  return `event: message-end\ndata: ${JSON.stringify({ type: 'message-end', delta, ...compact({ code: error.code }) })}\n\n`
}

/** The event type that is for debugging: Cohere's clients read past it. */
export function writeStreamExplanation(id: string, explanation: unknown): string {
  return `event: debug\ndata: ${JSON.stringify({ type: 'debug', id, routing: explanation })}\n\n`
}
