import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { comparable, cutsOf, readAll } from './read.ts'

// Families that mark parameters up, and what models leave out, mix in and write into values: §3.3.3, 3.3.7–9, 3.3.11.

const properties = {
  city: { type: 'string' },
  days: { type: 'integer' },
  tags: { type: 'array' },
  where: { type: 'object' },
  body: { type: 'string' },
} as const
const TOOLS = new Map<string, JsonObject>([['f', { type: 'object', properties }]])

/** Calls as JSON and the text around, the same at every cut. */
function read(id: string, text: string, tools: ReadonlyMap<string, JsonObject> = TOOLS): unknown {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  const whole = readAll(dialect, tools, [text])
  for (const chunks of cutsOf(text)) expect(readAll(dialect, tools, chunks)).toEqual(whole)
  const calls = comparable(whole.calls) as { name: string; arguments: unknown }[]
  return [...calls.map((call) => [call.name, call.arguments]), ...(whole.isCut ? ['cut'] : []), whole.text.trim()]
}

const xml = (parameters: string): string => `<tool_call>\n<function=f>\n${parameters}\n</function>\n</tool_call>`
const glm = (text: string): string => `<tool_call>f\n${text}\n</tool_call>`
const dsml = (text: string): string =>
  `<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n${text}\n</｜DSML｜invoke>\n</｜DSML｜function_calls>`
const PARIS = '<parameter=city>\nParis\n</parameter>'

describe('marks that are missing', () => {
  test.each([
    ['the end of a parameter', 'qwen3_coder_xml', xml('<parameter=city>\nParis\n<parameter=days>\n2\n</parameter>')],
    [
      'that of the last parameter',
      'qwen3_coder_xml',
      xml(`<parameter=days>\n2\n</parameter>\n<parameter=city>\nParis`),
    ],
    ['that of the call', 'step3p5', `<tool_call>\n<function=f>\n${PARIS}\n<parameter=days>2</parameter>\n</tool_call>`],
    ['the block', 'nemotron3_xml', `<function=f>${PARIS}<parameter=days>2</parameter></function>\n</tool_call>`],
    [
      'every end',
      'seed_oss',
      `<seed:tool_call><function=f>${'<parameter=city>Paris</parameter><parameter=days>2</parameter>'}`,
    ],
    ['the end of a value', 'glm45', glm('<arg_key>city</arg_key><arg_value>Paris<arg_key>days</arg_key><arg_value>2')],
    [
      'the beginning of a value',
      'glm47',
      glm('<arg_key>city</arg_key>Paris</arg_value><arg_key>days</arg_key>2</arg_value>'),
    ],
    [
      'the end of a key',
      'poolside_v1',
      glm('<arg_key>city<arg_value>Paris</arg_value><arg_key>days<arg_value>2</arg_value>'),
    ],
    [
      'the block at its beginning',
      'qwen3_coder_xml',
      `</tool_call>\n<function=f>${PARIS}<parameter=days>2</parameter></function>`,
    ],
    [
      'the space in a tag',
      'minicpm5_xml',
      '<functionname="f"><paramname="city">Paris</param><paramĠname="days">2</param></function>',
    ],
  ])('%s', (_name, id, text) => {
    expect(read(id, text)).toEqual([['f', { city: 'Paris', days: 2 }], ''])
  })

  test('two calls, of which the first has no end', () => {
    const text = `<tool_call><function=f>${PARIS}<function=g><parameter=x>1</parameter></tool_call> c`
    expect(read('qwen3_coder_xml', text)).toEqual([['f', { city: 'Paris' }], ['g', { x: 1 }], 'c'])
  })
})

