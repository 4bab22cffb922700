import { expect, test } from 'vitest'
import { dialectOfModel, dialectOfTemplate } from './detect.ts'
import { DIALECTS } from './index.ts'
import { createTextReader } from './read-text.ts'
import { createSniffer } from './sniff.ts'
import { writeCalls } from './write/index.ts'

const tools = new Map([['get_weather', { type: 'object', properties: { city: { type: 'string' } } }]])
const call = { name: 'get_weather', argumentsText: '{"city": "Paris"}' }

function callsIn(text: string, guess?: string): unknown {
  const dialect = createSniffer(DIALECTS, guess === undefined ? undefined : DIALECTS.get(guess))
  const reader = createTextReader(dialect, { tools })
  const events = [...reader.push(text), ...reader.end()]
  return events.flatMap((event) =>
    event.type === 'call' ? [{ name: event.call.name, arguments: JSON.parse(event.call.argumentsText) }] : [],
  )
}

const CALLED = [{ name: 'get_weather', arguments: { city: 'Paris' } }]

/** Their calls begin as those of another do, or are told apart by nothing but the prompt that asked for them. */
const UNSNIFFED = new Set(['morph_xml', 'yaml_xml'])

test.each([...DIALECTS.keys()].filter((id) => !UNSNIFFED.has(id)))('a call in the dialect %s is found', (id) => {
  expect(callsIn(writeCalls(id, [call], { tools }))).toEqual(CALLED)
})

test.each([...DIALECTS.keys()])('a guess is right: %s', (id) => {
  expect(callsIn(writeCalls(id, [call], { tools }), id)).toEqual(CALLED)
})

test.each([...DIALECTS.keys()].filter((id) => !UNSNIFFED.has(id)))('a guess is wrong: %s', (id) => {
  const wrong = id === 'kimi_k2' ? 'deepseek_v3' : 'kimi_k2'
  expect(callsIn(writeCalls(id, [call], { tools }), wrong)).toEqual(CALLED)
})

test('channels of gpt-oss are found without a call', () => {
  const reader = createTextReader(createSniffer(DIALECTS), { tools })
  const text = '<|channel|>analysis<|message|>plan<|end|><|start|>assistant<|channel|>final<|message|>Hello<|return|>'
  expect([...reader.push(text), ...reader.end()]).toEqual([
    { type: 'reasoning', text: 'plan' },
    { type: 'text', text: 'Hello' },
  ])
})

test('a guess begins its answers with a name where its template wrote the mark', () => {
  expect(callsIn('get_weather\n{"city": "Paris"}', 'functionary_v32')).toEqual(CALLED)
  expect(callsIn('get_weather\n{"city": "Paris"}', 'kimi_k2')).toEqual([])
})

test.each([
  '<tool_call>{"name": "other", "arguments": {}}</tool_call>',
  '>>>other\n{"city": "Paris"}',
  'See >>>get_weather\n{"city": "Paris"}',
  'The mark <|channel|> names a channel.',
  'Say [get_weather(city="Paris")] or {"name": "get_weather", "parameters": {}} there.',
])('a call of no declared tool is text, and so is a mark in a line: %s', (text) => {
  const reader = createTextReader(createSniffer(DIALECTS), { tools })
  const events = [...reader.push(text), ...reader.end()]
  expect(events.map((event) => (event.type === 'text' ? event.text : event.type)).join('')).toBe(text)
})

test.each([
  ['qwen2.5:7b-instruct', 'hermes'],
  ['Qwen/Qwen3-Coder-480B-A35B-Instruct', 'qwen3_coder_xml'],
  ['Qwen/Qwen3.5-35B', 'qwen3_coder_xml'],
  ['Qwen/Qwen3-32B', 'hermes'],
  ['zai-org/GLM-4.6', 'glm45'],
  ['zai-org/GLM-4.7-Flash', 'glm47'],
  ['zai-org/GLM-5', 'glm47'],
  ['meta-llama/Llama-4-Scout', 'llama4_pythonic'],
  ['llama3.1:8b', 'llama3_json'],
  ['deepseek-ai/DeepSeek-R1-Distill-Qwen-7B', undefined],
  ['deepseek-ai/DeepSeek-V3.1', 'deepseek_v31'],
  ['deepseek-ai/DeepSeek-V3.2', 'deepseek_dsml_v32'],
  ['deepseek-ai/DeepSeek-V3-0324', 'deepseek_v3'],
  ['NousResearch/Hermes-4-14B', 'hermes'],
  ['moonshotai/Kimi-K2-Instruct', 'kimi_k2'],
  ['MiniMaxAI/MiniMax-M2', 'minimax_m2'],
  ['openai/gpt-oss-20b', 'harmony'],
  ['mistralai/Mistral-Small-3.2-24B', 'mistral'],
  ['google/gemma-3-27b-it', 'gemma3_tool_code'],
  ['ibm-granite/granite-4.0-h-small', 'granite4'],
  ['my-own-model', undefined],
])('the model %s writes %s', (model, dialect) => {
  expect(dialectOfModel(model)).toBe(dialect)
  if (dialect !== undefined) expect(DIALECTS.has(dialect)).toBe(true)
})

test.each([
  ['{{ "<tool_call>" }}\n<function=NAME>\n<parameter=P>', 'qwen3_coder_xml'],
  ['<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>', 'hermes'],
  ['[TOOL_CALLS]{{ name }}[ARGS]{{ arguments }}', 'mistral'],
  ['<|tool_calls_section_begin|>', 'kimi_k2'],
  ['<｜tool▁calls▁begin｜>function<｜tool▁sep｜>{{ name }}\n```json', 'deepseek_v3'],
  ['<｜tool▁calls▁begin｜>{{ name }}<｜tool▁sep｜>', 'deepseek_v31'],
  ['{% for message in messages %}{{ message.content }}{% endfor %}', undefined],
  [`{{ message['role'] }}<tool_calls>\n{"name": <tool-name>, "arguments": <args>}\n</tool_calls>`, 'minimax_m1'],
  [String.raw`{{ message['role'] + '<tool_calls>\n{"name": <tool-name>}' }}`, 'minimax_m1'],
  ['{{ "<tool_calls>[" }}{% for tool_call in tool_calls %}', 'jamba'],
])('the template %s asks for %s', (template, dialect) => {
  expect(dialectOfTemplate(template)).toBe(dialect)
})

test('the name tells templates apart that are alike', () => {
  expect(dialectOfTemplate('<tool_calls>', 'MiniMaxAI/MiniMax-M1-80k')).toBe('minimax_m1')
  expect(dialectOfTemplate('<tool_calls>', 'ai21labs/AI21-Jamba-1.5-Mini')).toBe('jamba')
  expect(dialectOfTemplate('<tool_calls>', 'Qwen/Qwen3-8B')).toBe('jamba')
})

test('the end of a call of no declared tool is text like the rest of it', () => {
  const other = '<tool_call>{"name": "other", "arguments": {}}</tool_call>'
  const reader = createTextReader(createSniffer(DIALECTS), { tools })
  const events = [...reader.push(`${other}${writeCalls('hermes', [call], { tools })}`), ...reader.end()]
  expect(events.map((event) => ('text' in event ? event.text : event.type))).toEqual([other, 'call'])
})
