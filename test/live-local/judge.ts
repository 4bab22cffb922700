import { Validator } from '@cfworker/json-schema'
import type { JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import type { Item } from './items.ts'

/** A call as it was made: its arguments as JSON text. */
export type Call = { readonly name: string; readonly arguments: string }

/** True for a declared tool's name and arguments that its schema allows. */
export function isValid({ name, arguments: text }: Call, { tools }: Item): boolean {
  const tool = tools.find((one) => one.function.name === name)
  const value = parsed(text)
  if (tool === undefined || !isJsonObject(value)) return false
  return new Validator(tool.function.parameters, '2020-12').validate(value).valid
}

/** True for the call that BFCL wants, by its rules (data/tools/README.md): of the arguments all that must be there, no others. */
export function isRight({ name, arguments: text }: Call, { wanted }: Item): boolean {
  const value = parsed(text)
  if (wanted === undefined || name !== wanted.name || !isJsonObject(value)) return false
  const isExpected = Object.keys(value).every((key) => Object.hasOwn(wanted.arguments, key))
  return (
    isExpected &&
    Object.entries(wanted.arguments).every(([key, accepted]) => {
      const given = value[key]
      return given === undefined ? accepted.includes('') : accepted.some((one) => isSame(given, one))
    })
  )
}

function isSame(given: JsonValue, accepted: JsonValue): boolean {
  if (typeof given === 'string' && typeof accepted === 'string') return plain(given) === plain(accepted)
  if (Array.isArray(given) && Array.isArray(accepted)) {
    return given.length === accepted.length && given.every((one, place) => isSame(one, accepted[place] ?? null))
  }
  if (isJsonObject(given) && isJsonObject(accepted)) {
    return Object.entries(accepted).every(([key, values]) => {
      const list = Array.isArray(values) ? values : [values]
      const inner = given[key]
      return inner === undefined ? list.includes('') : list.some((one: JsonValue) => isSame(inner, one))
    })
  }
  return given === accepted
}

function plain(text: string): string {
  return text
    .replace(/[ ,./\-_*^]/g, '')
    .toLowerCase()
    .replaceAll("'", '"')
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The call in the first block of the dialect, or in the whole text, by nothing but JSON.parse; `undefined` where there is no
 * block.
 */
export function strictCall(text: string, isBare: boolean): Call | 'unreadable' | undefined {
  const block = isBare ? text : /<tool_call>(.*?)(?:<\/tool_call>|$)/s.exec(text)?.[1]
  if (block === undefined) return undefined
  const value = parsed(block)
  if (!isJsonObject(value)) return 'unreadable'
  const { name, arguments: args } = value
  return typeof name === 'string' && isJsonObject(args) ? { name, arguments: JSON.stringify(args) } : 'unreadable'
}
