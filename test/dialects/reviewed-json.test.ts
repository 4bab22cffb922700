import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { comparable, cutsOf, readAll } from './read.ts'

// Texts that a review of the JSON, Python and named families found misread.

const TOOLS = new Map<string, JsonObject>([
  ['get_weather', { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }],
  ['ping', { type: 'object', properties: {} }],
])

type Row = readonly [
  dialect: string,
  text: string,
  calls: readonly (readonly [name: string, argumentsText: string])[],
  said?: string,
  reasoning?: string,
]

const PARIS = '{"city": "Paris"}'
const W: readonly [string, string] = ['get_weather', PARIS]
const P: readonly [string, string] = ['ping', '{}']
const JSON_CALL = `{"name": "get_weather", "arguments": ${PARIS}}`
const LLAMA = `{"name": "get_weather", "parameters": ${PARIS}}`
const BOB = '{"name": "Bob", "parameters": {"age": 3}}'

const ROWS: readonly Row[] = [
  // Thoughts are no text before calls at the answer's beginning.
  ['json', `<think>\nplan\n</think>\n\n${JSON_CALL}`, [W], '', 'plan'],
  ['json_list', `<think>\nplan\n</think>\n\n[${JSON_CALL}]`, [W], '', 'plan'],
  // Names in the spellings that are mended later.
  ['json', `{"name": "GET_WEATHER", "arguments": ${PARIS}}`, [['GET_WEATHER', PARIS]]],
  ['json', `{"name": "get-weather", "arguments": ${PARIS}}`, [['get-weather', PARIS]]],
  ['json_list', `[{"name": "functions.get_weather", "arguments": ${PARIS}}]`, [['functions.get_weather', PARIS]]],
  ['lfm2', '[get.weather(city="Paris")]', [['get.weather', PARIS]]],
  ['xlam', `So: [{"name": "Get_Weather", "arguments": ${PARIS}}]`, [['Get_Weather', PARIS]], 'So:'],
  ['json', '{"name": "weather", "arguments": {}}', [], '{"name": "weather", "arguments": {}}'],
  // JSON in prose is a call of a declared tool only.
  ['llama3_json', `Here is JSON:\n${BOB}\nbye`, [], `Here is JSON:\n${BOB}\nbye`],
  ['llama3_json', `Here is JSON:\n${LLAMA}\nbye`, [W], 'Here is JSON:\n\nbye'],
  ['llama3_json', ` \n${BOB}`, [['Bob', '{"age": 3}']]],
  ['llama3_json', `<think>a</think>\n${BOB}`, [['Bob', '{"age": 3}']], '', 'a'],
  ['llama3_json', `Well. <|python_tag|>${BOB}`, [['Bob', '{"age": 3}']], 'Well.'],
  ['llama3_json', `${LLAMA}\n${BOB}`, [W, ['Bob', '{"age": 3}']]],
  // No arguments.
  ['xlam', '[{"name":"ping"}]', [P]],
  ['xlam', '[{"name":"pong"}]', [], '[{"name":"pong"}]'],
  ['hermes', '<tool_call>\n{"name": "ping", "arguments": ""}\n</tool_call>', [P]],
]

test.each(ROWS)('%s: %s', (id, text, calls, said = '', reasoning = '') => {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  const whole = readAll(dialect, TOOLS, [text])
  expect(comparable(whole.calls)).toEqual(comparable(calls.map(([name, argumentsText]) => ({ name, argumentsText }))))
  expect(whole.text.trim()).toBe(said)
  expect(whole.reasoning.trim()).toBe(reasoning)
  for (const chunks of cutsOf(text)) expect(readAll(dialect, TOOLS, chunks)).toEqual(whole)
})

const LONG = 'x'.repeat(1_048_576)

test.each([
  ['llama3_json', `{"name": "get_weather", "parameters": {"city": "${LONG}"}}`],
  ['pythonic', `[get_weather(city="${LONG}")]`],
])('%s: what is too long for a call is text, whole and in a stream', (id, text) => {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  const pieces = text.match(/.{1,65536}/g) ?? []
  for (const chunks of [[text], pieces]) {
    const read = readAll(dialect, TOOLS, chunks)
    expect(read.calls).toEqual([])
    expect(read.text === text).toBe(true)
  }
})
