import type { TextCall } from '../dialect.ts'
import { elementsOf, membersOf } from './json.ts'

/** What the members of a call are called. */
export type CallMembers = {
  readonly name: readonly string[]
  readonly arguments: readonly string[]
  readonly id?: readonly string[]
}

export const NAME_ARGUMENTS: CallMembers = { name: ['name'], arguments: ['arguments', 'parameters'] }

/** A call that is one JSON object; `undefined` where it is no call. */
export function callIn(text: string, members: CallMembers = NAME_ARGUMENTS): TextCall | undefined {
  const found = membersOf(text)
  if (found === undefined) return undefined
  const named = (names: readonly string[]): string | undefined => found.find((one) => names.includes(one.name))?.text
  const name = stringIn(named(members.name))
  if (name === undefined || name === '') return undefined
  const id = members.id === undefined ? undefined : stringIn(named(members.id))
  const argumentsText = argumentsIn(named(members.arguments))
  return { name, argumentsText, ...(id === undefined ? {} : { id }) }
}

/** Calls that are a JSON list of such objects; `undefined` where one of them is no call. */
export function callsIn(text: string, members: CallMembers = NAME_ARGUMENTS): TextCall[] | undefined {
  const elements = elementsOf(text)
  if (elements === undefined) return undefined
  const calls = elements.map((element) => callIn(element, members))
  return calls.every((call) => call !== undefined) && calls.length > 0 ? calls : undefined
}

/** No arguments are an empty object; an object written as a string is what the string says. */
function argumentsIn(text: string | undefined): string {
  if (text === undefined || text === 'null') return '{}'
  const inner = stringIn(text)
  return inner !== undefined && membersOf(inner) !== undefined ? inner : text
}

function stringIn(text: string | undefined): string | undefined {
  return text?.startsWith('"') === true ? (JSON.parse(text) as string) : undefined
}
