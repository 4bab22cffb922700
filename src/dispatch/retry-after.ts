import type { Headers, ResponseHeaders } from '../core/ports.ts'

/**
 * Milliseconds that an upstream asks to be left alone (RFC 9110 §10.2.3, and OpenAI's `retry-after-ms`); `undefined` where
 * it does not, or says nothing that can be read. `now`: milliseconds since 1970.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const milliseconds = numberIn(headers['retry-after-ms'])
  if (milliseconds !== undefined) return milliseconds
  const said = headers['retry-after']
  if (said === undefined) return undefined
  const seconds = numberIn(said)
  if (seconds !== undefined) return seconds * 1_000
  const date = HTTP_DATE.test(said) ? Date.parse(said) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

// Begins with the day of the week.
const HTTP_DATE = /^[A-Z][a-z]{2,8},? /

function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return undefined
  return Number(text)
}

/** What of a refusal's headers the client may use: what can be read. */
export function retryHeaders(headers: ResponseHeaders, now: number): Headers {
  const kept: Record<string, string> = {}
  for (const name of ['retry-after', 'retry-after-ms']) {
    const said = headers[name]
    const value = typeof said === 'string' ? said : said?.[0]
    if (value !== undefined && retryAfterMs({ [name]: value }, now) !== undefined) kept[name] = value
  }
  return kept
}
