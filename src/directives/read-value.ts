import { GatewayError } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import { nearest } from '../core/nearest.ts'
import { table } from '../core/table.ts'
import { type MemberFlag, relaxableNames } from './flags.ts'

/** Where a value was written: `what` for messages, `param` for the error's field. */
export type Place = { readonly what: string; readonly param: string }

/** What a flag's value becomes in the directives. */
export type FlagValue = string | number | boolean | readonly string[]

const WORDS = table<number>({ low: 0.5, med: 1.5, medium: 1.5, high: 4 })
const MAX_LIST = 100
const MAX_TEXT = 200

/** Units that may follow a number in a model name or header, as factors to the flag's own unit. */
const UNITS: Readonly<Partial<Record<MemberFlag['type'], Readonly<Record<string, number>>>>> = {
  money: { c: 0.01, usd: 1, $: 1 },
  milliseconds: { ms: 1, s: 1_000, m: 60_000 },
  billions: { b: 1, m: 0.001 },
  days: { d: 1, w: 7, y: 365 },
  tokens: { k: 1_000, m: 1_000_000 },
}

/** A value from the body: JSON types as they are; only weights may be words. */
export function readJsonValue(flag: MemberFlag, value: JsonValue, place: Place): FlagValue {
  switch (flag.type) {
    case 'weight':
      if (typeof value === 'string') return readWord(value, place)
      return readNumber(flag, value, place)
    case 'number':
    case 'integer':
    case 'share':
    case 'money':
    case 'milliseconds':
    case 'billions':
    case 'days':
    case 'tokens':
      return readNumber(flag, value, place)
    case 'boolean':
      if (typeof value === 'boolean') return value
      throw wrong(place, 'true or false', value)
    case 'text':
      return readText(value, place)
    case 'choice':
      return readChoice(flag, value, place)
    case 'texts':
      return readTexts(value, place)
    case 'names':
      return readNames(value, place)
    default: {
      const unhandled: never = flag.type
      throw new GatewayError('internal_error', 'Unknown type of flag.', { detail: { type: String(unhandled) } })
    }
  }
}

/** A value from a model name or the header: text with an optional unit, a list with commas, nothing for true. */
export function readWrittenValue(flag: MemberFlag, written: JsonValue, place: Place): FlagValue {
  switch (flag.type) {
    case 'boolean':
      if (written === 'true' || written === '1') return true
      if (written === 'false' || written === '0') return false
      return readJsonValue(flag, written, place)
    case 'texts':
    case 'names':
      return readJsonValue(flag, typeof written === 'string' ? written.split(',') : written, place)
    case 'text':
    case 'choice':
      return readJsonValue(flag, typeof written === 'number' ? String(written) : written, place)
    default:
      return readJsonValue(flag, typeof written === 'string' ? withUnit(flag, written) : written, place)
  }
}

/** `2c` ▶ 0.02, `$0.02` ▶ 0.02, `4s` ▶ 4000, `128k` ▶ 128000; other text is left as it is. */
function withUnit(flag: MemberFlag, written: string): string | number {
  const parts = /^(\$?)(\d+(?:\.\d+)?|\.\d+)([a-z$]{0,3})$/i.exec(written)
  if (parts === null) return written
  const [, dollar = '', digits = '', unit = ''] = parts
  const units = UNITS[flag.type] ?? {}
  if (dollar !== '' && flag.type !== 'money') return written
  if (unit === '') return Number(digits)
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  // 0.1 * 0.01 is not 0.001 in binary; twelve digits are.
  return factor === undefined ? written : Number((Number(digits) * factor).toPrecision(12))
}

function readWord(value: string, place: Place): number {
  const word = value.toLowerCase()
  const weight = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
  if (weight !== undefined) return weight
  throw wrong(place, 'a number, "low", "medium" or "high"', value)
}

function readNumber(flag: MemberFlag, value: JsonValue, place: Place): number {
  const least = flag.least ?? Number.NEGATIVE_INFINITY
  const most = flag.most ?? Number.POSITIVE_INFINITY
  const isWhole = flag.type !== 'integer' || Number.isInteger(value)
  if (typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most && isWhole) return value
  const kind = flag.type === 'weight' ? 'a number, "low", "medium" or "high",' : 'a number'
  throw wrong(place, `${flag.type === 'integer' ? 'a whole number' : kind}${rangeText(flag)}${unitText(flag)}`, value)
}

function rangeText(flag: MemberFlag): string {
  if (flag.least !== undefined && flag.most !== undefined) return ` from ${flag.least} to ${flag.most}`
  if (flag.least === 0) return ' of 0 or more'
  return flag.least === undefined ? '' : ' above 0'
}

function unitText(flag: MemberFlag): string {
  const units = Object.keys(UNITS[flag.type] ?? {}).filter((unit) => unit !== '$')
  return units.length === 0 || flag.unit === undefined ? '' : ` (${flag.unit})`
}

function readText(value: JsonValue, place: Place): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT) return value
  throw wrong(place, `a text of 1 to ${MAX_TEXT} characters`, value)
}

function readChoice(flag: MemberFlag, value: JsonValue, place: Place): string {
  const choices = flag.choices ?? []
  const written = typeof value === 'string' ? value.toLowerCase() : undefined
  const found = choices.find((choice) => choice === written || choice.replaceAll('-', '_') === written)
  if (found !== undefined) return found
  throw wrong(place, `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`, value)
}

function readTexts(value: JsonValue, place: Place): string[] {
  const list = typeof value === 'string' ? [value] : value
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_LIST) {
    throw wrong(place, `a list of 1 to ${MAX_LIST} texts`, value)
  }
  return list.map((item: JsonValue) => readText(item, place))
}

function readNames(value: JsonValue, place: Place): string[] {
  if (Array.isArray(value) && value.length === 0) return []
  const known = relaxableNames()
  return readTexts(value, place).map((written) => {
    const name = written
      .toLowerCase()
      .replaceAll('-', '_')
      .replace(/^\w+\./, '')
    if (known.includes(name)) return name
    const [near] = nearest(name, known, 1)
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`
    throw new GatewayError(
      'invalid_request',
      `${place.what} names ${shown(written)}, which cannot be relaxed.${hint} These can: ${known.join(', ')}.`,
      { param: place.param },
    )
  })
}

function wrong(place: Place, expected: string, value: JsonValue): GatewayError {
  const given = typeof value === 'object' ? (Array.isArray(value) ? 'a list' : 'an object') : shown(value)
  return new GatewayError('invalid_request', `${place.what} must be ${expected}, not ${given}.`, { param: place.param })
}

function shown(value: JsonValue): string {
  return typeof value === 'string' ? `"${value.slice(0, 60)}"` : String(value)
}
