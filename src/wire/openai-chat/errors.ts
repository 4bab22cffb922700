import type { ErrorCode } from '../../core/errors.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Headers } from '../../core/ports.ts'

const MAX_EXCERPT = 2_000

/** The upstream's failure, classified by status, then by what its body says. */
export function readError(status: number, headers: Headers, body: string): GatewayError {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    // Proxies in front of a model answer with HTML or plain text; the status says enough.
    parsed = undefined
  }
  return readErrorBody(status, headers, isJsonObject(parsed) ? parsed : { error: { message: readableText(body) } })
}

/** Plain words are passed on; the markup of some proxy's error page says nothing to a client. */
function readableText(body: string): string {
  return body.trimStart().startsWith('<') ? '' : body.slice(0, MAX_EXCERPT)
}

/** An error object as a GatewayError; `status` is undefined when it came inside a 200. */
export function readErrorBody(status: number | undefined, headers: Headers, body: JsonObject): GatewayError {
  const error = body['error']
  const fields = isJsonObject(error) ? error : body
  const said = typeof error === 'string' ? error : text(fields['message'] ?? fields['detail'])
  const upstreamCode = text(fields['code']) ?? text(fields['type'])
  const effective = status ?? statusOf(fields['code']) ?? statusOf(fields['status'])
  const code = classify(effective, upstreamCode ?? '', said ?? '')
  const param = text(fields['param'])
  return new GatewayError(code, publicMessage(code, said), {
    ...(param === undefined ? {} : { param }),
    headers,
    data: { upstream: { status: effective ?? null, code: upstreamCode ?? null } },
    // Not the message: upstreams quote prompts and keys in theirs, and details are logged.
    detail: { status: effective, upstream_code: upstreamCode },
  })
}

function classify(status: number | undefined, upstreamCode: string, message: string): ErrorCode {
  if (
    upstreamCode === 'context_length_exceeded' ||
    /maximum context length|context window/i.test(message.slice(0, 500))
  ) {
    return 'context_length_exceeded'
  }
  if (upstreamCode === 'insufficient_quota' || status === 402) return 'upstream_quota_exhausted'
  if (upstreamCode === 'model_not_found') return 'upstream_model_missing'
  if (status === undefined) return /rate.?limit/i.test(upstreamCode) ? 'upstream_rate_limited' : 'upstream_error'
  if (status === 401 || status === 403) return 'upstream_auth_failed'
  if (status === 404) return 'upstream_model_missing'
  if (status === 408) return 'upstream_timeout'
  if (status === 429) return 'upstream_rate_limited'
  if (status === 503 || status === 529) return 'upstream_overloaded'
  if (status === 504) return 'upstream_timeout'
  if (status >= 400 && status < 500) return 'upstream_rejected'
  return 'upstream_error'
}

/** What the client may read: the upstream's words where they concern the client's request, ours where they concern the operator. */
function publicMessage(code: ErrorCode, said: string | undefined): string {
  switch (code) {
    case 'upstream_auth_failed':
      return "The provider refused the gateway's own credentials. The operator has to check that provider's key."
    case 'upstream_quota_exhausted':
      return "The gateway's account at the provider has no quota left. The operator has to top it up."
    default:
      return said === undefined || said === '' ? 'The model failed without saying why.' : said.slice(0, MAX_EXCERPT)
  }
}

/** The client's error body: `{"error": {"message", "type", "param", "code"}}` and the error's public data. */
export function writeError(error: GatewayError): JsonObject {
  return {
    error: {
      message: error.message,
      type: error.type,
      param: error.param ?? null,
      code: error.code,
      // `data` is plain JSON by contract of ErrorOptions.
      ...(error.data as JsonObject | undefined),
    },
  }
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

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function statusOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value >= 400 && value < 600 ? value : undefined
}
