import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { createTextReader } from '../../src/dialects/read-text.ts'
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
const BROKEN = ['{"city": "Paris",}', "{'city': 'Paris'}", '{city: "Paris"}']
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
  // Arguments beside the name.
  ['hermes', '<tool_call>{"name": "get_weather", "city": "Paris"}</tool_call>', [W]],
  ['hermes', '<tool_call>{"type": "function", "id": "1", "name": "ping"}</tool_call>', [P]],
  // Broken JSON of a declared tool that is followed by an end.
  ...BROKEN.flatMap((broken): Row[] => [
    ['mistral_v11', `[TOOL_CALLS]get_weather[ARGS]${broken}[TOOL_CALLS]ping[ARGS]{}`, [['get_weather', broken], P]],
    ['mistral_v11', `[TOOL_CALLS]get_weather[ARGS]${broken}`, [['get_weather', broken]]],
    ['mistral_v11_noargs', `[TOOL_CALLS]get_weather${broken}</s>`, [['get_weather', broken]]],
    ['mistral', `[TOOL_CALLS][{"name": "get_weather", "arguments": ${broken}}]`, [W]],
    [
      'deepseek_v3',
      `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n\`\`\`json\n${broken}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
      [['get_weather', broken]],
    ],
    [
      'deepseek_v31',
      `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>${broken}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
      [['get_weather', broken]],
    ],
    ['functionary_v31', `<function=get_weather>${broken}</function>`, [['get_weather', broken]]],
    ['llama3_json', `{"name": "get_weather", "parameters": ${broken}}`, [W]],
    ['phi4_mini', `functools[{"name": "get_weather", "arguments": ${broken}}]`, [W]],
  ]),
  ['mistral_v11', 'So: [TOOL_CALLS]Bob[ARGS]{age: 3}', [], 'So: [TOOL_CALLS]Bob[ARGS]{age: 3}'],
  // A list in prose is a call of declared tools only.
  ['pythonic', 'Ranges like [f(x=1)] are fine.', [], 'Ranges like [f(x=1)] are fine.'],
  ['pythonic', 'Ranges like [f(x=', [], 'Ranges like [f(x='],
  ['pythonic', 'I see. [get_weather(city="Paris"), ping()]', [W, P], 'I see.'],
  ['pythonic', '[f(x=1)]', [['f', '{"x": 1}']]],
  ['llama4_pythonic', 'So [f(x=1), ping()] it is.', [], 'So [f(x=1), ping()] it is.'],
  // No arguments.
  ['xlam', '[{"name":"ping"}]', [P]],
  ['xlam', '[{"name":"pong"}]', [], '[{"name":"pong"}]'],
  ['hermes', '<tool_call>\n{"name": "ping", "arguments": ""}\n</tool_call>', [P]],
  [
    'deepseek_v31',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>ping<｜tool▁sep｜><｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    [P],
  ],
  [
    'deepseek_v3',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>ping\n```json\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    [P],
  ],
  ['mistral_v11', '[TOOL_CALLS]ping[ARGS]', [P]],
  ['mistral_v11', `[TOOL_CALLS]ping[ARGS][TOOL_CALLS]get_weather[ARGS]${PARIS}`, [P, W]],
  ['mistral_v11_callid', '[TOOL_CALLS]ping[CALL_ID]abcDEF000[ARGS]</s>', [P]],
  ['functionary_v32', '>>>ping\n', [P]],
  ['functionary_v32', `>>>ping\n>>>get_weather\n${PARIS}`, [P, W]],
  ['functionary_v31', 'Hm. <function=ping></function>', [P], 'Hm.'],
  ['harmony', '<|channel|>commentary to=functions.ping <|constrain|>json<|message|><|call|>', [P]],
  ['harmony', '<|channel|>commentary to=functions.ping<|message|>', [P]],
  // Llama 4 has two ways.
  ['llama4_pythonic', LLAMA, [W]],
  ['llama4_pythonic', `Well. ${LLAMA}; {"name": "ping", "parameters": {}}<|python_end|>`, [W, P], 'Well.'],
  ['llama4_pythonic', BOB, [], BOB],
  // Python in fences.
  [
    'gemma3_tool_code',
    '```tool_code\n# Look it up.\nget_weather(city="Paris")  # now\n# And this:\nping()\n```',
    [W, P],
  ],
  ['gemma3_tool_code', '```tool_code\n# ping()\n```', [], '```tool_code\n# ping()\n```'],
  ['olmo3', '<function_calls># a\nping()</function_calls>', [P]],
  ['gemma3_tool_code', '```tool_code\nget_weather(city="Paris")\n```\n```tool_code\nping()\n```', [W, P]],
  ['gemma3_tool_code', '```tool_code\nping()\n```\n```python\nx = 1\n```', [P], '```python\nx = 1\n```'],
  ['gemma3_tool_code', '```tool_code\nping()\n```\n```\nx\n```', [P], '```\nx\n```'],
  ['gemma3_tool_code', '```tool_code\nprint(get_weather(city="Paris"))\n```', [W]],
  ['gemma3_tool_code', '```tool_code\nprint( ping() )\nprint(get_weather(city="Paris"))\n``` Well.', [P, W], 'Well.'],
  ['gemma3_tool_code', '```tool_code\nresult = get_weather(city="Paris")\nprint(result)\n```', [W]],
  ['gemma3_tool_code', '```tool_code\na= ping()\nb=get_weather(city="Paris")\n```', [P, W]],
  ['gemma3_tool_code', '```tool_code\nx = 1\n```', [], '```tool_code\nx = 1\n```'],
  // Frames of Cohere.
  ['command_r7b', '<|START_RESPONSE|>Hello<|END_RESPONSE|>', [], 'Hello'],
  ['command_r7b', '<|START_THINKING|>plan<|END_THINKING|><|START_TEXT|>Hello<|END_TEXT|>', [], 'Hello', 'plan'],
  ['command_r_plus', 'Action:\n```json\n[{"tool_name": "directly_answer", "parameters": {}}]\n```\nHello', [], 'Hello'],
  [
    'command_r_plus',
    'Action:\n```json\n[{"tool_name": "directly-answer", "parameters": {}}, {"tool_name": "ping"}]\n```',
    [P],
  ],
  // Functionary behind what its template wrote.
  ['functionary_v32', `all\nI check.\n>>>get_weather\n${PARIS}`, [W], 'I check.'],
  ['functionary_v32', `get_weather\n${PARIS}`, [W]],
  ['functionary_v32', `get_weather\n${PARIS}>>>ping\n{}`, [W, P]],
  ['functionary_v32', `We call\nget_weather\n${PARIS}`, [], `We call\nget_weather\n${PARIS}`],
  ['functionary_v32', 'That is\noverall\nall\nthere is', [], 'That is\noverall\nall\nthere is'],
  // The forms of each other.
  ['mistral_pre_v11', '[TOOL_CALLS]ping[ARGS]{}', [P]],
  ['mistral_pre_v11', `Hm.[TOOL_CALLS]get_weather${PARIS}`, [W], 'Hm.'],
  ['mistral_v11', `[TOOL_CALLS][${JSON_CALL}]`, [W]],
  // Thoughts in tags beside the family's own.
  ['mistral_v11', `<think>\nplan\n</think>\n\n[TOOL_CALLS]get_weather[ARGS]${PARIS}`, [W], '', 'plan'],
  ['mistral_pre_v11', `<think>plan</think>Hm. [TOOL_CALLS][${JSON_CALL}]`, [W], 'Hm.', 'plan'],
  ['mistral_v11', '[THINK]plan[/THINK]Hm.', [], 'Hm.', 'plan'],
  ['mistral', 'The tag <think> opens it', [], 'The tag <think> opens it'],
  ['gemma4', '<think>plan</think>\n<|tool_call>call:ping{}<tool_call|>', [P], '', 'plan'],
  ['gemma4', '<|channel>thought\nplan<channel|>Hm.', [], 'Hm.', 'plan'],
  ['command_r7b', '<think>plan</think>\n<|START_RESPONSE|>Hello<|END_RESPONSE|>', [], 'Hello', 'plan'],
  ['command_r7b', '<think>a <|START_THINKING|> b', [], '', 'a <|START_THINKING|> b'],
  ['mistral', '[THINK]plan[/THINK]Hm.', [], 'Hm.', 'plan'],
  // Headers that are cut.
  ['harmony', '<|channel|>final<|message|>Hi<|end|><|start|>assis', [], 'Hi'],
  ['harmony', 'Hi <|channel|>final<|messag', [], 'Hi'],
  ['harmony', 'Tokens:\n<|channel|> is one', [], 'Tokens:\n<|channel|> is one'],
  ['harmony', 'It is <|channel|>', [], 'It is <|channel|>'],
  ['harmony', 'With <|channel|>, to=x names whom', [], 'With <|channel|>, to=x names whom'],
]

