import type { Mask } from '../core/mask.ts'
import type { Exchange, Headers, ResponseHeaders } from '../core/ports.ts'

// Lists of what passes, not of what does not: a header nobody thought of stays where it is.

const REQUEST_HEADERS = [
  'content-type',
  'content-encoding',
  'accept',
  'accept-encoding',
  'range',
  'if-none-match',
  'if-modified-since',
  'idempotency-key',
  'openai-beta',
  'anthropic-beta',
  'anthropic-version',
]

const RESPONSE_HEADERS = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-disposition',
  'content-language',
  'content-range',
  'accept-ranges',
  'cache-control',
  'etag',
  'last-modified',
  'retry-after',
  'retry-after-ms',
  'request-id',
  'x-request-id',
  'openai-model',
  'openai-processing-ms',
  'openai-version',
])
// The vendors' other headers say whose account it is (`openai-organization`, `openai-project`, `anthropic-organization-id`).
const RESPONSE_PREFIXES = ['anthropic-ratelimit-', 'anthropic-priority-', 'anthropic-fast-', 'x-ratelimit-']

/** What of the client's headers belongs to its body. Its key never does. */
export function requestHeaders(exchange: Exchange): Headers {
  const kept: Record<string, string> = {}
  for (const name of REQUEST_HEADERS) {
    const value = exchange.header(name)
    if (value !== undefined) kept[name] = value
  }
  return kept
}

// A page of the upstream's that a browser is led to is none of this address's: it may ask the gateway for nothing.
const NO_PAGE = { 'content-security-policy': 'sandbox', 'x-content-type-options': 'nosniff' }

/** What of an upstream's headers concerns the client: no cookies, nothing of the connection, no secret that it was sent. */
export function responseHeaders(headers: ResponseHeaders, mask: Mask): Record<string, string> {
  const kept: Record<string, string> = { ...NO_PAGE }
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    if (value === undefined) continue
    if (!RESPONSE_HEADERS.has(lower) && !RESPONSE_PREFIXES.some((prefix) => lower.startsWith(prefix))) continue
    kept[lower] = mask(typeof value === 'string' ? value : value.join(', '))
  }
  return kept
}
