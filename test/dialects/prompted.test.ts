import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { morphXml } from '../../src/dialects/morph-xml.ts'
import { yamlXml } from '../../src/dialects/yaml-xml.ts'
import { cutsOf, readAll } from './read.ts'

const TOOLS = new Map<string, JsonObject>([
  ['ping', { type: 'object', properties: {} }],
  [
    'save',
    {
      type: 'object',
      properties: {
        path: { type: 'string' },
        zip: { type: 'string' },
        count: { type: 'integer' },
        isNew: { type: 'boolean' },
        tags: { type: 'array', items: { type: 'string' } },
        sizes: { type: 'array', items: { type: 'number' } },
        options: { type: 'object', properties: { unit: { type: 'string' } } },
      },
    },
  ],
  [
    'label',
    {
      type: 'object',
      properties: { id: { type: 'string' } },
      patternProperties: { '^x-': { type: 'string' }, '^(y+)+$': { type: 'string' }, '^secret': false },
    },
  ],
  ['note', { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }],
])

type Result = { readonly calls: readonly unknown[]; readonly text: string; readonly isCut: boolean }

/** The same however the text is cut. */
function read(dialect: Dialect, text: string): Result {
  const whole = readAll(dialect, TOOLS, [text])
  for (const chunks of cutsOf(text)) expect(readAll(dialect, TOOLS, chunks)).toEqual(whole)
  const calls = whole.calls.map(({ name, argumentsText }) => [name, JSON.parse(argumentsText) as unknown])
  return { calls, text: whole.text, isCut: whole.isCut }
}

const only = (...calls: unknown[]): Result => ({ calls, text: '', isCut: false })

describe('morph_xml', () => {
  test.each([
    ['<zip>03106</zip><count>12</count><isNew>TRUE</isNew>', { zip: '03106', count: 12, isNew: true }],
    ['<path><b>x</b> &amp; &lt;i&gt;</path>', { path: '<b>x</b> & <i>' }],
    ['<path>a </path> b</path><count>1</count>', { path: 'a </path> b', count: 1 }],
    ['<path>a<count>1</count>', { path: 'a', count: 1 }],
    ['<tags>a</tags><tags>b</tags>', { tags: ['a', 'b'] }],
    ['<tags><item>a</item><item> b </item></tags>', { tags: ['a', 'b'] }],
    ['<tags>["a", "b"]</tags><sizes>1, 2.5</sizes>', { tags: ['a', 'b'], sizes: [1, 2.5] }],
    ['<sizes><0>1</0><1>2</1></sizes>', { sizes: [1, 2] }],
    ['<options><unit>C</unit></options>', { options: { unit: 'C' } }],
    ["<options>{'unit': 'C'}</options>", { options: { unit: 'C' } }],
    ['<path/>', { path: '' }],
    ['\n  <path>a</path>\n  <mood>sunny</mood>\n', { path: 'a' }],
  ])('%s', (body, value) => {
    expect(read(morphXml, `<save>${body}</save>`)).toEqual(only(['save', value]))
  })

  test('digits stay as they were written', () => {
    const { calls } = readAll(morphXml, TOOLS, ['<save><count>12345678901234567890</count></save>'])
    expect(calls[0]?.argumentsText).toBe('{"count": 12345678901234567890}')
  })

  test('tags of tools may be empty, have spaces, follow each other and stand in text', () => {
    expect(read(morphXml, 'a <ping/> b < ping /><ping></ ping > c')).toEqual({
      calls: [
        ['ping', {}],
        ['ping', {}],
        ['ping', {}],
      ],
      text: 'a  b  c',
      isCut: false,
    })
  })

  test('a name alone in its line may stand for the opening tag', () => {
    expect(read(morphXml, 'save\n<path>a</path>\nping is a tool')).toEqual({
      calls: [['save', { path: 'a' }]],
      text: '\nping is a tool',
      isCut: false,
    })
  })

  test.each([
    'a < b > c',
    '<b>save</b>',
    'use save or ping',
    '<saved><path>a</path></saved>',
    'save\nthe file',
    'to save\n<path>a</path>',
  ])('no tool is called by %s', (text) => {
    expect(read(morphXml, text)).toEqual({ calls: [], text, isCut: false })
  })

  test('two values where one may be is no call', () => {
    const text = '<note><text>a</text><text>b</text></note>'
    expect(read(morphXml, text)).toEqual({ calls: [], text, isCut: false })
  })

  test('a call whose own end alone is missing is whole, one that ends in a value is cut', () => {
    expect(read(morphXml, '<note><text>a</text>\n')).toEqual(only(['note', { text: 'a' }]))
    expect(read(morphXml, 'x <note><text>a')).toEqual({ calls: [], text: 'x', isCut: true })
    expect(read(morphXml, 'x <note><text>a</text><te')).toMatchObject({ calls: [] })
  })

  test('elements that reach prototypes are refused', () => {
    expect(read(morphXml, '<save><path>a</path><__proto__><x>1</x></__proto__></save>')).toEqual(only())
  })
})

