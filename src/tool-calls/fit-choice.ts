import type { JsonValue } from '../core/json.ts'
import type { Json } from './fit-value.ts'

/** Longer ones are compared as they are. */
const MAX_LENGTH = 256

/** A value as the one of `allowed` that it means but for case, spaces, quotes or being a number in a string. */
export function asChoice(json: Json, allowed: readonly JsonValue[]): Json {
  const { value } = json
  if (typeof value === 'string' && value.length > MAX_LENGTH) return json
  // Only scalars are told apart here: an object or a list is left as it is.
  if (value === null || typeof value === 'object' || allowed.includes(value)) return json
  for (const form of [plain, bare]) {
    const meant = allowed.filter((one) => typeof one !== 'object' && form(one) === form(value))
    const [only] = meant
    if (meant.length === 1 && only !== undefined) return { text: JSON.stringify(only), value: only }
  }
  return json
}

function plain(value: JsonValue): string {
  return String(value)
    .replace(/^[\s"'`]+|[\s"'`]+$/g, '')
    .toLowerCase()
}

/** Without spaces and signs, but for those that make another number or version of the digits beside them. */
function bare(value: JsonValue): string {
  return plain(value).replace(/[\s_.-]+/g, (signs, at: number, text: string) => {
    const isNumber = at === 0 ? /[.-]/.test(signs) : isDigit(text[at - 1])
    return isNumber && isDigit(text[at + signs.length]) ? signs : ''
  })
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9'
}

/** What the member names of one object that are not declared mean: a declared name that is free and differs in case and signs only. */
export function meantNames(names: readonly string[], declared: readonly string[]): ReadonlyMap<string, string> {
  const present = new Set(names)
  const known = new Set(declared)
  const free = byForm(declared.filter((name) => !present.has(name)))
  const unknown = byForm(names.filter((name) => !known.has(name) && name.length <= MAX_LENGTH))
  const meant = new Map<string, string>()
  for (const [form, [name, ...others]] of unknown) {
    const [target, ...more] = free.get(form) ?? []
    const isClear = others.length === 0 && more.length === 0
    if (name !== undefined && target !== undefined && isClear && form !== '') meant.set(name, target)
  }
  return meant
}

function byForm(names: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const form = bare(name)
    const group = groups.get(form)
    if (group === undefined) groups.set(form, [name])
    else group.push(name)
  }
  return groups
}
