import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { parseExact } from '../../core/lossless-json.ts'
import { isList } from '../shared/read-json.ts'

/** What stands otherwise in the arguments of calls than the client declared it. */
export type Renamed = {
  /** To the object that has the member, or to the value; null is any member of a list or of a map. */
  readonly steps: readonly (string | null)[]
} & (
  | { readonly written: string; readonly said: string }
  /** Texts that stand for something else; `json`: for whatever they say as JSON. */
  | { readonly values: ReadonlyMap<string, JsonValue> | 'json' }
)

/**
 * The arguments of a call as the client declared its tool: members by his names, and values that were written as texts.
 * `renamed`: parents before what is in them. What is no JSON stays as it is; numbers keep their digits.
 */
export function restoreArguments(argumentsText: string, renamed: readonly Renamed[]): string {
  return edited(argumentsText, (value) =>
    renamed.toReversed().reduce((said, one) => at(said, one.steps, (inner) => restored(inner, one)), value),
  )
}

/** An earlier call's arguments by the names that the model knows. */
export function renameArguments(argumentsText: string, renamed: readonly Renamed[]): string {
  return edited(argumentsText, (value) =>
    renamed.reduce(
      (said, one) => ('written' in one ? at(said, one.steps, (inner) => withName(inner, one.said, one.written)) : said),
      value,
    ),
  )
}

function edited(text: string, edit: (value: JsonValue) => JsonValue): string {
  let value: JsonValue
  try {
    value = parseExact(text) as JsonValue
  } catch {
    return text
  }
  if (!isJsonObject(value)) return text
  const changed = edit(value)
  return changed === value ? text : JSON.stringify(changed)
}

function restored(value: JsonValue, one: Renamed): JsonValue {
  if ('written' in one) return withName(value, one.written, one.said)
  if (typeof value !== 'string') return value
  return one.values === 'json' ? parsed(value) : (one.values.get(value) ?? (one.values.has(value) ? null : value))
}

/** A text that is no JSON, or is a text in it, was meant as one. */
function parsed(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return parseExact(text) as JsonValue
  } catch {
    return text
  }
}

function withName(value: JsonValue, from: string, to: string): JsonValue {
  if (!isPlainObject(value) || !Object.hasOwn(value, from) || Object.hasOwn(value, to)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name === from ? to : name, member]))
}

/** The same value where nothing changes. */
function at(value: JsonValue, steps: readonly (string | null)[], edit: (value: JsonValue) => JsonValue): JsonValue {
  const [step, ...rest] = steps
  if (step === undefined) return edit(value)
  if (isList(value)) {
    if (step !== null) return value
    const members = value.map((one) => at(one, rest, edit))
    return members.every((one, index) => one === value[index]) ? value : members
  }
  if (!isPlainObject(value)) return value
  const entries = Object.entries(value).map(([name, member]): [string, JsonValue | undefined] => {
    const isMeant = member !== undefined && (step === null || step === name)
    return [name, isMeant ? at(member, rest, edit) : member]
  })
  return entries.every(([name, member]) => member === value[name]) ? value : Object.fromEntries(entries)
}

/** A number that is kept as it was written is an object too. */
function isPlainObject(value: JsonValue): value is JsonObject {
  const { isRawJSON } = JSON as { isRawJSON?: (value: unknown) => boolean }
  return isJsonObject(value) && isRawJSON?.(value) !== true
}
