import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

// Messages on one side, Chat Completions on the other.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const CALL_TEXT = '{"id":12345678901234567890,"rate":1.5}'

test('a client of Messages: the digits of a call’s arguments survive both ways', async () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: CALL_TEXT } }
  const message = { role: 'assistant', content: null, tool_calls: [call] }
  const completion = { ...COMPLETION, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(completion)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  const body = `{"model":"up/m","max_tokens":10,"temperature":1.0,"tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":${CALL_TEXT}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"ok"}]}]}`
  const response = await fetch(`${gateway.url}/v1/messages`, { method: 'POST', body })
  expect(await response.text()).toContain(`"input":${CALL_TEXT}`)
  const sent = JSON.parse(upstream.requests[0]?.body.toString() ?? '')
  expect(sent.messages[1].tool_calls[0].function.arguments).toBe(CALL_TEXT)
  expect(sent).toMatchObject({ temperature: 1, max_completion_tokens: 10 })
})

test.each([false, true])('a call under the id of an earlier turn’s gets another, streamed: %s', async (stream) => {
  const call = { index: 0, id: 'call_0', type: 'function', function: { name: 'f', arguments: '{}' } }
  const said = { role: 'assistant', content: null, tool_calls: [call] }
  const choice = { index: 0, finish_reason: 'tool_calls', [stream ? 'delta' : 'message']: said }
  const text = JSON.stringify({ ...COMPLETION, object: 'chat.completion.chunk', choices: [choice] })
  upstream = await startCaptureUpstream((response) => {
    if (stream) response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(stream ? `data: ${text}\n\ndata: [DONE]\n\n` : text)
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  const use = { type: 'tool_use', id: 'call_0', name: 'f', input: {} }
  const result = { type: 'tool_result', tool_use_id: 'call_0', content: 'ok' }
  const later = [
    { role: 'assistant', content: [use] },
    { role: 'user', content: [result] },
  ]
  const ask = async (messages: readonly object[]) => {
    const body = JSON.stringify({ model: 'up/m', max_tokens: 10, stream, messages })
    const answer = await fetch(`${gateway?.url}/v1/messages`, { method: 'POST', body })
    return /"tool_use","id":"([^"]+)"/.exec(await answer.text())?.[1]
  }
  expect(await ask(HELLO)).toBe('call_0')
  expect(await ask([...HELLO, ...later])).toMatch(/^call_.+_0$/)
})

test('what the upstream’s format cannot carry is said in a header', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  const response = await fetch(`${gateway.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ model: 'up/m', max_tokens: 10, messages: HELLO, context_management: { edits: [] } }),
  })
  expect(response.headers.get('x-route-losses')).toContain('context_management')
})

test('what a provider’s own rules lose is said of the client’s blocks, not of the messages written for them', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'mistral' })
  const use = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} })
  const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' })
  const said = { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: '' }, use('a'), use('b')] }
  const answered = { role: 'user', content: [result('a'), result('b')] }
  const thought = { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: '' }] }
  const messages = [...HELLO, said, answered, thought, ...HELLO]
  const body = JSON.stringify({
    model: 'up/m',
    max_tokens: 10,
    system: 's',
    messages,
    tools: [{ name: 'f', input_schema: {} }],
  })
  const response = await fetch(`${gateway.url}/v1/messages`, { method: 'POST', body })
  // Mistral gets the system's turn first, and a message for each result.
  expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '').messages.length).toBe(7)
  expect(response.headers.get('x-route-losses')).toBe('messages[1].content[0], messages[3].content[0], messages[3]')
})

test('a call that names its model has a receipt of what was lost, all of it and with reasons', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  // More than the header holds.
  const members = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`member_${index}`, true]))
  const response = await fetch(`${gateway.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ model: 'up/m', max_tokens: 10, messages: HELLO, ...members }),
  })
  expect(response.headers.get('x-route-losses')).toMatch(/, \.\.\.$/)
  const receipt = await fetch(`${gateway.url}/v1/decisions/${response.headers.get('x-route-id')}`)
  expect(receipt.status).toBe(200)
  expect(await receipt.json()).toMatchObject({
    model: 'up/m',
    reason: response.headers.get('x-route-reason'),
    losses: {
      model: 'up/m',
      list: Object.keys(members).map((path) => ({ path, reason: expect.stringMatching(/./) })),
    },
  })
})

test('a client of Chat Completions: Anthropic gets its own format and answers in the client’s', async () => {
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5',
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 'EqQB' },
      { type: 'text', text: 'Hello there' },
    ],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 3, cache_read_input_tokens: 40, output_tokens: 2 },
  }
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(message)))
  gateway = await startGateway({ models: ['claude-opus-5'], upstream: upstream.url, provider: 'anthropic' })
  const response = await post(gateway.url, { model: 'up/claude-opus-5', messages: HELLO, reasoning_effort: 'high' })
  expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toEqual({
    model: 'claude-opus-5',
    max_tokens: 32_000,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    thinking: { type: 'adaptive' },
    output_config: { effort: 'high' },
  })
  expect(upstream.requests[0]?.path).toBe('/v1/messages')
  expect(await response.json()).toMatchObject({
    choices: [{ message: { content: 'Hello there', reasoning_content: 'Hm' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 43, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 40 } },
  })
})
