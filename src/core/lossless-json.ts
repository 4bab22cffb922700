import type { JsonValue } from './json.ts'

type RawJson = { rawJSON?: (text: string) => JsonValue }
type Source = { readonly source?: string }

const RISKY = /\d{16}/
const INTEGER = /^-?\d+$/

/**
 * JSON.parse that keeps the digits of integers no double can hold (ids of databases and of social networks): they stay
 * the text they were, and JSON.stringify writes them so. Throws as JSON.parse does. Where the runtime has no
 * `JSON.rawJSON` they are numbers.
 */
export function parseLossless(text: string): unknown {
  const { rawJSON } = JSON as RawJson
  if (rawJSON === undefined || !RISKY.test(text)) return JSON.parse(text)
  const keep = (_key: string, value: unknown, context?: Source): unknown => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    const source = context?.source
    return source !== undefined && INTEGER.test(source) ? rawJSON(source) : value
  }
  return JSON.parse(text, keep)
}