describe('other spellings', () => {
  test.each([
    ['one object', 'qwen3_coder_xml', xml('{"city": "Paris", "days": 2}')],
    ['one object', 'deepseek_dsml_v32', dsml('  {\n "city": "Paris", "days": 2\n}')],
    ['one object', 'glm45', glm('{"city": "Paris", "days": 2}')],
    [
      'one parameter of another name',
      'qwen3_coder_xml',
      xml('<parameter=arguments>{"city": "Paris", "days": 2}</parameter>'),
    ],
    [
      'quotes',
      'minimax_m2',
      `<minimax:tool_call><invoke name='f'><parameter name=city>Paris</parameter><parameter name="days">2</parameter></invoke></minimax:tool_call>`,
    ],
    ['elements', 'qwen3_coder_xml', '<tool_call>f\n<city>Paris</city>\n<days>2</days>\n</f>'],
    [
      'a JSON call',
      'qwen3_coder_xml',
      '<tool_call>\n{"name": "f", "arguments": {"city": "Paris", "days": 2}}\n</tool_call>',
    ],
    [
      'names in elements',
      'qwen3_coder_xml',
      '<tool_call><function>f</function><parameter>city</parameter>Paris<parameter>days</parameter>2</function></tool_call>',
    ],
    [
      'other tags',
      'qwen3_coder_xml',
      '<tool_call><invoke name="f"><param name="city">Paris</param><param name="days">2</param></invoke></tool_call>',
    ],
    [
      'line breaks as two letters',
      'glm45',
      String.raw`<tool_call>f\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n<arg_key>days</arg_key>\n<arg_value>2</arg_value>\n</tool_call>`,
    ],
  ])('%s, %s', (_name, id, text) => {
    expect(read(id, text)).toEqual([['f', { city: 'Paris', days: 2 }], ''])
  })
})

describe('values', () => {
  test.each([
    ['marks of other families', 'minimax_m2', '</function> <tool_call> </parameter> <parameter> </arg_value>'],
    ['the ends of the call', 'qwen3_coder_xml', 'a </function> b </tool_call> c <tool_call> d'],
    ['its own end', 'qwen3_coder_xml', 'a </parameter> b'],
    ['entities and brackets', 'qwen3_coder_xml', '&lt;b&gt; if (a < b && c > d) {} "\\n"'],
    ['breaks beyond its own', 'qwen3_coder_xml', '\n  a\n\n'],
    ['letters of every script', 'qwen3_coder_xml', 'Пловдив 東京 🎉 مرحبا'],
  ])('hold %s', (_name, id, value) => {
    const text =
      id === 'minimax_m2'
        ? `<minimax:tool_call><invoke name="f"><parameter name="body">${value}</parameter></invoke></minimax:tool_call>`
        : xml(`<parameter=body>\n${value}\n</parameter>`)
    expect(read(id, text)).toEqual([['f', { body: value }], ''])
  })

  test('hold what is not to be read', () => {
    const value = '<parameter=days>2</parameter></function>'
    expect(read('qwen3_coder_xml', xml(`<parameter=body><![CDATA[${value}]]></parameter>`))).toEqual([
      ['f', { body: value }],
      '',
    ])
    const text = `<function name="f"><param name="body"><![CDATA[a </param> b]]></param></function>`
    expect(read('minicpm5_xml', text)).toEqual([['f', { body: 'a </param> b' }], ''])
  })

  test.each([
    ['Python', `{'a': [True, None, 'x']}`],
    ['escaped JSON', String.raw`{\"a\": [true, null, \"x\"]}`],
    ['JSON', '{"a": [true, null, "x"]}'],
  ])('are objects in %s', (_name, value) => {
    const expected = [['f', { where: { a: [true, null, 'x'] } }], '']
    expect(read('glm45', glm(`<arg_key>where</arg_key><arg_value>${value}</arg_value>`))).toEqual(expected)
  })

  test('that come several times are a list', () => {
    const twice = xml(
      '<parameter=tags>a</parameter>\n<parameter=tags>b</parameter>\n<parameter=days>1</parameter><parameter=days>2</parameter>',
    )
    expect(read('qwen3_coder_xml', twice)).toEqual([['f', { tags: ['a', 'b'], days: 2 }], ''])
  })

  test('are strings where nothing is declared', () => {
    expect(
      read('seed_oss', `<seed:tool_call><function=g><parameter=x>1</parameter></function></seed:tool_call>`, new Map()),
    ).toEqual([['g', { x: '1' }], ''])
  })
})

