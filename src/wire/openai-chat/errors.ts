import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Headers } from '../../core/ports.ts'
import { writeError } from '../shared/openai-error-body.ts'
import { isList, objectsOf, textOf } from '../shared/read-json.ts'
import { errorStatus, parseErrorBody, upstreamError } from '../shared/upstream-error.ts'

/** The upstream's failure, classified by status, then by what its body says. */
export function readError(status: number, headers: Headers, body: string): GatewayError {
  return readErrorBody(status, headers, parseErrorBody(body))
}

/** An error object as a GatewayError; `status` is undefined when it came inside a 200. */
export function readErrorBody(status: number | undefined, headers: Headers, body: JsonObject): GatewayError {
  const error = body['error']
  const said = isJsonObject(error) ? error : body
  const fields = withProvidersWords(said)
  return upstreamError(
    {
      status: status ?? errorStatus(fields['code']) ?? errorStatus(fields['status']),
      code: textOf(fields['code']) ?? textOf(fields['type']),
      message: typeof error === 'string' ? error : wordsOf(fields),
      param: textOf(fields['param']),
      unreadAnswer: textOf(fields['failed_generation']),
    },
    headers,
  )
}

/** OpenRouter says that its provider refused; what the provider said stands beside it. https://openrouter.ai/docs/api/reference/errors-and-debugging */
function withProvidersWords(fields: JsonObject): JsonObject {
  const { metadata, message } = fields
  const raw = isJsonObject(metadata) ? textOf(metadata['raw']) : undefined
  if (raw === undefined || raw === '') return fields
  const { error } = parseErrorBody(raw)
  const words = isJsonObject(error) ? wordsOf(error) : textOf(error)
  return { ...fields, message: `${textOf(message) ?? 'Provider returned error'}: ${words ?? raw}` }
}

/** The message; or the verdicts of a validator (Mistral, every FastAPI server): `[{"loc": ["body", "user"], "msg": "…"}]`. */
function wordsOf(fields: JsonObject): string | undefined {
  const { message, detail } = fields
  const inner = isJsonObject(message) ? message['detail'] : message
  const words = inner ?? detail
  if (typeof words === 'string') return words
  const verdicts = objectsOf(words).map(({ loc, msg }) => {
    const path = isList(loc) ? loc.slice(1).join('.') : ''
    return path === '' ? textOf(msg) : `${path}: ${textOf(msg) ?? ''}`
  })
  return verdicts.length === 0 ? undefined : verdicts.join('; ')
}

/** The event that ends a broken stream. `finish_reason: error` is for clients that only look at choices. */
export function writeStreamError(error: GatewayError): string {
  const body = { ...writeError(error), choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }
  return `data: ${JSON.stringify(body)}\n\n`
}

/** A chunk without choices: clients read past it, as they do past the usage chunk. */
export function writeStreamExplanation(id: string, explanation: unknown): string {
  const chunk = { id, object: 'chat.completion.chunk', created: 0, model: '', choices: [], routing: explanation }
  return `data: ${JSON.stringify(chunk)}\n\n`
}
