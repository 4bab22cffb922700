import { expect, test } from 'vitest'
import { createStringDepth } from './string-depth.ts'

/** `value` as JSON, as a string of JSON, and so on, `times` in all. */
function nested(value: unknown, times: number): string {
  let text = JSON.stringify(value)
  for (let count = 1; count < times; count += 1) text = JSON.stringify({ a: 1, [`level "${count}"`]: text })
  return text
}

test.each([1, 2, 3, 4])('in JSON inside of strings, %s deep, wherever the text is cut', (times) => {
  const text = nested({ first: 'a\\', 'a "name"': ['"', '\\"', 'HERE', 'x'], last: 1 }, times)
  for (const size of [1, 2, 3, 7, 1_000]) {
    const depth = createStringDepth()
    const end = text.indexOf('HERE')
    for (let start = 0; start < end; start += size) depth.push(text.slice(start, Math.min(end, start + size)))
    expect(depth.depth()).toBe(times)
    depth.push(text.slice(end))
    expect(depth.depth()).toBe(0)
  }
})

test.each([
  ['a text that quotes', { text: 'He said "HERE" to me' }, 1],
  ['a text in braces that quotes', { text: '{{ name }} said "HERE"' }, 1],
  ['a list in a string', { text: '[1, "HERE"]' }, 2],
  ['an indented object in a string', { text: '\n{\n\t"key": "HERE"\n}' }, 2],
  ['code', { text: 'print("HERE")\n' }, 1],
])('%s', (_what, value, expected) => {
  const text = JSON.stringify(value)
  const depth = createStringDepth()
  depth.push(text.slice(0, text.indexOf('HERE')))
  expect(depth.depth()).toBe(expected)
})
