import type { JsonValue } from './json.ts'
import { readKey, skipSpace, skipString, skipValue } from './json-scan.ts'

/** The way to a value inside another: `['messages', 3, 'content']`. */
export type JsonPlace = readonly (string | number)[]

/** Another value at a place, or `undefined` to take the member or the element out. */
export type PlaceEdit = { readonly place: JsonPlace; readonly value: JsonValue | undefined }

type Span = { readonly start: number; readonly end: number }

/** What an object's member or a list's element takes up, and its value within. */
type Member = Span & { readonly key: string | number; readonly valueStart: number }

/**
 * `text`, a valid JSON text, with values at some places replaced or taken out and every other byte as it was. A place that
 * is not there is passed over; of a repeated member the last is meant, as JSON.parse has it, and taken out are all. No
 * place may lie inside another.
 */
export function editPlaces(text: string, edits: readonly PlaceEdit[]): string {
  // From the end, so that what was found before stays where it is. Elements go out one by one: each is looked for anew.
  return edits.toReversed().reduce(editPlace, text)
}

/** `messages[3].content`. */
export function placeText(place: JsonPlace): string {
  return place.reduce(
    (path: string, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
    '',
  )
}

function editPlace(text: string, { place, value }: PlaceEdit): string {
  let start = skipSpace(text, 0)
  for (const [index, step] of place.entries()) {
    const members = membersAt(text, start)
    const found = members.findLastIndex(({ key }) => key === step)
    const member = members[found]
    if (member === undefined) return text
    if (index === place.length - 1 && value === undefined) {
      const isRepeated = members.findIndex(({ key }) => key === step) < found
      return isRepeated ? withoutAll(text, members, step) : cut(text, spanWithComma(members, found))
    }
    start = member.valueStart
  }
  return text.slice(0, start) + JSON.stringify(value) + text.slice(skipValue(text, start))
}

/** In one go, since a hostile text may repeat a member as often as it is long. */
function withoutAll(text: string, members: readonly Member[], step: string | number): string {
  const kept = members.filter(({ key }) => key !== step).map(({ start, end }) => text.slice(start, end))
  return text.slice(0, members[0]?.start) + kept.join(',') + text.slice(members.at(-1)?.end)
}

function cut(text: string, { start, end }: Span): string {
  return text.slice(0, start) + text.slice(end)
}

/** The comma after goes with the member; for the last member, the one before does. */
function spanWithComma(members: readonly Member[], index: number): Span {
  const { start, end } = members[index] as Member
  const next = members[index + 1]
  if (next !== undefined) return { start, end: next.start }
  return { start: members[index - 1]?.end ?? start, end }
}

function membersAt(text: string, open: number): Member[] {
  const isObject = text[open] === '{'
  const members: Member[] = []
  if (!isObject && text[open] !== '[') return members
  let index = skipSpace(text, open + 1)
  while (index < text.length && text[index] !== '}' && text[index] !== ']') {
    const keyEnd = isObject ? skipString(text, index) : index
    const key = isObject ? readKey(text, index, keyEnd) : members.length
    const valueStart = isObject ? skipSpace(text, text.indexOf(':', keyEnd) + 1) : index
    const end = skipValue(text, valueStart)
    members.push({ key, start: index, valueStart, end })
    index = skipSpace(text, end)
    if (text[index] !== ',') break
    index = skipSpace(text, index + 1)
  }
  return members
}
