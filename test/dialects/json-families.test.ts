import { expect, test } from 'vitest'
import { DIALECTS } from '../../src/dialects/index.ts'
import { comparable, cutsOf, readAll } from './read.ts'

// What models and servers make of the JSON and Python families, beside what the shared cases have.

const TOOLS = new Map(['f', 'g', 'get_weather', 'exec'].map((name) => [name, {}]))

type Row = readonly [
  behaviour: string,
  dialect: string,
  text: string,
  calls: readonly (readonly [name: string, argumentsText: string])[],
  said?: string,
]

const F: readonly [string, string] = ['f', '{"a": 1}']
const G: readonly [string, string] = ['g', '{}']
const KIMI = '<|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{"a": 1}<|tool_call_end|>'
const V31 = '<｜tool▁call▁begin｜>f<｜tool▁sep｜>{"a": 1}<｜tool▁call▁end｜>'

const ROWS: readonly Row[] = [
  // JSON behind a marker
  [
    'a call in OpenAI’s wrapper',
    'granite4',
    '<tool_call>{"type": "function", "function": {"name": "f", "arguments": {"a": 1}}}</tool_call>',
    [F],
  ],
  [
    'a list of wrapped calls',
    'jamba',
    '<tool_calls>{"tool_calls": [{"name": "f", "arguments": {"a": 1}}, {"name": "g"}]}</tool_calls>',
    [F, G],
  ],
  [
    'Python’s literals for JSON',
    'granite4',
    "<tool_call>{'name': 'f', 'arguments': {'a': 1, 'b': None, 'c': 'it]s'}}</tool_call>",
    [['f', '{"a": 1, "b": null, "c": "it]s"}']],
  ],
  [
    'broken JSON in a closed block',
    'granite4',
    '<tool_call>{"name": "f", "arguments": {"a": 1,}}</tool_call> done',
    [F],
    'done',
  ],
  [
    'a bracket missing in a closed block',
    'granite4',
    '<tool_call>{"name": "f", "arguments": {"a": 1}</tool_call>',
    [F],
  ],
  ['a list that lacks its own bracket alone', 'jamba', '<tool_calls>[{"name": "f", "arguments": {"a": 1}}', [F]],
  [
    'arguments as a string of JSON',
    'longcat',
    '<longcat_tool_call>{"name": "f", "arguments": "{\\"a\\": 1}"}</longcat_tool_call>',
    [F],
  ],
  [
    'digits and escapes as written',
    'gigachat3',
    '<|function_call|>{"name": "f", "arguments": {"a": 12345678901234567890, "b": 1.0, "c": "\\u00e9"}}',
    [['f', '{"a": 12345678901234567890, "b": 1.0, "c": "\\u00e9"}']],
  ],
  [
    'GigaChat’s role without its separator',
    'gigachat3',
    'Well.\nfunction call<|role_sep|>\n{"name": "f", "arguments": {"a": 1}}',
    [F],
    'Well.',
  ],
  [
    'two objects with nothing between',
    'llama3_json',
    '{"name": "f", "parameters": {"a": 1}} {"name": "g", "parameters": {}}',
    [F, G],
  ],
  [
    'a call and an object that is none',
    'llama3_json',
    '{"name": "f", "parameters": {"a": 1}}; {"x": 1}',
    [F],
    '; {"x": 1}',
  ],
  ['the tag of Llama before JSON', 'llama3_json', '<|python_tag|>{"name": "f", "parameters": {"a": 1}}<|eom_id|>', [F]],
  ['a built-in tool of Llama', 'llama3_json', '<|python_tag|>f.call(a=1)', [F]],
  ['an answer in JSON', 'llama3_json', '{"name": "Ada", "age": 36}', [], '{"name": "Ada", "age": 36}'],
  [
    'a fence of JSON that is no call',
    'xlam',
    'So:\n```json\n[{"name": "Ada"}]\n```',
    [],
    'So:\n```json\n[{"name": "Ada"}]\n```',
  ],
  ['Sarashina’s dictionaries', 'xlam', "[{'name': 'f', 'arguments': {'a': 1}}]", [F]],
  [
    'JSON after text',
    'json',
    'So: {"name": "f", "arguments": {"a": 1}}',
    [],
    'So: {"name": "f", "arguments": {"a": 1}}',
  ],
  ['JSON of an unknown tool', 'json', '{"name": "h", "arguments": {}}', [], '{"name": "h", "arguments": {}}'],
  ['an empty list of Apertus', 'apertus', '<|tools_prefix|>[{"f": {"a": 1}}, {"g": {}}]<|tools_suffix|>', [F, G]],
  // Mistral
  [
    'a list and its end',
    'mistral',
    'Hm. [TOOL_CALLS][{"name": "f", "arguments": {"a": 1}, "id": "123456789"}][/TOOL_CALLS]</s>',
    [F],
    'Hm.',
  ],
  ['spaces that decoding put in', 'mistral_v11', '[TOOL_CALLS] f [ARGS] {"a": 1}</s>', [F]],
  ['text after a call', 'mistral_v11', '[TOOL_CALLS]f{"a": 1} done', [F], 'done'],
  // DeepSeek
  [
    'tokens in other spellings',
    'deepseek_v3',
    '<｜tool_calls_begin｜><｜tool_call_begin｜>function<｜tool_sep｜>f\n```json\n{"a": 1}\n```<｜tool_call_end｜><｜tool_calls_end｜>',
    [F],
  ],
  [
    'tokens with spaces',
    'deepseek_v3',
    '<｜tool calls begin｜><｜tool call begin｜>function<｜tool sep｜>f\n```json\n{"a": 1}\n```<｜tool call end｜><｜tool calls end｜>',
    [F],
  ],
  ['a group without its end', 'deepseek_v31', `Hm.<｜tool▁calls▁begin｜>${V31}\n${V31}`, [F, F], 'Hm.'],
  ['a call without a group', 'deepseek_v31', V31, [F]],
  [
    'a broken call beside a good one',
    'deepseek_v31',
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{no}<｜tool▁call▁end｜>${V31}<｜tool▁calls▁end｜>`,
    [F],
  ],
  ['a name in another writing', 'deepseek_v31', V31.replace('f<', '获取天气<'), [['获取天气', '{"a": 1}']]],
  // Kimi
  ['a name with a dash and dots', 'kimi_k2', KIMI.replace('functions.f', 'functions.a.b-c'), [['a.b-c', '{"a": 1}']]],
  ['an id without a point', 'kimi_k2', KIMI.replace('functions.f:0', 'functionsexec5'), [['exec', '{"a": 1}']]],
  [
    'an id of another kind with the name within',
    'kimi_k2',
    KIMI.replace('functions.f:0', 'call_8f3a').replace('{"a": 1}', '{"name": "f", "arguments": {"a": 1}}'),
    [F],
  ],
  ['no arguments', 'kimi_k2', KIMI.replace('functions.f', 'functions.g').replace('{"a": 1}', ''), [G]],
  [
    'noise in the section',
    'kimi_k2',
    `Hm. <|tool_calls_section_begin|> let me see ${KIMI}<|tool_calls_section_end|> bye`,
    [F],
    'Hm.',
  ],
  [
    'one call cut after a whole one',
    'kimi_k2',
    `<|tool_calls_section_begin|>${KIMI}<|tool_call_begin|>functions.g:1<|tool_call_argument_begin|>{"b": `,
    [F],
  ],
  // Python
  [
    'JSON between Python’s markers',
    'lfm2',
    '<|tool_call_start|>[{"name": "f", "arguments": {"a": 1}}]<|tool_call_end|>',
    [F],
  ],
  ['a call without brackets', 'lfm2', 'Hm. <|tool_call_start|>f(a=1)<|tool_call_end|>', [F], 'Hm.'],
  ['a list without markers', 'lfm2', '[f(a=1), g()]', [F, G]],
  ['a list of what is no tool', 'lfm2', 'See [range(1), len(x=2)].', [], 'See [range(1), len(x=2)].'],
  ['an end without a beginning', 'lfm2', '[f(a=1)]<|tool_call_end|>', [F]],
  ['a list of calls where lines are usual', 'olmo3', '<function_calls>[f(a=1), g()]</function_calls>', [F, G]],
  ['text around a list', 'pythonic', 'One [f(a=1)] two', [F], 'One  two'],
  [
    'brackets before calls',
    'pythonic',
    'See [1] and [f(a={"b": [1, (2, 3)]}, c="]")]',
    [['f', '{"a": {"b": [1, [2, 3]]}, "c": "]"}']],
    'See [1] and',
  ],
  ['Llama 4’s marks in a bare list', 'pythonic', '<|python_start|>[f(a=1)]<|python_end|>', [F]],
  // Gemma
  [
    'a close marker in a string',
    'gemma4',
    '<|tool_call>call:f{a:<|"|>x<tool_call|>y<|"|>}<tool_call|>',
    [['f', '{"a": "x<tool_call|>y"}']],
  ],
  [
    'strings without marks',
    'gemma4',
    '<|tool_call>call:f{a:\'x, y\',b:"p \\"q\\"",c:plain}<tool_call|>',
    [['f', '{"a": "x, y", "b": "p \\"q\\"", "c": "plain"}']],
  ],
  ['a bracket that is missing', 'gemma4', '<|tool_call>call:f{a:<|"|>x<|"|><tool_call|>', [['f', '{"a": "x"}']]],
  ['ends said twice', 'gemma4', '<|tool_call>call:f{a:1}<tool_call|><tool_call|><|tool_response>', [F]],
  ['a call with no braces', 'functiongemma', '<start_function_call>call:g<end_function_call>', [G]],
]

test.each(ROWS.map((row) => [`${row[1]}: ${row[0]}`, row] as const))('%s', (_name, [, id, text, calls, said = '']) => {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  const whole = readAll(dialect, TOOLS, [text])
  expect(comparable(whole.calls)).toEqual(comparable(calls.map(([name, argumentsText]) => ({ name, argumentsText }))))
  expect(whole.text.trim()).toBe(said)
  for (const chunks of cutsOf(text)) expect(readAll(dialect, TOOLS, chunks)).toEqual(whole)
})

test.each([
  ['granite4', '<tool_call>{"name": "f", "arguments": {"a": "x'],
  ['granite4', '<tool_call>{"name": "f", "arguments": {"a": 1}'],
  ['jamba', '<tool_calls>[{"name": "f", "arguments": {"a": [{"b": 1}'],
  ['apertus', '<|tools_prefix|>[{"f": {"a": {"b": 1}'],
  ['deepseek_v3', '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{"a": 1'],
  ['kimi_k2', '<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{"a": 1'],
  ['mistral_v11', '[TOOL_CALLS]f[ARGS]{"a": 1'],
  ['llama3_json', '<|python_tag|>{"name": "f", "parameters": {"a": 1'],
  ['lfm2', '<|tool_call_start|>[f(a=1), g(b='],
  ['gemma4', '<|tool_call>call:f{a:<|"|>x'],
  ['gemma4', '<|tool_call>call:f{a:1'],
] as const)('%s: a call that is cut is none, and no text where tools were offered: %s', (id, text) => {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  for (const chunks of [[text], ...cutsOf(text)]) {
    expect(readAll(dialect, TOOLS, chunks)).toMatchObject({ text: '', reasoning: '', calls: [], isCut: true })
    const without = readAll(dialect, new Map(), chunks)
    expect(without.text).toBe(text.replace('<|python_tag|>', ''))
    expect(without.calls).toEqual([])
  }
})
