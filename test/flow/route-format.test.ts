import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, startGateway } from './start-gateway.ts'

// POST /v1/route takes a body of any client's format. What Chat Completions loses on its way to Messages, and the other
// way round, shows in which it was read.

let upstream: CaptureUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startCaptureUpstream((response) => response.end('{}'))
  gateway = await startGateway({ models: ['claude-opus-4-6'], upstream: upstream.url, provider: 'anthropic' })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

async function routed(body: object, query = '', headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/v1/route${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, text: await response.text() }
}

const LOST = /"losses":\[\{/
const ask = { max_tokens: 9_000, messages: HELLO }

test.each([
  ['thinking with a budget', { ...ask, thinking: { type: 'enabled', budget_tokens: 2_000 } }],
  ['adaptive thinking', { ...ask, thinking: { type: 'adaptive' } }],
  ['a tool of Anthropic’s', { ...ask, tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
  [
    'a choice of tools',
    { ...ask, tool_choice: { type: 'auto' }, tools: [{ name: 'f', input_schema: { type: 'object' } }] },
  ],
  ['servers of tools', { ...ask, mcp_servers: [] }],
])('a Messages body is known by %s', async (_name, body) => {
  const { status, text } = await routed(body)
  expect([status, LOST.test(text)]).toEqual([200, false])
})

// Nothing in it says whose it is; Messages alone has `top_k` and gives it to Anthropic as it came.
const either = { ...ask, service_tier: 'standard_only' }

test('the format may be said, by the query or by the header of Messages', async () => {
  expect((await routed(either)).text).toMatch(LOST)
  expect((await routed(either, '?format=anthropic-messages')).text).not.toMatch(LOST)
  expect((await routed(either, '', { 'anthropic-version': '2023-06-01' })).text).not.toMatch(LOST)
  const chat = await routed(either, '?format=openai-chat', { 'anthropic-version': '2023-06-01' })
  expect(chat.text).toMatch(LOST)
})

test('a format that no client speaks is refused with those that are', async () => {
  const { status, text } = await routed(either, '?format=cohere-chat')
  expect(status).toBe(400)
  expect(text).toMatch(/format must be one of openai-chat, openai-responses, anthropic-messages, gemini-generate/)
})

test('what only looks like Messages is still a chat', async () => {
  const tools = [{ type: 'function', function: { name: 'f' } }]
  const body = {
    messages: HELLO,
    thinking: { type: 'enabled' },
    tools,
    tool_choice: { type: 'function', function: { name: 'f' } },
  }
  const { status, text } = await routed(body)
  expect(status).toBe(200)
  expect(text).toMatch(/"tools":1,"tool_forced":true/)
})
