import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import mistral from './mistral.ts'
import { adjusted, callAndResult, HELLO, named, OTHER_TOOL, TOOL } from './openai-chat/test-adjusted.ts'

const messagesOf = (body: JsonObject): JsonObject[] => body['messages'] as JsonObject[]
const idsOf = (body: JsonObject): unknown[] =>
  messagesOf(body).flatMap((message) => {
    const calls = message['tool_calls']
    return Array.isArray(calls)
      ? calls.map((call) => call.id)
      : message['role'] === 'tool'
        ? [message['tool_call_id']]
        : []
  })

test('ids are nine letters, the same for call and result and in every later turn', () => {
  const turn = [HELLO, ...callAndResult('tooluse_9f8e7d6c5b4a')]
  const { body } = adjusted(mistral, { messages: turn, tools: [TOOL] })
  const [call, result] = idsOf(body)
  expect(call).toMatch(/^[a-zA-Z0-9]{9}$/)
  expect(result).toBe(call)
  const longer = adjusted(mistral, { messages: [...turn, ...callAndResult('toolu_2')], tools: [TOOL] }).body
  expect(idsOf(longer).slice(0, 2)).toEqual([call, result])
})

test('ids that begin alike, or are used again in a later turn, stay apart', () => {
  const messages = [
    HELLO,
    ...callAndResult('call_function_a'),
    ...callAndResult('call_function_b'),
    ...callAndResult('call_function_a'),
  ]
  const ids = idsOf(adjusted(mistral, { messages, tools: [TOOL] }).body)
  expect(new Set(ids).size).toBe(3)
  expect([ids[0], ids[2], ids[4]]).toEqual([ids[1], ids[3], ids[5]])
})

test('its own ids stay', () => {
  const body = {
    messages: [HELLO, ...callAndResult('gSIMJiOkT')].map(({ content, ...rest }) => ({ ...rest, content })),
    tools: [TOOL],
  }
  expect(idsOf(adjusted(mistral, body).body)).toEqual(['gSIMJiOkT', 'gSIMJiOkT'])
})

test('"required" is "any", and a named tool is sent alone', () => {
  const tools = [TOOL, OTHER_TOOL]
  expect(adjusted(mistral, { messages: [HELLO], tools, tool_choice: 'required' }).body).toMatchObject({
    tools,
    tool_choice: 'any',
  })
  expect(adjusted(mistral, { messages: [HELLO], tools, tool_choice: named('find') })).toEqual({
    body: { messages: [HELLO], tools: [OTHER_TOOL], tool_choice: 'any' },
    lost: [],
  })
})

test('a tool that takes nothing says so', () => {
  const tools = [TOOL, { type: 'function', function: { name: 'now', description: 'The time', parameters: null } }]
  const parameters = { type: 'object', properties: {} }
  expect(
    adjusted(mistral, { messages: [HELLO], tools: [...tools, { type: 'function', function: { name: 'go' } }] }),
  ).toEqual({
    body: {
      messages: [HELLO],
      tools: [
        TOOL,
        { type: 'function', function: { name: 'now', description: 'The time', parameters } },
        { type: 'function', function: { name: 'go', parameters } },
      ],
    },
    lost: [],
  })
})

test('no turn of the user stands right after a tool', () => {
  const { body, lost } = adjusted(mistral, { messages: [HELLO, ...callAndResult('gSIMJiOkT'), HELLO], tools: [TOOL] })
  expect(messagesOf(body).map((message) => message['role'])).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
  expect(lost).toEqual(['messages[3]'])
})

test('an answer begun by the client is a prefix', () => {
  const messages = [HELLO, { role: 'assistant', content: '{' }]
  expect(messagesOf(adjusted(mistral, { messages }).body)[1]).toEqual({ role: 'assistant', content: '{', prefix: true })
})

test('members that it does not know go, and are said; its own names stand', () => {
  const body = {
    messages: [
      { role: 'developer', content: 'x' },
      { role: 'user', content: 'a', name: 'bob' },
      { role: 'assistant', content: null, refusal: 'no' },
      HELLO,
    ],
    max_completion_tokens: 3,
    seed: 4,
    stream: true,
    stream_options: { include_usage: true },
    logit_bias: { 5: 1 },
    modalities: ['text'],
    service_tier: 'auto',
    user: 'u',
  }
  expect(adjusted(mistral, body)).toEqual({
    body: {
      messages: [
        { role: 'system', content: 'x' },
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'no' },
        HELLO,
      ],
      max_tokens: 3,
      random_seed: 4,
      stream: true,
    },
    lost: ['messages[1].name', 'logit_bias', 'user'],
  })
})

test('earlier thoughts are chunks where the model thinks, and are left out where it does not', () => {
  const messages = [HELLO, { role: 'assistant', content: 'b', reasoning_content: 'hm' }, HELLO]
  expect(messagesOf(adjusted(mistral, { messages }, { model: 'magistral-medium-2509' }).body)[1]).toEqual({
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }], closed: true },
      { type: 'text', text: 'b' },
    ],
  })
  expect(adjusted(mistral, { messages }, { model: 'mistral-large-latest' })).toEqual({
    body: { messages: [HELLO, { role: 'assistant', content: 'b' }, HELLO] },
    lost: ['messages[1].reasoning_content'],
  })
})

test('effort goes to models that take one', () => {
  const body = { messages: [HELLO], reasoning_effort: 'high' }
  expect(adjusted(mistral, body, { facts: { reasoning: true } }).body).toBe(body)
  expect(adjusted(mistral, body, { model: 'magistral-small', facts: { reasoning: true } }).lost).toEqual([
    'reasoning_effort',
  ])
})

test('what is out of Mistral’s bounds is brought into them, which is said', () => {
  expect(adjusted(mistral, { messages: [HELLO], temperature: 1.7, seed: -1 })).toEqual({
    body: { messages: [HELLO], temperature: 1.5 },
    lost: ['random_seed', 'temperature'],
  })
  expect(adjusted(mistral, { messages: [HELLO], temperature: 1.5, seed: 0 })).toEqual({
    body: { messages: [HELLO], temperature: 1.5, random_seed: 0 },
    lost: [],
  })
})
