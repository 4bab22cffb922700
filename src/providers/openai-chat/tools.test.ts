import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { providers } from '../index.ts'
import { adjusted, HELLO, named, OTHER_TOOL, TOOL } from './test-adjusted.ts'

const PATCH = '*** Begin Patch\n"é"'
const CUSTOM = { type: 'custom', custom: { name: 'apply_patch', description: 'Patches.' } }
const PARAMETERS = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] }
const HISTORY = [
  HELLO,
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'gSIMJiOkT', type: 'custom', custom: { name: 'apply_patch', input: PATCH } }],
  },
  { role: 'tool', tool_call_id: 'gSIMJiOkT', content: 'done' },
]

/** Those that take functions only. */
const FUNCTIONS_ONLY = [...providers.values()].filter(
  ({ id, format, alsoSpeaks }) =>
    (format === 'openai-chat' || alsoSpeaks?.some((one) => one === 'openai-chat') === true) &&
    !['openai', 'azure-openai', 'perplexity'].includes(id),
)

test.each(FUNCTIONS_ONLY)('$id: a tool that takes free text is a function, in the history too', (provider) => {
  const { body, lost } = adjusted(provider, { messages: HISTORY, tools: [TOOL, CUSTOM] })
  expect(body['tools']).toEqual([
    TOOL,
    { type: 'function', function: { name: 'apply_patch', description: 'Patches.', parameters: PARAMETERS } },
  ])
  expect(lost).toEqual([])
  const [, said] = body['messages'] as JsonObject[]
  const [call] = (said?.['tool_calls'] ?? []) as JsonObject[]
  const called = call?.['function'] as JsonObject
  expect([call?.['type'], called['name'], JSON.parse(String(called['arguments']))]).toEqual([
    'function',
    'apply_patch',
    { input: PATCH },
  ])
  expect(call).not.toHaveProperty('custom')
})

test('a choice of such a tool is a choice of that function', () => {
  const vllm = providers.get('vllm')
  if (vllm === undefined) throw new Error('No vLLM.')
  const chosen = (choice: JsonObject): unknown =>
    adjusted(vllm, { messages: [HELLO], tools: [TOOL, CUSTOM], tool_choice: choice }).body['tool_choice']
  const custom = { type: 'custom', custom: { name: 'apply_patch' } }
  expect(chosen(custom)).toEqual(named('apply_patch'))
  const among = (tools: readonly JsonObject[]): JsonObject => ({
    type: 'allowed_tools',
    allowed_tools: { mode: 'required', tools },
  })
  expect(chosen(among([named('look'), custom]))).toBe('required')
})

test.each(FUNCTIONS_ONLY)('$id: functions of old are tools, in the history too', (provider) => {
  const { function: look } = TOOL
  const messages = [
    HELLO,
    { role: 'assistant', content: null, function_call: { name: 'look', arguments: '{"a":1}' } },
    { role: 'function', name: 'look', content: 'seen' },
  ]
  const asked = { messages, functions: [look], function_call: { name: 'look' } }
  const { body, lost } = adjusted(provider, asked)
  expect(body['tools']).toEqual([TOOL])
  for (const name of ['functions', 'function_call']) expect(body).not.toHaveProperty(name)
  const [, said, result] = body['messages'] as JsonObject[]
  const [call] = (said?.['tool_calls'] ?? []) as JsonObject[]
  expect([call?.['type'], call?.['function']]).toEqual(['function', { name: 'look', arguments: '{"a":1}' }])
  expect([result?.['role'], result?.['tool_call_id'], result?.['content']]).toEqual(['tool', call?.['id'], 'seen'])
  for (const message of [said, result]) {
    expect(message).not.toHaveProperty('function_call')
    expect(message).not.toHaveProperty('name')
  }
  // Some cannot be made to call one, or one at a time.
  expect(lost.filter((path) => !['tool_choice', 'parallel_tool_calls'].includes(path))).toEqual([])
})

