import type { ErrorCode } from '../../core/errors.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Headers } from '../../core/ports.ts'

const MAX_EXCERPT = 2_000
const MAX_SEARCHED = 8_192
/** What is none of these is words, whatever member it stands in. */
const CODE = /^[\w.:/#-]{1,100}$/

/** What an upstream said of its failure, in whatever shape. */
export type SaidError = {
  /** Undefined when it came inside a 200. */
  readonly status: number | undefined
  /** The upstream's own code or type. */
  readonly code: string | undefined
  readonly message: string | undefined
  readonly param?: string | undefined
  /** The model's answer, of which the server could make no calls. */
  readonly unreadAnswer?: string | undefined
}

const REDIRECT =
  "The provider answered with a redirect, which is not followed. The operator has to check that provider's base_url."

/** A failure that an upstream put into words, classified by its code, its status and its words. */
export function upstreamError(said: SaidError, headers: Headers): GatewayError {
  const { status, code: upstreamCode, message, param, unreadAnswer } = said
  const refusesSignatures = refusesSignature(status, `${upstreamCode ?? ''} ${message ?? ''}`)
  const code = refusesSignatures ? 'upstream_rejected' : classify(status, upstreamCode ?? '', message ?? '')
  const isRedirect = status !== undefined && status >= 300 && status < 400
  return new GatewayError(code, isRedirect ? REDIRECT : publicMessage(code, message), {
    ...(param === undefined ? {} : { param }),
    headers,
    refusesSignatures,
    unreadAnswer,
    data: { upstream: { status: status ?? null, code: upstreamCode ?? null } },
    // Not the message: upstreams quote prompts and keys in theirs, and details are logged.
    detail: { status, upstream_code: upstreamCode !== undefined && CODE.test(upstreamCode) ? upstreamCode : undefined },
  })
}

/**
 * Reasoning of an earlier turn that this account cannot verify, open or find: the history comes from a provider that
 * signs alike with other keys. In the words of OpenAI (https://community.openai.com/t/1372470), Anthropic
 * (https://platform.claude.com/docs/en/build-with-claude/extended-thinking) and Google
 * (https://ai.google.dev/gemini-api/docs/thought-signatures). One that is missing is nothing to leave out.
 */
const SIGNATURE_REFUSED =
  /invalid_encrypted_content|^(?=.*encrypted.content)(?=.*(?:verif|decrypt|parse))|\bitem\b.{0,100}\brs_\S{1,100} not found|invalid `?(?:signature|data)`? in `?(?:redacted_)?thinking|^(?!.*\bmissing\b).*thought.?signature/is

/** What cannot be found is a 404, and what is refused within an answer has no status. */
function refusesSignature(status: number | undefined, words: string): boolean {
  const mayBe = status === undefined || status === 400 || status === 404 || status === 422
  return mayBe && SIGNATURE_REFUSED.test(words.slice(0, MAX_SEARCHED))
}

/** A failure's body as an object; proxies in front of a model answer with HTML or plain text, and the status says enough. */
export function parseErrorBody(body: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(body)
    if (isJsonObject(parsed)) return parsed
    // Gemini puts the error of a stream into a list.
    const first: unknown = Array.isArray(parsed) ? parsed[0] : undefined
    if (isJsonObject(first)) return first
  } catch {
    // Read as words below.
  }
  return { error: { message: body.trimStart().startsWith('<') ? '' : body.slice(0, MAX_EXCERPT) } }
}

/** A failure's status that its body repeats; streams have no other. */
export function errorStatus(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value >= 400 && value < 600 ? value : undefined
}

function classify(status: number | undefined, upstreamCode: string, message: string): ErrorCode {
  if (isTooLong(upstreamCode, message)) return 'context_length_exceeded'
  if (isFiltered(status, upstreamCode, message)) return 'content_filtered'
  if (upstreamCode === 'insufficient_quota' || status === 402) return 'upstream_quota_exhausted'
  // Groq: the model's call is no good, and another model's may be. https://console.groq.com/docs/tool-use
  if (upstreamCode === 'tool_use_failed') return 'upstream_error'
  if (upstreamCode === 'model_not_found') return 'upstream_model_missing'
  if (status === undefined) return /rate.?limit/i.test(upstreamCode) ? 'upstream_rate_limited' : 'upstream_error'
  if (status === 401 || status === 403) return 'upstream_auth_failed'
  if (status === 404) return 'upstream_model_missing'
  if (status === 408) return 'upstream_timeout'
  if (status === 429) return 'upstream_rate_limited'
  // Groq: more tokens than the account may send in a minute; others may take it. 498: no capacity at this tier.
  if (status === 413 && upstreamCode === 'rate_limit_exceeded') return 'upstream_rate_limited'
  if (status === 498) return 'upstream_overloaded'
  // Bedrock: the model failed, not the request.
  if (status === 424) return 'upstream_error'
  if (status === 503 || status === 529) return 'upstream_overloaded'
  if (status === 504) return 'upstream_timeout'
  if (status >= 400 && status < 500) return 'upstream_rejected'
  return 'upstream_error'
}

// OpenAI and most others; llama.cpp.
const TOO_LONG_CODE = /^(?:context_length_exceeded|exceed_context_size_error)$/
// OpenAI, Mistral, DeepSeek, vLLM, Fireworks; xAI; llama.cpp; SGLang, LM Studio; TGI, Together; Moonshot; Alibaba;
// Anthropic's, passed on by others.
const TOO_LONG =
  /maximum context length|context window|maximum prompt length|available context size|than the (?:model's )?context length|`inputs` (?:tokens \+|must have less than)|exceeded model token limit|range of input length|prompt is too long/i

function isTooLong(upstreamCode: string, message: string): boolean {
  return TOO_LONG_CODE.test(upstreamCode) || TOO_LONG.test(message.slice(0, 500))
}

// Azure OpenAI and OpenAI, then Alibaba; the words of Azure OpenAI, Anthropic and Alibaba.
const FILTER_CODE =
  /^(?:content_filter|content_policy_violation|ResponsibleAIPolicyViolation|data_?inspection_?failed)$/i
const FILTER_WORDS = /content management policy|content filtering policy|inappropriate content/i
// https://openrouter.ai/docs/api/reference/errors-and-debugging: 403 with what was flagged.
const FLAGGED = /requires moderation|was flagged/i

/** The provider's filter refused the prompt, or what the model would have said. */
function isFiltered(status: number | undefined, upstreamCode: string, message: string): boolean {
  if (status !== undefined && (status < 400 || status >= 500)) return false
  const words = message.slice(0, 500)
  return FILTER_CODE.test(upstreamCode) || FILTER_WORDS.test(words) || (status === 403 && FLAGGED.test(words))
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
