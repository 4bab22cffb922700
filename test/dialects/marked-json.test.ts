import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { hermes } from '../../src/dialects/hermes.ts'
import { cutsOf, readAll } from './read.ts'

const TOOLS = new Map<string, JsonObject>([
  ['run', { type: 'object', properties: { cmd: { type: 'string' } } }],
  ['ping', { type: 'object', properties: {} }],
])

/** Calls as `name arguments`, and the text; the same however the text is cut. */
function read(text: string): { calls: string[]; text: string; isCut: boolean } {
  const whole = readAll(hermes, TOOLS, [text])
  for (const chunks of cutsOf(text)) expect(readAll(hermes, TOOLS, chunks)).toEqual(whole)
  const calls = whole.calls.map(({ name, argumentsText }) => `${name} ${argumentsText}`)
  return { calls, text: whole.text, isCut: whole.isCut }
}

const only = (...calls: string[]): unknown => ({ calls, text: '', isCut: false })

test.each([
  [
    'a close mark in a string',
    '{"name":"run","arguments":{"cmd":"echo </tool_call> x"}}',
    '{"cmd":"echo </tool_call> x"}',
  ],
  [
    'both marks in a string',
    '{"name":"run","arguments":{"cmd":"<tool_call>{}</tool_call>"}}',
    '{"cmd":"<tool_call>{}</tool_call>"}',
  ],
  [
    'digits and spaces as written',
    '{"name": "run", "arguments": {"n": 12345678901234567890, "x": 1.0}}',
    '{"n": 12345678901234567890, "x": 1.0}',
  ],
  ['arguments in a string', '{"name":"run","arguments":"{\\"cmd\\":\\"ls\\"}"}', '{"cmd":"ls"}'],
  ['parameters', '{"name":"run","parameters":{"cmd":"ls"}}', '{"cmd":"ls"}'],
  ['a trailing comma', '{"name":"run","arguments":{"cmd":"ls",}}', '{"cmd":"ls"}'],
  ['single quotes', "{'name':'run','arguments':{'cmd':'ls'}}", '{"cmd":"ls"}'],
  ['quotes that are not escaped', '{"name":"run","arguments":{"cmd":"say "hi" now"}}', '{"cmd":"say \\"hi\\" now"}'],
  ['a quote that is not escaped', '{"name":"run","arguments":{"cmd":"3" wide"}}', '{"cmd":"3\\" wide"}'],
  ['a line break in a string', '{"name":"run","arguments":{"cmd":"a\nb"}}', '{"cmd":"a\\nb"}'],
  ['a brace too many', '{"name":"run","arguments":{"cmd":"ls"}}}', '{"cmd":"ls"}'],
  ['a brace too few', '{"name":"run","arguments":{"cmd":"ls"}', '{"cmd":"ls"}'],
  ['a fence', '```json\n{"name":"run","arguments":{"cmd":"ls"}}\n```', '{"cmd":"ls"}'],
  ['characters of two units', '{"name":"run","arguments":{"cmd":"🎉 é"}}', '{"cmd":"🎉 é"}'],
])('a block with %s is one call', (_what, block, argumentsText) => {
  expect(read(`<tool_call>\n${block}\n</tool_call>`)).toEqual(only(`run ${argumentsText}`))
})

test.each([
  ['one after the other', '{"name":"run","arguments":{"cmd":"a"}}\n{"name":"ping","arguments":{}}'],
  ['in a list', '[{"name":"run","arguments":{"cmd":"a"}}, {"name":"ping","arguments":{}}]'],
])('calls %s in one block are all read', (_what, block) => {
  expect(read(`<tool_call>${block}</tool_call>`)).toEqual(only('run {"cmd":"a"}', 'ping {}'))
})

test('a close mark that is missing, cut or another tag costs no call', () => {
  const call = '<tool_call>{"name":"run","arguments":{"cmd":"a"}}'
  for (const end of ['', '\n', '</tool', '<', '</think>', '</tool_call']) {
    expect(read(call + end)).toEqual(only('run {"cmd":"a"}'))
  }
  expect(read(`${call}\n<tool_call>{"name":"ping","arguments":{}}</tool_call>`)).toEqual(
    only('run {"cmd":"a"}', 'ping {}'),
  )
})

test.each([
  '<tool_call>{"name":"run","arguments":{"cmd":"ls',
  '<tool_call>{"name":"run","arguments":{"cmd":"ls"}',
  '<tool_call>{"name":"run',
  '<tool_call>',
  '<tool_call>{',
])('a text that ends in a call has none, and none of it is shown: %s', (text) => {
  expect(read(`Let me see. ${text}`)).toEqual({ calls: [], text: 'Let me see.', isCut: true })
})

test('a call that was cut behind a close mark in its string is none', () => {
  expect(read('<tool_call>{"name":"run","arguments":{"cmd":"echo </tool_call> and').calls).toEqual([])
})

test.each([
  'Write <tool_call> before and </tool_call> after it.',
  'It is <tool_call>{not a call}</tool_call> that counts.',
  '<tool_call>{"name":"run","arguments":{"cmd":"ls"}} is how one looks.',
  '<tool_call>{"cmd":"ls"}</tool_call>',
  '<tool_call>{"name":"run","arguments":["ls"]}</tool_call>',
  'a < b, <tool',
])('what is no call stays text: %s', (text) => {
  expect(read(text)).toEqual({ calls: [], text, isCut: false })
})

test('the white space around calls stays where text follows it, and is nothing at the end', () => {
  const call = '<tool_call>{"name":"ping","arguments":{}}</tool_call>'
  expect(read(`a\n\n${call}\n\nb ${call} \n`).text).toBe('a\n\n\n\nb')
})

test('members that reach prototypes are refused, those that only mention them are not', () => {
  const block = (args: string): string => `<tool_call>{"name":"run","arguments":${args}}</tool_call>`
  expect(read(block('{"__proto__":{"a":1}}'))).toEqual({ calls: [], text: '', isCut: false })
  expect(read(block('{"x":[{"constructor":{"prototype":{}}}]}')).calls).toEqual([])
  expect(read('<tool_call>{"__proto__":{"name":"run","arguments":{}}}</tool_call>')).toEqual(only())
  expect(read(block('{"cmd":"the __proto__ constructor"}')).calls).toHaveLength(1)
})

test('a list whose close mark is missing is read where every call in it is whole and of a declared tool', () => {
  const list = (...calls: string[]): string => `<tool_call>[${calls.join(', ')}]\n</tool`
  const [run, ping] = ['{"name":"run","arguments":{"cmd":"a"}}', '{"name":"ping","arguments":{}}']
  expect(read(list(run, ping))).toEqual(only('run {"cmd":"a"}', 'ping {}'))
  for (const doubtful of ['{"name":"other","arguments":{}}', '{"name":"ping"}', '{"name":"ping","arguments":"{}"}']) {
    const text = list(run, doubtful)
    expect(read(text)).toEqual({ calls: [], text, isCut: false })
    expect(read(text.replace(/<\/tool$/, '</tool_call>')).calls).toHaveLength(2)
  }
})