test.each(FUNCTIONS_ONLY)('$id: functions of old beside tools are tools too', (provider) => {
  const { function: look } = TOOL
  const { function: find } = OTHER_TOOL
  const { body, lost } = adjusted(provider, { messages: [HELLO], tools: [TOOL], functions: [look, find] })
  expect(body['tools']).toEqual([TOOL, OTHER_TOOL])
  expect(body).not.toHaveProperty('functions')
  expect(body).not.toHaveProperty('parallel_tool_calls')
  expect(lost).toEqual([])
})

test('of several answers to functions of old, calls are those of tools, which is said', () => {
  const vllm = providers.get('vllm')
  if (vllm === undefined) throw new Error('No vLLM.')
  const asked = { messages: [HELLO], functions: [TOOL.function], n: 2 }
  expect(adjusted(vllm, asked).lost).toEqual(['functions'])
  expect(adjusted(vllm, { ...asked, n: 1 }).lost).toEqual([])
})

test.each(['openai', 'azure-openai', 'vllm'])('%s gets no empty list of tools or functions', (id) => {
  const provider = providers.get(id)
  if (provider === undefined) throw new Error(`No ${id}.`)
  const empty = { messages: [HELLO], functions: [], tools: [] }
  expect(adjusted(provider, { ...empty, function_call: 'auto' }, { model: 'gpt-5.4' })).toEqual({
    body: { messages: [HELLO] },
    lost: [],
  })
})

const AMONG = (mode: string): JsonObject => ({ type: 'allowed_tools', allowed_tools: { mode, tools: [named('look')] } })

test.each(FUNCTIONS_ONLY)('$id: of a choice among some tools those alone are sent', (provider) => {
  const asked = { messages: [HELLO], tools: [TOOL, OTHER_TOOL] }
  for (const mode of ['auto', 'required']) {
    const { body } = adjusted(provider, { ...asked, tool_choice: AMONG(mode) })
    expect(body['tools']).toEqual([TOOL])
    expect(JSON.stringify(body['tool_choice'])).not.toContain('allowed_tools')
  }
})

test.each(['openai', 'azure-openai'])('%s is told which tools may be called', (id) => {
  const provider = providers.get(id)
  if (provider === undefined) throw new Error(`No ${id}.`)
  const asked = { messages: [HELLO], tools: [TOOL, OTHER_TOOL], tool_choice: AMONG('required') }
  expect(adjusted(provider, asked).body).toBe(asked)
})

test.each(['groq', 'lm-studio', 'openrouter', 'vllm', 'xai', 'openai-compatible'])(
  '%s: the same in the Responses API',
  (id) => {
    const provider = providers.get(id)
    if (provider === undefined) throw new Error(`No ${id}.`)
    const [look, find] = ['look', 'find'].map((name) => ({ type: 'function', name, parameters: { type: 'object' } }))
    const choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'look' }] }
    const tools = [look, find, { type: 'web_search' }] as JsonObject[]
    const format = 'openai-responses'
    expect(adjusted(provider, { input: 'Hello', tools, tool_choice: choice }, { format })).toEqual({
      body: { input: 'Hello', tools: [look], tool_choice: 'required' },
      lost: [],
    })
    const unknown = { ...choice, tools: [{ type: 'function', name: 'other' }] }
    expect(adjusted(provider, { input: 'Hello', tools, tool_choice: unknown }, { format })).toEqual({
      body: { input: 'Hello', tools, tool_choice: 'none' },
      lost: ['tool_choice'],
    })
  },
)

test('a grammar is told, and said to be no more than that', () => {
  const mistral = providers.get('mistral')
  if (mistral === undefined) throw new Error('No Mistral.')
  const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } }
  const { body, lost } = adjusted(mistral, {
    messages: [HELLO],
    tools: [{ type: 'custom', custom: { name: 'apply_patch', description: 'Patches.', format } }],
  })
  expect(body['tools']).toEqual([
    {
      type: 'function',
      function: {
        name: 'apply_patch',
        description: `Patches.\n\nThe input must be of this format: ${JSON.stringify(format)}`,
        parameters: PARAMETERS,
      },
    },
  ])
  expect(lost).toEqual(['tools[0].custom.format'])
})