describe('what is no call', () => {
  test.each([
    ['a name that reaches prototypes, escaped', xml('<parameter=&#99;onstructor>1</parameter>'), ['']],
    [
      'a word between a call and the end of its block',
      '<tool_call><function=f></function>oops</tool_call> then',
      [['f', {}], 'then'],
    ],
    [
      'a word behind the end of a block',
      '<tool_call><function=f></function></tool_call>so</tool_call>',
      [['f', {}], 'so</tool_call>'],
    ],
    ['an object under a name that reaches prototypes', xml('<parameter=__proto__>{"a": 1}</parameter>'), ['']],
    ['an empty block', '<tool_call>\n</tool_call>\nHello', ['Hello']],
    [
      'an empty block in a line',
      'Write <tool_call></tool_call> around it.',
      ['Write <tool_call></tool_call> around it.'],
    ],
    ['a cut parameter', `<tool_call>\n<function=f>\n<parameter=city>\nPar`, ['cut', '']],
    ['a cut name', '<tool_call>\n<function=get_w', ['cut', '']],
    ['a mark alone', 'So:\n<tool_call>\n', ['cut', 'So:']],
    ['a mark in prose', 'Say <function=f> to call.', ['Say <function=f> to call.']],
  ])('%s', (_name, text, expected) => {
    expect(read('qwen3_coder_xml', text)).toEqual(expected)
  })

  test('a cut call does not take the whole one before it along', () => {
    const text = `<minimax:tool_call><invoke name="f"><parameter name="days">2</parameter></invoke><invoke name="f"><parameter name="da`
    expect(read('minimax_m2', text)).toEqual([['f', { days: 2 }], 'cut', ''])
  })

  test('plain XML without what its tool requires', () => {
    const tools = new Map<string, JsonObject>([['f', { type: 'object', properties, required: ['city'] }]])
    const text = '<function name="f"><param name="days">2</param></function>'
    expect(read('minicpm5_xml', text, tools)).toEqual([text])
  })

  test('plain XML without the end of its call', () => {
    const text = '<function name="f"><param name="days">2</param>'
    expect(read('minicpm5_xml', text)).toEqual([text])
  })

  test('a parameter that says it is no string is its JSON', () => {
    const parameter = (text: string): string =>
      dsml(`<｜DSML｜parameter name="city" string="false">${text}</｜DSML｜parameter>`)
    expect(read('deepseek_dsml_v32', parameter('5'))).toEqual([['f', { city: 5 }], ''])
    expect(read('deepseek_dsml_v32', parameter('null'))).toEqual([['f', { city: 'null' }], ''])
  })
})

describe('MiniMax M3', () => {
  const mark = ']<]minimax[>['
  const call = (text: string): string =>
    `${mark}<tool_call>\n<invoke name="f">${text}</invoke>\n</tool_call>`.replace(
      /(?<=\n)<|(?<!^.*)<(?=\/?(?:city|days|tags|item|where|at|invoke)\b)/g,
      `${mark}<`,
    )

  test('elements are parameters, lists and objects', () => {
    const text = call(
      '<city>a < b</city><days>2</days><tags><item>x</item><item>y</item></tags><where><at>7</at></where>',
    )
    expect(read('minimax_m3', `Hi ${text} ho`)).toEqual([
      ['f', { city: 'a < b', days: 2, tags: ['x', 'y'], where: { at: 7 } }],
      'Hi  ho',
    ])
  })

  test('a cut call is none', () => {
    expect(read('minimax_m3', `${mark}<tool_call>\n${mark}<invoke name="f">${mark}<city>Par`)).toEqual(['cut', ''])
  })
})
