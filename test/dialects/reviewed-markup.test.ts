import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { comparable, cutsOf, readAll } from './read.ts'

// What a review of the families found: design/tool-calling.md §3.3.

const strings = (...names: string[]): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
})
const TOOLS = new Map<string, JsonObject>([
  ['save', strings('path', 'text')],
  ['get_weather', strings('city')],
])

type Found = { readonly calls?: readonly unknown[]; readonly text?: string; readonly thought?: string; isCut?: boolean }

/** The same at every cut. */
function expectRead(
  id: string,
  text: string,
  { calls = [], text: said = '', thought = '', isCut = false }: Found,
): void {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  const whole = readAll(dialect, TOOLS, [text])
  for (const chunks of cutsOf(text)) expect(readAll(dialect, TOOLS, chunks)).toEqual(whole)
  const found = comparable(whole.calls) as { name: string; arguments: unknown }[]
  expect(found.map((call) => [call.name, call.arguments])).toEqual(calls)
  expect([whole.text.trim(), whole.reasoning.trim(), whole.isCut]).toEqual([said, thought, isCut])
}

const PARIS = ['get_weather', { city: 'Paris' }]
const ROME = ['get_weather', { city: 'Rome' }]
const json = (city: string): string => `{"name": "get_weather", "arguments": {"city": "${city}"}}`

const CALL = '<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>'
const SAVE = '<function=save>\n<parameter=text>\na\n</parameter>\n<parameter=path>\nb\n</parameter>\n</function>'

describe('a value of text', () => {
  const xml = (text: string): string =>
    `<tool_call>\n<function=save>\n<parameter=text>\n${text}\n</parameter>\n<parameter=path>\na\n</parameter>\n</function>\n</tool_call>`

  test('has a call in it, and its own end does not come', () => {
    const text = `<tool_call>\n<function=save>\n<parameter=text>\n${CALL}`
    expectRead('qwen3_coder_xml', text, { isCut: true })
  })

  test.each([
    ['a parameter of no tool', '\n<parameter=x>\nin\n</parameter>\n'],
    ['several', '<parameter=x>1</parameter>\n<parameter=y>2</parameter>'],
    ['one in another', '<parameter=x><parameter=y>2</parameter></parameter>'],
    ['the beginning of one', 'Write <parameter=x> for it.'],
    ['a call', `As in:\n${CALL}\nEnd.`],
    ['calls', `${CALL}\n${CALL}`],
    ['a call of the same parameters', SAVE],
    ['the beginning of a call', 'Write <function=save> with <parameter=x>.'],
  ])('has %s in it', (_name, text) => {
    for (const id of ['qwen3_coder_xml', 'nemotron3_xml', 'step3p5', 'kexaone2']) {
      expectRead(id, xml(text), { calls: [['save', { text, path: 'a' }]] })
    }
  })

  test('has another family’s in it', () => {
    const text = '<parameter name="x">in</parameter>'
    const call = `<minimax:tool_call><invoke name="save"><parameter name="text">${text}</parameter></invoke></minimax:tool_call>`
    expectRead('minimax_m2', call, { calls: [['save', { text }]] })
  })

  test('that was cut behind such a one is none', () => {
    const text = '<tool_call>\n<function=save>\n<parameter=text>\n<parameter=x>\nin\n</parameter>'
    expectRead('qwen3_coder_xml', text, { isCut: true })
  })
})

describe('parameters as GLM writes them', () => {
  const call = '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>'

  test.each(['qwen3_coder_xml', 'nemotron3_xml', 'step3p5', 'kexaone2'])('are read in %s', (id) => {
    expectRead(id, `Now:\n${call}`, { calls: [PARIS], text: 'Now:' })
    expectRead(id, call.replaceAll('\n', ''), { calls: [PARIS] })
    for (const at of [23, 26, 40, 52, 60]) expectRead(id, call.slice(0, at), { isCut: true })
  })
})

describe('a text that ends in the end of a call', () => {
  const TOKENS =
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{"city": "Paris"}\n'
  const dsml =
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n'

  test.each([
    ['olmo3', '<function_calls>\nget_weather(city="Paris")\n', '</function_calls>'],
    ['lfm2', '<|tool_call_start|>[get_weather(city="Paris")]', '<|tool_call_end|>'],
    ['jamba', `<tool_calls>[${json('Paris')}]`, '</tool_calls>'],
    ['longcat', `<longcat_tool_call>${json('Paris')}\n`, '</longcat_tool_call>'],
    ['cogito', TOKENS, '```<｜tool▁call▁end｜>'],
    ['deepseek_v3', TOKENS, '```<｜tool▁call▁end｜>'],
    ['cogito', `${TOKENS}\`\`\`<｜tool▁call▁end｜>`, '<｜tool▁calls▁end｜>'],
    ['deepseek_dsml_v32', dsml, '</｜DSML｜invoke>'],
    ['deepseek_dsml_v32', `${dsml}</｜DSML｜invoke>\n`, '</｜DSML｜function_calls>'],
    ['minicpm5_xml', '<function name="get_weather"><param name="city">Paris</param>', '</function>'],
  ])('is read in %s', (id, begun, end) => {
    // The first two units may be another parameter's.
    const from = id.startsWith('deepseek_dsml') || id === 'minicpm5_xml' ? 2 : 1
    for (let at = from; at <= end.length; at += 1) expectRead(id, begun + end.slice(0, at), { calls: [PARIS] })
  })

  test('and may be another parameter is cut', () => {
    const text = '<function name="save"><param name="path">a</param><p'
    for (const cut of ['', 'ara', 'aram n']) expectRead('minicpm5_xml', text + cut, { isCut: true })
  })
})

