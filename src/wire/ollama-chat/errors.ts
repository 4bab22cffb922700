import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Headers } from '../../core/ports.ts'
import { textOf } from '../shared/read-json.ts'
import { errorStatus, parseErrorBody, upstreamError } from '../shared/upstream-error.ts'

/** The upstream's failure: `{"error": "…"}`. https://docs.ollama.com/api/errors */
export function readError(status: number, headers: Headers, body: string): GatewayError {
  return readErrorBody(status, headers, parseErrorBody(body))
}

/** An error object as a GatewayError; `status` is undefined when it came inside a 200. Its cloud adds `StatusCode`. */
export function readErrorBody(status: number | undefined, headers: Headers, body: JsonObject): GatewayError {
  const error = body['error']
  const message = textOf(error) ?? (isJsonObject(error) ? textOf(error['message']) : undefined)
  const said = status ?? errorStatus(body['StatusCode']) ?? errorStatus(body['status'])
  return upstreamError({ status: said, code: codeOf(message ?? '', said), message }, headers)
}

/** Ollama's errors have no codes: they are known by their words. */
function codeOf(message: string, status: number | undefined): string | undefined {
  if (/exceeds? (?:the |maximum )*(?:available )?context/i.test(message)) return 'context_length_exceeded'
  return status === undefined && /^model .* not found/i.test(message) ? 'model_not_found' : undefined
}

/** The client's error body: its clients know a string in `error`, and nothing else. */
export function writeError(error: GatewayError): JsonObject {
  const { message, type, code, param } = error
  // `data` is plain JSON by contract of ErrorOptions.
  return {
    error: message,
    type,
    code,
    ...(param === undefined ? {} : { param }),
    ...(error.data as JsonObject | undefined),
  }
}

export function writeStreamError(error: GatewayError): string {
  return `${JSON.stringify(writeError(error))}\n`
}

/** A line that says nothing: clients read past it. */
export function writeStreamExplanation(id: string, explanation: unknown): string {
  const message = { role: 'assistant', content: '' }
  return `${JSON.stringify({ model: '', created_at: new Date(0).toISOString(), message, done: false, id, routing: explanation })}\n`
}
