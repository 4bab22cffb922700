import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject, JsonValue } from './json.ts'
import { isJsonObject } from './json.ts'
import type { JsonPlace, PlaceEdit } from './json-place.ts'
import { editPlaces, placeText } from './json-place.ts'

test('a value deep inside is replaced, and every other byte stays', () => {
  const text = ' {"n": 1.0, "messages" : [ {"role":"user"}, {"content": "a\\"]}" , "x":12345678901234567890} ] }'
  expect(editPlaces(text, [{ place: ['messages', 1, 'content'], value: 'b' }])).toBe(
    ' {"n": 1.0, "messages" : [ {"role":"user"}, {"content": "b" , "x":12345678901234567890} ] }',
  )
})

test('members and elements are taken out with their comma', () => {
  const out = (text: string, ...place: (string | number)[]) => editPlaces(text, [{ place, value: undefined }])
  expect(out('{"a":{"b":1,"c":2}}', 'a', 'b')).toBe('{"a":{"c":2}}')
  expect(out('{"a":{"b":1, "c":2}}', 'a', 'c')).toBe('{"a":{"b":1}}')
  expect(out('{"a":[1, 2, 3]}', 'a', 1)).toBe('{"a":[1, 3]}')
  expect(out('{"a":[1]}', 'a', 0)).toBe('{"a":[]}')
  expect(out('{"a":[1]}', 'a', 7)).toBe('{"a":[1]}')
  expect(out('{"a":1}', 'b', 'c')).toBe('{"a":1}')
})

test('a repeated member is taken out as often as it stands there', () => {
  const out = (text: string) => editPlaces(text, [{ place: ['a', 'b'], value: undefined }])
  expect(out('{"a": {"b":1, "c":2, "\\u0062":3 , "d":[] }}')).toBe('{"a": {"c":2,"d":[] }}')
  expect(out('{"a":{ "b":1,"b":2 }}')).toBe('{"a":{  }}')
  expect(out(`{"a":{${'"b":1,'.repeat(200_000)}"c":2}}`)).toBe('{"a":{"c":2}}')
})

test('of a repeated member the last is meant, and a key with escapes is found', () => {
  const edit = [{ place: ['a'], value: 0 }]
  expect(editPlaces('{"a":1,"a":2}', edit)).toBe('{"a":1,"a":0}')
  expect(editPlaces('{"\\u0061":1}', edit)).toBe('{"\\u0061":0}')
})

test('the text and the value are edited alike', () => {
  const body = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.array(fc.dictionary(fc.string(), fc.jsonValue())))
  const step = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(2))
  fc.assert(
    fc.property(body, fc.uniqueArray(step, { selector: String }), fc.option(fc.string()), (made, steps, at) => {
      const text = JSON.stringify(made, undefined, 1)
      const value = JSON.parse(text) as JsonObject
      const ordered = steps.toSorted((left, right) => (String(left) < String(right) ? -1 : 1))
      const edits = ordered.map((place) => ({ place, value: at ?? undefined }))
      expect(JSON.parse(editPlaces(text, edits))).toEqual(withPlaces(value, edits))
    }),
  )
})

test('a place reads as a path', () => {
  expect(placeText(['messages', 3, 'content', 0, 'text'])).toBe('messages[3].content[0].text')
})

/** The same edits on the value. */
function withPlaces(value: JsonObject, edits: readonly PlaceEdit[]): JsonObject {
  return edits
    .toReversed()
    .reduce((edited: JsonValue, { place, value: at }) => withPlace(edited, place, at), value) as JsonObject
}

function withPlace(value: JsonValue, place: JsonPlace, at: JsonValue | undefined): JsonValue {
  const [step, ...rest] = place
  if (step === undefined) return value
  if (Array.isArray(value) && typeof step === 'number') return withElement(value, step, rest, at)
  if (!isJsonObject(value) || typeof step !== 'string') return value
  const inner = value[step]
  if (inner === undefined) return value
  if (rest.length > 0) return { ...value, [step]: withPlace(inner, rest, at) }
  if (at !== undefined) return { ...value, [step]: at }
  const { [step]: _, ...others } = value
  return others
}

function withElement(
  list: readonly JsonValue[],
  step: number,
  rest: JsonPlace,
  at: JsonValue | undefined,
): readonly JsonValue[] {
  const element = list[step]
  if (element === undefined) return list
  const edited = rest.length > 0 ? withPlace(element, rest, at) : at
  return edited === undefined ? list.toSpliced(step, 1) : list.with(step, edited)
}
