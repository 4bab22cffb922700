import type { TextCall } from '../dialect.ts'
import type { RawMember } from './json.ts'
import { elementsOf, membersOf } from './json.ts'

/** What the members of a call are called. */
export type CallMembers = {
  readonly name: readonly string[]
  readonly arguments: readonly string[]
  readonly id?: readonly string[]
}

export const NAME_ARGUMENTS: CallMembers = {
  name: ['name', 'tool_name', 'function'],
  arguments: ['arguments', 'parameters', 'args', 'params'],
}

export const WITH_ID: CallMembers = { ...NAME_ARGUMENTS, id: ['id', 'tool_call_id'] }

/** Members that hold a call, or a list of them, whole. */
const WRAPPERS: ReadonlySet<string> = new Set(['function', 'function_call', 'tool_call', 'tool_calls'])

/** The calls in one JSON object; `undefined` where it is no call. */
export function callIn(text: string, members: CallMembers = NAME_ARGUMENTS): TextCall[] | undefined {
  return callsOfObject(text, members, true)
}

function callsOfObject(text: string, members: CallMembers, mayWrap: boolean): TextCall[] | undefined {
  const found = membersOf(text)
  if (found === undefined) return undefined
  const named = (names: readonly string[]): RawMember | undefined =>
    found.find((one) => names.includes(one.name) && (names !== members.name || one.text.startsWith('"')))
  const name = stringIn(named(members.name)?.text)
  if (name === undefined || name === '') return mayWrap ? wrappedCalls(found, members) : undefined
  const id = members.id === undefined ? undefined : stringIn(named(members.id)?.text)
  const said = named(members.arguments)
  const argumentsText = said === undefined ? argumentsBeside(found, members) : argumentsIn(said.text)
  return [{ name, argumentsText, ...(id === undefined ? {} : { id }) }]
}

/** As in `{"name": "add", "a": 1}`: what is not of the call itself is of its arguments. */
function argumentsBeside(found: readonly RawMember[], members: CallMembers): string {
  const beside = found.filter(({ name }) => !members.name.includes(name) && !OF_A_CALL.has(name))
  return `{${beside.map(({ name, text }) => `${JSON.stringify(name)}: ${text}`).join(', ')}}`
}

/** As in `{"type": "function", "function": {...}}` and `{"tool_calls": [...]}`. */
function wrappedCalls(found: readonly RawMember[], members: CallMembers): TextCall[] | undefined {
  const inner = found.find(({ name }) => WRAPPERS.has(name))?.text
  if (inner === undefined) return undefined
  if (!inner.startsWith('[')) return callsOfObject(inner, members, false)
  return allOf(elementsOf(inner), (element) => callsOfObject(element, members, true))
}

/** Calls that are a JSON list of such objects; `undefined` where one of them is no call. */
export function callsIn(text: string, members: CallMembers = NAME_ARGUMENTS): TextCall[] | undefined {
  return allOf(elementsOf(text), (element) => callIn(element, members))
}

function allOf(
  elements: readonly string[] | undefined,
  callsOf: (element: string) => TextCall[] | undefined,
): TextCall[] | undefined {
  const calls = elements?.map(callsOf)
  return calls?.every((made) => made !== undefined) && calls.length > 0 ? calls.flat() : undefined
}

/** True where the members are those of calls and no others: answers in JSON have names too. `isName`: a name alone is a call. */
export function isNothingElse(text: string, isName = false): boolean {
  return (text.startsWith('[') ? (elementsOf(text) ?? []) : [text]).every((element) => {
    const found = membersOf(element) ?? []
    const names = found.map(({ name }) => name)
    if (names.some((name) => ARGUMENTS.has(name))) return names.every((name) => ARGUMENTS.has(name) || OTHERS.has(name))
    if (isName && names.includes('name') && names.every((name) => OTHERS.has(name))) return true
    const inner = found.filter(({ name }) => WRAPPERS.has(name))
    return (
      inner.length === 1 &&
      names.every((name) => WRAPPERS.has(name) || OTHERS.has(name)) &&
      isNothingElse(inner[0]?.text ?? '', isName)
    )
  })
}

const ARGUMENTS = new Set(['arguments', 'parameters'])
const OTHERS = new Set(['name', 'type', 'id'])
const OF_A_CALL = new Set([...OTHERS, 'index', 'tool_call_id', ...WRAPPERS])

/** True for a call with arguments that are an object, written as one. */
export function hasArguments(text: string): boolean {
  const found = membersOf(text) ?? []
  return found.some(({ name, text: value }) => NAME_ARGUMENTS.arguments.includes(name) && value.startsWith('{'))
}

/** No arguments are an empty object; an object written as a string is what the string says. */
function argumentsIn(text: string | undefined): string {
  if (text === undefined || text === 'null') return '{}'
  const inner = stringIn(text)
  if (inner?.trim() === '') return '{}'
  return inner !== undefined && membersOf(inner) !== undefined ? inner : text
}

function stringIn(text: string | undefined): string | undefined {
  return text?.startsWith('"') === true ? (JSON.parse(text) as string) : undefined
}
