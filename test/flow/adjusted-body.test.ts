import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

test('a provider gets the client’s body in its own dialect, and the client reads what was left out', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'mistral' })
  const response = await post(gateway.url, {
    model: 'up/m',
    messages: [{ role: 'developer', content: 'Be brief.' }, ...HELLO],
    max_completion_tokens: 5,
    seed: 1,
    user: 'u',
    tools: [],
    tool_choice: 'auto',
    routing: { explain: false },
  })
  expect(response.status).toBe(200)
  expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toEqual({
    model: 'm',
    messages: [{ role: 'system', content: 'Be brief.' }, ...HELLO],
    max_tokens: 5,
    random_seed: 1,
  })
  expect(response.headers.get('x-route-losses')).toBe('user')
})

test('what a provider takes as it is goes byte for byte', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'mistral' })
  const body = '{ "messages":[{"role":"user","content":"caf\\u00e9"}],  "temperature":1.0, "model":"up/m" }'
  const response = await post(gateway.url, body)
  expect(upstream.requests[0]?.body.toString()).toBe(body.replace('up/m', 'm'))
  expect(response.headers.get('x-route-losses')).toBeNull()
  const receipt = await fetch(`${gateway.url}/v1/decisions/${response.headers.get('x-route-id')}`)
  expect(await receipt.json()).toMatchObject({ model: 'up/m', policy: 'none', reason: 'named by the caller' })
})

test('a streamed call without arguments is an answer, and reaches the client as it came', async () => {
  const event = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  const call = { index: 0, id: 'c', type: 'function', function: { name: 'now', arguments: '' } }
  const stream = `${event({ role: 'assistant', content: null, tool_calls: [call] }, null)}${event({}, 'tool_calls')}data: [DONE]\n\n`
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(stream)
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'vllm' })
  const response = await post(gateway.url, { model: 'up/m', messages: HELLO, stream: true })
  expect(await response.text()).toBe(stream)
})

test('functions of old are called where a provider knows tools only, and the answer is written anew', async () => {
  const call = { id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }
  const message = { role: 'assistant', content: null, tool_calls: [call], executed_tools: [] }
  const answer = { ...COMPLETION, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(answer)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'groq' })
  const functions = [{ name: 'look', parameters: { type: 'object', properties: {} } }]
  const response = await post(gateway.url, { model: 'up/m', messages: HELLO, functions })
  expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toEqual({
    model: 'm',
    messages: HELLO,
    tools: [{ type: 'function', function: functions[0] }],
    parallel_tool_calls: false,
  })
  const { choices } = (await response.json()) as { choices: { message: object }[] }
  expect(choices[0]?.message).not.toHaveProperty('executed_tools')
})
