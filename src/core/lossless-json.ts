import type { JsonValue } from './json.ts'
import { requireShallow } from './json-depth.ts'

type RawJson = { rawJSON?: (text: string) => JsonValue; isRawJSON?: (value: unknown) => value is { rawJSON: string } }
type Source = { readonly source?: string }

const RISKY = /\d{16}/
const INTEGER = /^-?\d+$/

/**
 * JSON.parse that keeps the digits of integers no double can hold (ids of databases and of social networks): they stay
 * the text they were, and JSON.stringify writes them so. Throws as JSON.parse does, and `invalid_request` for what is
 * nested too deep. Where the runtime has no `JSON.rawJSON` they are numbers.
 */
export function parseLossless(text: string): unknown {
  const { rawJSON } = JSON as RawJson
  // Without a function to call, JSON.parse bears any depth.
  const plain: unknown = JSON.parse(text)
  requireShallow(plain, text)
  if (rawJSON === undefined || !RISKY.test(text)) return plain
  const keep = (_key: string, value: unknown, context?: Source): unknown => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    const source = context?.source
    return source !== undefined && INTEGER.test(source) ? rawJSON(source) : value
  }
  return JSON.parse(text, keep)
}

/**
 * The same for the members of these names alone, at any depth; every other number is a number. For a client's body, of
 * which the gateway reads the numbers itself and passes on the arguments of calls.
 */
export function parseKeeping(text: string, names: readonly string[]): unknown {
  const { isRawJSON } = JSON as RawJson
  if (names.length === 0 || isRawJSON === undefined || !RISKY.test(text)) {
    const plain: unknown = JSON.parse(text)
    requireShallow(plain, text)
    return plain
  }
  return withNumbers(parseLossless(text), names, isRawJSON)
}

function withNumbers(
  value: unknown,
  names: readonly string[],
  isRaw: (value: unknown) => value is { rawJSON: string },
): unknown {
  if (isRaw(value)) return Number(value.rawJSON)
  if (Array.isArray(value)) return value.map((one: unknown) => withNumbers(one, names, isRaw))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      names.includes(name) ? member : withNumbers(member, names, isRaw),
    ]),
  )
}
