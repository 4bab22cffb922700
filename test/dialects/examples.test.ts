import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { createSniffer } from '../../src/dialects/sniff.ts'
import { writeCalls } from '../../src/dialects/write/index.ts'
import { cutsOf, readAll } from './read.ts'

// Calls that an answer explains: design/tool-calling.md §3.3.10.

const TOOLS = new Map<string, JsonObject>([
  ['get_weather', { type: 'object', properties: { city: { type: 'string' } } }],
  ['ping', { type: 'object', properties: {} }],
])
const PARIS = { name: 'get_weather', argumentsText: '{"city": "Paris"}' }
const CALL = '<tool_call>\n{"name": "ping", "arguments": {}}\n</tool_call>'
const NEXT = '```js\nb\n```'
const NESTED = `So\n\`\`\`markdown\n${NEXT}\n\`\`\``
const BLOCK = 'Some code:\n```js\na()\n'

function known(id: string): Dialect {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  return dialect
}

/** `text|names of the calls`, the same at every cut. */
function read(dialect: () => Dialect, text: string): string {
  const whole = readAll(dialect(), TOOLS, [text])
  for (const chunks of cutsOf(text)) expect(readAll(dialect(), TOOLS, chunks)).toEqual(whole)
  return [whole.text, whole.calls.map(({ name }) => name).join()].join('|')
}

const sniffer = (guess?: string) => () => createSniffer(DIALECTS, guess === undefined ? undefined : known(guess))

describe('a call in a fenced block of an explanation is text', () => {
  test.each([
    'hermes',
    'granite4',
    'ernie45',
    'jamba',
    'minimax_m1',
    'nemotron_v2',
    'olmo3',
    'functionary_v31',
    'qwen3_coder_xml',
    'seed_oss',
    'minimax_m2',
    'minicpm5_xml',
    'glm45',
    'glm47',
    'hunyuan_v3',
  ])('%s, said or guessed or found out', (id) => {
    const text = `For example:\n\`\`\`\n${writeCalls(id, [{ id: 'a', ...PARIS }], { tools: TOOLS })}\n\`\`\`\nThat is all.`
    for (const dialect of [() => known(id), sniffer(id), sniffer()]) expect(read(dialect, text)).toBe(`${text}|`)
  })

  test.each([
    ['in a list', `- so:\n    \`\`\`\n    ${CALL}\n    \`\`\``],
    ['in a block', `So\n\`\`\`markdown\n\`\`\`js\n${CALL}\n\`\`\`\n\`\`\``],
  ])('that stands %s', (_name, text) => {
    for (const dialect of [() => known('hermes'), sniffer()]) expect(read(dialect, text)).toBe(`${text}|`)
  })

  test('what is JSON in it is none in another dialect', () => {
    const text = `For example:\n\`\`\`\n${CALL}\n\`\`\`\nThat is all.`
    expect(read(sniffer(), text)).toBe(`${text}|`)
  })
})

describe('a call is none of an example', () => {
  test.each([
    ['behind the end of a block, in its line', `${BLOCK}\`\`\`${CALL}`, `${BLOCK}\`\`\`|ping`],
    ['behind a span that begins a line', `So\n\`\`\`a()\`\`\`\n${CALL}`, 'So\n```a()```|ping'],
    ['behind a block in a block', `${NESTED}\n${CALL}`, `${NESTED}|ping`],
    ['behind a block that begins in another', `So\n\`\`\`text\na\n${NEXT}\n${CALL}`, `So\n\`\`\`text\na\n${NEXT}|ping`],
    ['behind spans in its line', `Look at \`a\` and \`b\`${CALL}`, 'Look at `a` and `b`|ping'],
  ])('%s', (_name, text, expected) => {
    for (const dialect of [() => known('hermes'), sniffer('hermes'), sniffer()]) {
      expect(read(dialect, text)).toBe(expected)
    }
  })
})

test('a call in a span of code is text', () => {
  const call = CALL.replaceAll('\n', '')
  const text = `Write \`${call}\` to ping, or \`\`\`${call}\`\`\`.`
  for (const dialect of [() => known('hermes'), sniffer()]) expect(read(dialect, text)).toBe(`${text}|`)
})

describe('a word that is all of a call of GLM', () => {
  test('is the name of a declared tool', () => {
    for (const dialect of [() => known('glm47'), sniffer('glm47')]) {
      const text = 'Calls look like <tool_call>name</tool_call>.'
      expect(read(dialect, text)).toBe(`${text}|`)
      expect(read(dialect, '<tool_call>ping</tool_call>')).toBe('|ping')
      expect(read(dialect, '<tool_call>Ping</tool_call>')).toBe('|Ping')
    }
  })

  test('ends no thought where it is not', () => {
    expect(read(() => known('glm47'), '<think>As <tool_call>name</tool_call>.</think>Hi')).toBe('Hi|')
  })
})