test.each(ROWS.map((row) => [row[0], row[1], row] as const))('%s: %s', (_id, _text, row) => {
  const [id, text, calls, said = '', reasoning = ''] = row
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  const whole = readAll(dialect, TOOLS, [text])
  expect(comparable(whole.calls)).toEqual(comparable(calls.map(([name, argumentsText]) => ({ name, argumentsText }))))
  expect(whole.text.trim()).toBe(said)
  expect(whole.reasoning.trim()).toBe(reasoning)
  for (const chunks of cutsOf(text)) expect(readAll(dialect, TOOLS, chunks)).toEqual(whole)
})

test.each([
  ['harmony', '<|channel|>commentary to=functions.get_weather <|constrain|>json<|messag'],
  ['harmony', '<|channel|>commentary to=functions.get_weather json<|messag'],
  ['harmony', '<|start|>assistant to=functions.get_weather<|channel|>commentary json'],
  ['harmony', '<|channel|>commentary to=functions.get_weather<|message|>'],
  ['mistral_v11', '[TOOL_CALLS]get_weather[ARGS]'],
  ['functionary_v32', '>>>get_weather\n'],
])('%s: a call that is cut is none, and no text: %s', (id, text) => {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  for (const chunks of [[text], ...cutsOf(text)]) {
    expect(readAll(dialect, TOOLS, chunks)).toMatchObject({ text: '', calls: [], isCut: true })
  }
})

test.each([
  ['mistral_v11', '[TOOL_CALLS]get_weather[ARGS]{city: "a" b}'],
  ['phi4_mini', 'functools[{"name": "get_weather", "arguments": {city: "a" b}}]'],
])('%s: broken JSON that a limit cut is no call: %s', (id, text) => {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  const reader = createTextReader(dialect, { tools: TOOLS })
  const events = [...reader.push(text), ...reader.end(true)]
  expect(events.filter(({ type }) => type === 'call')).toEqual([])
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
