import type { JsonValue } from './json.ts'

type RawJson = { rawJSON?: (text: string) => JsonValue }
type Source = { readonly source?: string }

// Numbers that a double may not give back as they were written: 16 digits and more, `1.0`, `1e5`.
const RISKY = /\d{16}|\d\.\d*0(?!\d)|\d[eE][+\-\d]/

/**
 * JSON.parse that keeps the digits: a number which would be written differently stays the text it was, and JSON.stringify
 * writes it so. Throws as JSON.parse does. Where the runtime has no `JSON.rawJSON` numbers are numbers.
 */
export function parseLossless(text: string): unknown {
  const { rawJSON } = JSON as RawJson
  if (rawJSON === undefined || !RISKY.test(text)) return JSON.parse(text)
  const keep = (_key: string, value: unknown, context?: Source): unknown => {
    const source = context?.source
    return typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value
  }
  return JSON.parse(text, keep)
}
