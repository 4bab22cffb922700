import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appendMember, editMemberBytes, editMembers, writeChanged } from './json-edit.ts'

const space = fc.constantFrom('', ' ', '\n  ', '\t')
const key = fc.oneof(fc.constantFrom('model', 'routing', 'messages', '"quoted"', 'back\\slash'), fc.string())

/** A JSON object's text with arbitrary whitespace between its tokens. */
const objectText = fc
  .tuple(fc.array(fc.tuple(key, fc.jsonValue()), { maxLength: 6 }), space, space)
  .map(([members, before, after]) => {
    const written = members.map(
      ([name, value]) => `${before}${JSON.stringify(name)}${after}:${before}${JSON.stringify(value)}${after}`,
    )
    return `${before}{${written.join(',')}${after}}${before}`
  })

test('replacing and removing members equals doing it on the parsed object', () => {
  fc.assert(
    fc.property(objectText, fc.string(), (text, model) => {
      const parsed = JSON.parse(text)
      const expected = { ...parsed }
      if (Object.hasOwn(expected, 'model')) expected.model = model
      delete expected.routing
      expect(JSON.parse(editMembers(text, { model: JSON.stringify(model), routing: undefined }))).toEqual(expected)
    }),
    { numRuns: 2_000 },
  )
})

test('editing bytes equals editing the text', () => {
  fc.assert(
    fc.property(objectText, fc.string(), (text, model) => {
      const edits = { model: JSON.stringify(model), routing: undefined }
      const edited = new TextDecoder().decode(editMemberBytes(new TextEncoder().encode(text), text, edits))
      expect(edited).toBe(editMembers(text, edits))
    }),
    { numRuns: 1_000 },
  )
})

test('bytes are edited where they stand when nothing gets longer, and copied when something does', () => {
  const text = '{"model":"up/m","routing":{"max":{"cost":1}},"seed":12345678901234567890}'
  const bytes = new TextEncoder().encode(text)
  const shorter = editMemberBytes(bytes, text, { model: '"m"', routing: undefined })
  expect(shorter.buffer).toBe(bytes.buffer)
  expect(new TextDecoder().decode(shorter)).toBe('{"model":"m","seed":12345678901234567890}')
  const short = '{"model":"auto","a":"model"}'
  const kept = new TextEncoder().encode(short)
  expect(new TextDecoder().decode(editMemberBytes(kept, short, { model: '"a-longer-name"' }))).toBe(
    '{"model":"a-longer-name","a":"model"}',
  )
  expect(new TextDecoder().decode(kept)).toBe(short)
})

test('a name repeated after the first is edited too, however it is written', () => {
  for (const again of ['"model"', '"mod\\u0065l"', '"\\u006dodel"']) {
    const text = `{"model":"a/b","messages":[{"model":"x"}],${again}:"a/b"}`
    const edited = editMemberBytes(new TextEncoder().encode(text), text, { model: '"b"' })
    expect(new TextDecoder().decode(edited).split('"b"')).toHaveLength(3)
  }
})

test('every byte outside the edited members stays as it was', () => {
  const text = '{ "seed": 12345678901234567890,\n "model" : "auto" , "top_p": 1.0, "messages":[{"model":"x"}] }'
  expect(editMembers(text, { model: '"a/b"' })).toBe(text.replace('"auto"', '"a/b"'))
})

test('a text without the members comes back unchanged', () => {
  const text = '{"a":{"model":1}}'
  expect(editMembers(text, { model: '"x"', routing: undefined })).toBe(text)
})

test('a member is taken out with one comma, wherever it stands', () => {
  const gone = { routing: undefined }
  expect(editMembers('{"routing":{"a":[1,"}"]},"b":1}', gone)).toBe('{"b":1}')
  expect(editMembers('{"a":1,"routing":2,"b":3}', gone)).toBe('{"a":1,"b":3}')
  expect(editMembers('{"a":1,"routing":null}', gone)).toBe('{"a":1}')
  expect(editMembers('{"routing":true}', gone)).toBe('{}')
  expect(editMembers('{"a":1,"routing":2,"routing":3}', gone)).toBe('{"a":1}')
  expect(editMembers('{"routing":2,"routing":3}', gone)).toBe('{}')
})

test('a key written with escapes is still that key', () => {
  expect(editMembers('{"mod\\u0065l":"auto"}', { model: '"x"' })).toBe('{"mod\\u0065l":"x"}')
})

test('a member is appended to any object', () => {
  const encoder = new TextEncoder()
  fc.assert(
    fc.property(objectText, fc.jsonValue(), (text, value) => {
      const longer = new TextDecoder().decode(appendMember(encoder.encode(text), 'routing', value))
      expect(JSON.parse(longer)).toEqual({ ...JSON.parse(text), routing: JSON.parse(JSON.stringify(value)) })
    }),
  )
})

test('an object that was changed says what changed, and keeps the text of the rest', () => {
  fc.assert(
    fc.property(objectText, fc.jsonValue(), (text, value) => {
      const sent = JSON.parse(text)
      const { messages, ...rest } = sent
      const changed = { ...rest, renamed: messages, added: value }
      expect(JSON.parse(writeChanged(text, sent, changed))).toEqual(JSON.parse(JSON.stringify(changed)))
    }),
    { numRuns: 1_000 },
  )
  const text = '{ "a" : [ 1.0 ], "seed":9007199254740993,"a": [ 2.0,"\\u00e9" ] , "b":1, "c" : 2.50 }'
  const { seed, b: _, ...sent } = JSON.parse(text)
  const changed = { ...sent, random_seed: seed, c: 3 }
  expect(writeChanged(text, { ...sent, seed, b: 1 }, changed)).toBe(
    '{"a":[ 2.0,"\\u00e9" ],"c":3,"random_seed":9007199254740993}',
  )
})