describe('yaml_xml', () => {
  test.each([
    ['\npath: a b\ncount: 3\nisNew: true\n', { path: 'a b', count: 3, isNew: true }],
    ['\nzip: 03106\n', { zip: '03106' }],
    ['\npath: |\n  a\n    b\n  </i>\n', { path: 'a\n  b\n</i>\n' }],
    ['\n  tags:\n    - a\n    - "b: c"\n', { tags: ['a', 'b: c'] }],
    ['\noptions: {unit: C}\nsizes: [1, 2.50]\n', { options: { unit: 'C' }, sizes: [1, 2.5] }],
    ['\n<path>a</path>\n<zip>1</zip>\n', { path: 'a', zip: '1' }],
    ['\npath: def f():\n    return "x: y"\n', { path: 'def f():\n    return "x: y"\n' }],
    ['', {}],
  ])('%j', (body, value) => {
    expect(read(yamlXml, `<save>${body}</save>`)).toEqual(only(['save', value]))
  })

  test('digits stay as they were written', () => {
    const { calls } = readAll(yamlXml, TOOLS, ['<save>\ncount: 12345678901234567890\n</save>'])
    expect(calls[0]?.argumentsText).toBe('{"count": 12345678901234567890}')
  })

  test.each([
    '<save>\n[broken: {\n</save>',
    '<save>\n- a\n- b\n</save>',
    '<save>\nprose\n</save>',
    '<save>\na: &a [*a]\n</save>',
  ])('what is no mapping stays text: %j', (text) => {
    expect(read(yamlXml, text)).toEqual({ calls: [], text, isCut: false })
  })

  test('a call whose end is missing or cut is whole behind a line, cut within one', () => {
    expect(read(yamlXml, '<note>\ntext: a\n')).toEqual(only(['note', { text: 'a' }]))
    expect(read(yamlXml, '<note>\ntext: a\n</no')).toEqual(only(['note', { text: 'a' }]))
    expect(read(yamlXml, '<note>\ntext: a')).toEqual({ calls: [], text: '', isCut: true })
    expect(read(yamlXml, '<note>\ntext:\n')).toEqual({ calls: [], text: '', isCut: true })
  })

  test('blocks of hermes are read too, and prose about them is text', () => {
    expect(read(yamlXml, '<tool_call>{"name":"note","arguments":{"text":"<note>"}}</tool_call>')).toEqual(
      only(['note', { text: '<note>' }]),
    )
    expect(read(yamlXml, 'The <tool_call> tag.').text).toBe('The <tool_call> tag.')
  })

  test('a text that is nested too deep, or too long to be read, is no call', () => {
    for (const body of ['['.repeat(20_000), `text: ${'x\n'.repeat(100_000)}`]) {
      expect(readAll(yamlXml, TOOLS, [`<note>\n${body}\n</note>`]).calls).toEqual([])
    }
  })

  test('members that reach prototypes are refused', () => {
    expect(read(yamlXml, '<save>\npath: a\n__proto__:\n  x: 1\n</save>')).toEqual(only())
  })
})

test.each([
  [morphXml, '<id>a</id><x-b>c</x-b><yy>d</yy><secret>e</secret><mood>sunny</mood>'],
  [yamlXml, '\nid: a\nx-b: c\nyy: d\nsecret: e\nmood: sunny\n'],
])('names that patterns declare are arguments', (dialect, body) => {
  expect(read(dialect, `<label>${body}</label>`)).toEqual(only(['label', { id: 'a', 'x-b': 'c', yy: 'd' }]))
})

test('JSON in place of YAML keeps to what is declared too', () => {
  const call = '{"name":"note","arguments":{"text":"a","mood":"sunny"}}'
  expect(read(yamlXml, `<tool_call>${call}</tool_call>`)).toEqual(only(['note', { text: 'a' }]))
  const { calls } = readAll(yamlXml, TOOLS, ['<tool_call>{"name":"note","arguments":{ "text": "a" }}</tool_call>'])
  expect(calls[0]?.argumentsText).toBe('{ "text": "a" }')
})
