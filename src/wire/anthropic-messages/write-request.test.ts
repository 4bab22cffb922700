import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { readRequest as readChat } from '../openai-chat/read-request.ts'
import { writeRequest } from './write-request.ts'

const USER = { role: 'user', content: 'Hi' }
const WEATHER = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }

/** What a client of Chat Completions sends, as this model gets it. */
function written(body: JsonObject, model = 'claude-haiku-4-5') {
  const { body: sent, losses } = writeRequest(readChat({ model: 'auto', messages: [USER], ...body }), model)
  return { sent, lost: losses.map((loss) => loss.path) }
}

test('a limit of the answer is always sent, as the API asks for one', () => {
  expect(written({}).sent).toEqual({
    model: 'claude-haiku-4-5',
    max_tokens: 32_000,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  })
  expect(written({ max_completion_tokens: 5 }).sent['max_tokens']).toBe(5)
})

test('an effort becomes a budget below the limit, or the model’s own word', () => {
  expect(written({ reasoning_effort: 'medium' }).sent['thinking']).toEqual({ type: 'enabled', budget_tokens: 12_288 })
  const tight = written({ reasoning_effort: 'high', max_completion_tokens: 2_000 }).sent
  expect(tight['thinking']).toEqual({ type: 'enabled', budget_tokens: 1_600 })
  const own = written({ reasoning_effort: 'high' }, 'claude-opus-5')
  expect(own.sent).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } })
  expect(own.lost).toEqual([])
  expect(written({ reasoning_effort: 'none' }).sent['thinking']).toEqual({ type: 'disabled' })
})

test('what a model cannot do of an effort is said', () => {
  const cramped = written({ reasoning_effort: 'low', max_tokens: 1_000 })
  expect(cramped.sent['thinking']).toBeUndefined()
  expect(cramped.lost).toEqual(['reasoning'])
  const minimal = written({ reasoning_effort: 'minimal' }, 'claude-opus-5')
  expect(minimal.sent['output_config']).toEqual({ effort: 'low' })
  expect(minimal.lost).toEqual(['reasoning.effort'])
  const restless = written({ reasoning_effort: 'none' }, 'claude-fable-5')
  expect(restless.sent).toMatchObject({ output_config: { effort: 'low' } })
  expect(restless.sent['thinking']).toBeUndefined()
  expect(restless.lost).toEqual(['reasoning.effort'])
  expect(written({ reasoning: { max_tokens: 9_000 } }, 'claude-opus-5')).toMatchObject({
    sent: { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } },
    lost: ['reasoning.budget_tokens'],
  })
  expect(written({ reasoning: { max_tokens: 100 } }).sent['thinking']).toEqual({
    type: 'enabled',
    budget_tokens: 1_024,
  })
})

test('a model that thinks samples at its own temperature and is left to decide about tools', () => {
  const { sent, lost } = written({
    reasoning_effort: 'low',
    temperature: 0.2,
    tools: [WEATHER],
    tool_choice: 'required',
  })
  expect(sent['temperature']).toBeUndefined()
  expect(sent['tool_choice']).toEqual({ type: 'auto' })
  expect(lost.sort()).toEqual(['temperature', 'tool_choice'])
  expect(written({ reasoning_effort: 'low', temperature: 1 }).lost).toEqual([])
  const named = written({ tools: [WEATHER], tool_choice: { type: 'function', function: { name: 'weather' } } })
  expect(named).toMatchObject({ sent: { tool_choice: { type: 'tool', name: 'weather' } }, lost: [] })
})

test('sampling stays on the scale that the model knows', () => {
  expect(written({ temperature: 1.7 })).toMatchObject({ sent: { temperature: 1 }, lost: ['temperature'] })
  expect(written({ temperature: 0.5, top_p: 0.9 })).toMatchObject({ sent: { temperature: 0.5 }, lost: ['top_p'] })
  expect(written({ temperature: 1, top_p: 1 }).lost).toEqual([])
  expect(written({ top_p: 0.9 })).toMatchObject({ sent: { top_p: 0.9 }, lost: [] })
  const newer = written({ temperature: 0.5 }, 'claude-opus-5')
  expect(newer.sent).not.toHaveProperty('temperature')
  expect(newer.lost).toEqual(['temperature'])
})

test('a turn is not gone on with beside a schema: the API refuses both together', () => {
  const schema = { type: 'object', properties: {}, additionalProperties: false }
  const body = { response_format: { type: 'json_schema', json_schema: { schema } } }
  const { sent, lost } = written({ ...body, messages: [USER, { role: 'assistant', content: '{"a":' }] })
  expect(sent['messages']).toMatchObject([{ role: 'user' }, { role: 'assistant' }, { role: 'user' }])
  expect(lost).toEqual(['messages'])
})

test('an end user’s id that is too long is left out', () => {
  const long = written({ user: 'u'.repeat(257) })
  expect(long.sent).not.toHaveProperty('metadata')
  expect(long.lost).toEqual(['user'])
  expect(written({ user: 'u'.repeat(256) }).lost).toEqual([])
})

test('while a model thinks, a top_p near 1 is taken', () => {
  expect(written({ reasoning_effort: 'low', top_p: 0.97 })).toMatchObject({ sent: { top_p: 0.97 }, lost: [] })
  expect(written({ reasoning_effort: 'low', top_p: 0.9 }).lost).toEqual(['top_p'])
})