test('DeepSeek V3.2 reads the block of V4', () => {
  const text =
    '<｜DSML｜tool_calls>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>'
  expectRead('deepseek_dsml_v32', text, { calls: [PARIS] })
})

describe('thinking in the common tags', () => {
  test.each(['seed_oss', 'minimax_m3', 'gemma4', 'command_r7b', 'mistral_v11', 'mistral_pre_v11', 'glm45'])(
    'is thinking in %s',
    (id) => {
      expectRead(id, '<think>So it is.</think>\nHello', { text: 'Hello', thought: 'So it is.' })
      expectRead(id, '<think>So it is. </seed:think> [/THINK]', { thought: 'So it is. </seed:think> [/THINK]' })
      expectRead(id, 'The tag `<think>` and `</think>`.', { text: 'The tag `<think>` and `</think>`.' })
    },
  )

  test("is thinking beside the dialect's own", () => {
    const text = '<seed:think>One.</seed:think>\n<think>Two.</think>\nHello'
    expectRead('seed_oss', text, { text: 'Hello', thought: 'One.Two.' })
    expectRead('seed_oss', '<seed:think>One <think> two</think></seed:think>Hi', {
      text: 'Hi',
      thought: 'One <think> two</think>',
    })
  })
})

describe('text between calls', () => {
  const deepseek = (city: string): string =>
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n\`\`\`json\n{"city": "${city}"}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`

  test.each([
    ['longcat', (city: string) => `<longcat_tool_call>${json(city)}</longcat_tool_call>`, ''],
    ['hunyuan_a13b', (city: string) => `<tool_calls>[${json(city)}]</tool_calls>`, ''],
    ['mistral', (city: string) => `[TOOL_CALLS][${json(city)}]`, ''],
    ['mistral_pre_v11', (city: string) => `[TOOL_CALLS][${json(city)}]`, '\n\nDone.'],
    ['deepseek_v3', deepseek, '\n\nDone.'],
    ['deepseek_v31', deepseek, ''],
    ['cogito', deepseek, '\n\nDone.'],
    [
      'kimi_k2',
      (city: string) =>
        `<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "${city}"}<|tool_call_end|><|tool_calls_section_end|>`,
      '',
    ],
  ])('is text in %s, and that behind them as its peers have it', (id, call, after) => {
    const text = `First.\n${call('Paris')}\nNow the second.\n${call('Rome')}\nDone.`
    expectRead(id, text, { calls: [PARIS, ROME], text: `First.\n\nNow the second.${after}` })
  })
})

test.each([
  ['glm45', '<tool_call>get_weather\n<arg_key>__proto__</arg_key><arg_value>{}</arg_value></tool_call>'],
  [
    'minimax_m2',
    '<minimax:tool_call><invoke name="get_weather"><parameter name="constructor">x</parameter></invoke></minimax:tool_call>',
  ],
  ['seed_oss', '<seed:tool_call><function=get_weather><parameter=prototype>x</parameter></function></seed:tool_call>'],
  [
    'minimax_m3',
    ']<]minimax[><tool_call>]<]minimax[><invoke name="get_weather">]<]minimax[><__proto__>x]<]minimax[></__proto__>]<]minimax[></invoke>]<]minimax[></tool_call>',
  ],
])('a call that reaches for prototypes is text in %s', (id, text) => {
  expectRead(id, `Now: ${text} Done.`, { text: `Now: ${text} Done.` })
})

describe('a call in a fenced block', () => {
  const call = `<tool_call>\n${json('Paris')}\n</tool_call>`
  const xml = '<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>'

  test.each([
    ['hermes', call],
    ['qwen3_coder_xml', xml],
  ])('of an explanation is text in %s, and one behind it is a call', (id, example) => {
    const text = `For example:\n\`\`\`xml\n${example}\n\`\`\`\nThat is the format.`
    expectRead(id, text, { text })
    expectRead(id, `${text}\n${example}`, { calls: [PARIS], text })
  })

  test('is a call where nothing was said before, or the block is one of calls', () => {
    expectRead('hermes', `\`\`\`xml\n${call}\n\`\`\``, { calls: [PARIS], text: '```xml\n\n```' })
    expectRead('hermes', `So:\n\`\`\`json\n${call}\n\`\`\``, { calls: [PARIS], text: 'So:\n```json\n\n```' })
    const code = 'Some code:\n```python\nprint(1)\n```'
    expectRead('hermes', `${code}\n${call}`, { calls: [PARIS], text: code })
  })
})
