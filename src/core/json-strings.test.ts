import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeStrings } from './json-strings.ts'

test('strings, keys and numbers change where they stand and every other byte stays', () => {
  const text = '{ "a" : ["x", {"x":"\\u0078"}],\n "n":1.0, "x" : "y", "a":"x" }'
  const changed = changeStrings(text, {
    text: (value) => (value === 'x' ? 'é"' : undefined),
    key: (key, place) => (key === 'x' && place.length === 2 ? 'k' : undefined),
    number: (written) => (written === '1.0' ? 'one' : undefined),
  })
  expect(changed).toBe('{ "a" : ["é\\"", {"k":"é\\""}],\n "n":"one", "x" : "y", "a":"é\\"" }')
})

test('places are those of the parsed value, and a text of which nothing changes is the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value, undefined, 1)
      const seen: string[] = []
      const same = changeStrings(text, {
        text(said, place) {
          seen.push(said)
          expect(place.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], value)).toBe(said)
          return undefined
        },
      })
      expect(same).toBe(text)
      const strings: string[] = []
      const expected: unknown = JSON.parse(text, (_key, one: unknown) => {
        if (typeof one !== 'string') return one
        strings.push(one)
        return '#'
      })
      expect(JSON.parse(changeStrings(text, { text: () => '#' }))).toEqual(expected)
      expect(seen.toSorted()).toEqual(strings.toSorted())
    }),
  )
})