test('signatures of words and calls, and names of instructions, are said to be lost', () => {
  const signature = { by: 'gemini-generate' as const, value: 'x' }
  const asked = readChat({ model: 'auto', messages: [{ role: 'system', content: 'Be brief.', name: 'boss' }, USER] })
  const said = [
    { type: 'text' as const, text: 'Well', signature },
    { type: 'tool-call' as const, id: 'a', name: 'get', argumentsText: '{}', signature },
  ]
  const messages = [...asked.messages, { role: 'assistant' as const, content: said, name: undefined }]
  const { losses } = writeRequest({ ...asked, messages }, 'claude-haiku-4-5')
  expect(losses.map(({ path }) => path).filter((path) => path !== 'messages')).toEqual([
    'messages[0].name',
    'messages[2].content[0].signature',
    'messages[2].content[1].signature',
  ])
})

test('what has no counterpart is said, and nothing else', () => {
  const said = {
    n: 2,
    seed: 1,
    logprobs: true,
    top_logprobs: 3,
    presence_penalty: 1,
    frequency_penalty: 1,
    metadata: { a: 'b' },
  }
  expect(written({ ...said, stop: ['END', ' '] }).lost.sort()).toEqual([...Object.keys(said), 'stop'].sort())
  const nothing = {
    n: 1,
    logprobs: false,
    presence_penalty: 0,
    frequency_penalty: 0,
    stop: ['END'],
    user: 'u',
    metadata: {},
    stream: true,
  }
  const { sent, lost } = written(nothing)
  expect(lost).toEqual([])
  expect(sent).toMatchObject({ stop_sequences: ['END'], metadata: { user_id: 'u' }, stream: true })
})

const SCHEMA = {
  type: 'object',
  properties: { age: { type: 'integer', minimum: 0, description: 'Years' }, mail: { oneOf: [{ type: 'string' }] } },
  required: ['age'],
  additionalProperties: false,
}

test('a schema is enforced where the model can be held to it, and asked for where not', () => {
  const body = {
    response_format: { type: 'json_schema', json_schema: { name: 'person', schema: SCHEMA, strict: true } },
  }
  const held = written(body)
  expect(held.sent['output_config']).toEqual({
    format: {
      type: 'json_schema',
      schema: {
        ...SCHEMA,
        properties: {
          age: { type: 'integer', description: 'Years\n\n{minimum: 0}' },
          mail: { anyOf: [{ type: 'string' }] },
        },
      },
    },
  })
  expect(held.lost).toEqual(['response_format.json_schema.schema'])
  const asked = written({ ...body, messages: [{ role: 'system', content: 'Be brief.' }, USER] }, 'claude-sonnet-4-0')
  expect(asked.sent).not.toHaveProperty('output_config')
  expect(asked.sent['system']).toEqual([
    { type: 'text', text: 'Be brief.' },
    { type: 'text', text: expect.stringContaining(JSON.stringify(SCHEMA)) },
  ])
  expect(asked.lost).toEqual(['response_format'])
  const open = { type: 'object', additionalProperties: { type: 'string' } }
  expect(written({ response_format: { type: 'json_schema', json_schema: { schema: open } } }).lost).toEqual([
    'response_format',
  ])
  expect(written({ response_format: { type: 'json_object' } }).lost).toEqual(['response_format'])
})

test('T-21 tools: one call at a time, only those allowed, free text as one member, names the API takes', () => {
  const single = written({ tools: [WEATHER], parallel_tool_calls: false })
  expect(single.sent['tool_choice']).toEqual({ type: 'auto', disable_parallel_tool_use: true })
  const other = { type: 'function', function: { name: 'other' } }
  const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'other' } }] }
  const filtered = written({ tools: [WEATHER, other], tool_choice: { type: 'allowed_tools', allowed_tools: allowed } })
  expect(filtered.sent).toMatchObject({ tools: [{ name: 'other' }], tool_choice: { type: 'any' } })
  const custom = written({ tools: [{ type: 'custom', custom: { name: 'shell', description: 'Runs' } }] })
  expect(custom.sent['tools']).toEqual([
    { name: 'shell', description: 'Runs', input_schema: expect.objectContaining({ required: ['input'] }) },
  ])
  expect(custom.lost).toEqual([])
  const long = (last: string) => ({ type: 'function', function: { name: `${'a.'.repeat(60)}${last}` } })
  const { tools } = written({ tools: [long('x'), long('y')] }).sent as { tools: { name: string }[] }
  const names = tools.map((tool) => tool.name)
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  expect(new Set(names).size).toBe(2)
})

test('at most four cache marks are sent, the last ones', () => {
  const marked = (text: string) => ({ type: 'text', text, cache_control: { type: 'ephemeral', ttl: '1h' } })
  const { sent, lost } = written({
    messages: [
      { role: 'system', content: [marked('a'), marked('b')] },
      { role: 'user', content: [marked('c'), marked('d'), marked('e')] },
    ],
  })
  expect(sent['system']).toEqual([
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } },
  ])
  expect(JSON.stringify(sent).match(/cache_control/g)).toHaveLength(4)
  expect(lost).toEqual(['messages[0].content[0].cache_control'])
})
