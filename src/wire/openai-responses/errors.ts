import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Headers } from '../../core/ports.ts'
import { writeError } from '../shared/openai-error-body.ts'
import { textOf } from '../shared/read-json.ts'
import { errorStatus, parseErrorBody, upstreamError } from '../shared/upstream-error.ts'

/** The upstream's failure, classified by status, then by what its body says. */
export function readError(status: number, headers: Headers, body: string): GatewayError {
  return readErrorBody(status, headers, parseErrorBody(body))
}

/**
 * An error object, an `error` event (flat as documented, nested as sent) or the `error` of a failed response;
 * `status` is undefined when it came inside a 200.
 */
export function readErrorBody(status: number | undefined, headers: Headers, body: JsonObject): GatewayError {
  const error = body['error']
  const fields = isJsonObject(error) ? error : body
  const type = textOf(fields['type'])
  return upstreamError(
    {
      status: status ?? errorStatus(fields['code']) ?? errorStatus(fields['status']),
      code: textOf(fields['code']) ?? (type === 'error' ? undefined : type),
      message: typeof error === 'string' ? error : textOf(fields['message'] ?? fields['detail']),
      param: textOf(fields['param']),
      // Groq's, in this API too.
      unreadAnswer: textOf(fields['failed_generation']),
    },
    headers,
  )
}

/**
 * The event that ends a broken stream: the documented flat members, and the nested ones that OpenAI really sends, since
 * clients look for either. No `response.failed` follows: the answer's id and what was said of it are unknown here.
 * https://platform.openai.com/docs/api-reference/responses-streaming/error
 */
export function writeStreamError(error: GatewayError, last?: string): string {
  const { message, code, param = null } = error
  const event = { type: 'error', sequence_number: numberAfter(last), code, message, param, ...writeError(error) }
  return `event: error\ndata: ${JSON.stringify(event)}\n\n`
}

/** Only the number is looked for: an event that was passed on natively may be anything. */
function numberAfter(last: string | undefined): number {
  if (last === undefined) return 0
  const { sequence_number: before } = parseErrorBody(last)
  return typeof before === 'number' ? before + 1 : 0
}

/** A comment: OpenAI's stream helper refuses every event before `response.created`, whatever its type. */
export function writeStreamExplanation(id: string, explanation: unknown): string {
  return `: routing ${JSON.stringify({ id, routing: explanation })}\n\n`
}
