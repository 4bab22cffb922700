import type { JsonValue } from './json.ts'
import { requireShallow } from './json-depth.ts'

type RawJson = { rawJSON?: (text: string) => JsonValue; isRawJSON?: (value: unknown) => value is { rawJSON: string } }
type Source = { readonly source?: string }

/** Members of clients' bodies that are JSON Schemas, in every format: the gateway passes on their numbers. */
const SCHEMA_MEMBERS = [
  'parameters input_schema inputSchema parametersJsonSchema parameters_json_schema schema',
  'responseSchema response_schema responseJsonSchema response_json_schema',
  '_responseJsonSchema _response_json_schema',
].flatMap((line) => line.split(' '))

/** Members of upstreams' answers that hold the arguments of calls, or one of them. */
const ARGUMENT_MEMBERS = ['args', 'arguments', 'input', 'numberValue', 'number_value']
const ARGUMENTS = new RegExp(`"(?:${ARGUMENT_MEMBERS.join('|')})"\\s*:`)

// Fractions that end with zeros, begin with many, or have more digits than a double holds; exponents; a negative zero.
const REWRITTEN_NUMBER =
  /(?:^|[:,[\s])-?(?:\d+\.\d*0|0\.0{6}\d+|(?=[\d.]{17})\d+\.\d+|\d+(?:\.\d+)?[eE][-+]?\d+|0(?<=-0))(?:$|[,\]}\s])/

// The shortest integer that a double may not hold.
const RISKY_DIGITS = 16
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
  if (rawJSON === undefined || !hasLongInteger(text)) return plain
  const keep = (_key: string, value: unknown, context?: Source): unknown => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    const source = context?.source
    return source !== undefined && INTEGER.test(source) ? rawJSON(source) : value
  }
  return JSON.parse(text, keep)
}

/** JSON.parse that keeps every number as it was written (`1.0`, `1e3`): for what the gateway passes on and does not read. */
export function parseExact(text: string): unknown {
  const { rawJSON } = JSON as RawJson
  const plain: unknown = JSON.parse(text)
  requireShallow(plain, text)
  if (rawJSON === undefined || !(hasRewrittenNumber(text) || hasLongInteger(text))) return plain
  const keep = (_key: string, value: unknown, context?: Source): unknown => {
    const source = context?.source
    return typeof value !== 'number' || source === undefined || source === String(value) ? value : rawJSON(source)
  }
  return JSON.parse(text, keep)
}

/** An upstream's answer: the numbers in the arguments of calls are as they were written, every other one is a number. */
export function parseAnswer(text: string): unknown {
  const { isRawJSON } = JSON as RawJson
  const mayDiffer = hasLongInteger(text) || (ARGUMENTS.test(text) && hasRewrittenNumber(text))
  if (isRawJSON === undefined || !mayDiffer) {
    const plain: unknown = JSON.parse(text)
    requireShallow(plain, text)
    return plain
  }
  return withNumbers(parseExact(text), ARGUMENT_MEMBERS, isRawJSON)
}

/**
 * `parseLossless` for schemas and for the members of these names alone, at any depth; every other number is a number. For a
 * client's body, of which the gateway reads the numbers itself and passes on schemas and the arguments of calls.
 */
export function parseKeeping(text: string, names: readonly string[]): unknown {
  const { isRawJSON } = JSON as RawJson
  if (isRawJSON === undefined || !hasLongInteger(text)) {
    const plain: unknown = JSON.parse(text)
    requireShallow(plain, text)
    return plain
  }
  return withNumbers(parseLossless(text), [...SCHEMA_MEMBERS, ...names], isRawJSON)
}

/**
 * Whether an integer of 16 digits or more may stand in a JSON text. A run of 16 has a digit at one of every 16th places,
 * so that is all that is looked at: the whole of a conversation would cost as much as a tenth of its parsing.
 */
function hasLongInteger(text: string): boolean {
  for (let index = RISKY_DIGITS - 1; index < text.length; index += RISKY_DIGITS) {
    if (!isDigit(text, index)) continue
    let start = index
    while (isDigit(text, start - 1)) start -= 1
    let end = index + 1
    while (isDigit(text, end)) end += 1
    // In a name, an id or the base64 of an image it is no number.
    if (end - start >= RISKY_DIGITS && mayPrecede(text, start - 1) && mayFollow(text, end)) return true
    // Not into this run again, which may be all of a text.
    index = end - 1
  }
  return false
}

/** Whether JSON.stringify may write a number otherwise than this text does, integers that are long apart. */
function hasRewrittenNumber(text: string): boolean {
  return REWRITTEN_NUMBER.test(text)
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code >= 48 && code <= 57
}

function mayPrecede(text: string, index: number): boolean {
  return index < 0 || ':,[- \n\r\t'.includes(text[index] ?? '')
}

function mayFollow(text: string, index: number): boolean {
  return index >= text.length || ',]} \n\r\t'.includes(text[index] ?? '')
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
