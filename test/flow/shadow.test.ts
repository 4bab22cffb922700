import { afterEach, expect, test } from 'vitest'
import type { Policy } from '../../src/core/policy.ts'
import { builtInPolicies } from '../../src/directives/built-in-policies.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { LogLine, TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// A shadow target gets a copy of a call: its answer reaches nobody, its outcome is logged, its cost counted.

let gateway: TestGateway | undefined
let upstream: CaptureUpstream | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const balanced = builtInPolicies.get('balanced')
const trial = { ...(balanced as Policy), name: 'trial', match: { model: ['auto*'] } }

async function start(share: number, answers: (model: string) => number = () => 200): Promise<void> {
  upstream = await startCaptureUpstream((response, { body }) => {
    const { model } = JSON.parse(body.toString())
    const status = answers(model)
    response.writeHead(status, { 'content-type': 'application/json' })
    const message = { role: 'assistant', content: `from ${model}` }
    const choices = [{ index: 0, message, finish_reason: 'stop' }]
    const usage = { prompt_tokens: 1_000_000, completion_tokens: 10, total_tokens: 1_000_010 }
    response.end(
      status === 200
        ? JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model, choices, usage })
        : '{"error":{"message":"no"}}',
    )
  })
  gateway = await startGateway({
    models: ['main', 'second'],
    upstream: `${upstream.url}/v1`,
    policies: [{ ...trial, shadow: { model: 'up/second', share } }],
  })
}

const lines = (endpoint: string): LogLine[] =>
  gateway?.log.filter((line) => line.event === 'request' && line['endpoint'] === endpoint) ?? []
const metrics = async (): Promise<string> => (await fetch(`${gateway?.url}/metrics`)).text()

test('the copy goes out, its answer reaches nobody, its outcome is logged and its cost counted', async () => {
  await start(1)
  const response = await post(gateway?.url ?? '', { model: 'auto', messages: HELLO })
  expect(response.headers.get('x-route-policy')).toBe('trial')
  expect(await response.text()).toContain('from main')
  await eventually('both', () => lines('shadow').length === 1 && lines('chat_completions').length === 1)
  const [shadow] = lines('shadow')
  const [main] = lines('chat_completions')
  expect(main?.['target']).toBe('up/main')
  expect(shadow).toMatchObject({
    target: 'up/second',
    status: 200,
    outcome: 'complete',
    shadow_of: main?.['id'],
    cost_usd: 2.00002,
  })
  expect(shadow?.['id']).not.toBe(main?.['id'])
  const bodies = upstream?.requests.map(({ body }) => JSON.parse(body.toString()))
  expect(bodies?.map(({ model }) => model).sort()).toEqual(['main', 'second'])
  expect(bodies?.[0].messages).toEqual(bodies?.[1].messages)
  const counted = await metrics()
  expect(counted).toContain('thalamus_requests_total{endpoint="shadow",model="up/second",status="200"} 1')
  expect(counted).toMatch(/thalamus_cost_usd_total\{model="up\/second",key="local"\} 2\.00002/)
})

test('a shadow that fails costs the client nothing', async () => {
  await start(1, (model) => (model === 'second' ? 500 : 200))
  const response = await post(gateway?.url ?? '', { model: 'auto', messages: HELLO })
  expect([response.status, response.headers.get('x-route-attempts')]).toEqual([
    200,
    expect.not.stringContaining('second'),
  ])
  await eventually('the shadow', () => lines('shadow').length === 1)
  expect(lines('shadow')[0]).toMatchObject({ outcome: 'upstream_error' })
})

test('the copy waits until the client has his answer, and one that is cut off as the gateway closes is not complete', async () => {
  const held: (() => void)[] = []
  upstream = await startCaptureUpstream((response, { body }) => {
    const { model } = JSON.parse(body.toString())
    const message = { role: 'assistant', content: 'Hello' }
    const choices = [{ index: 0, message, finish_reason: 'stop' }]
    held.push(() => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model, choices }))
    })
  })
  gateway = await startGateway({
    models: ['main', 'second'],
    upstream: `${upstream.url}/v1`,
    policies: [{ ...trial, shadow: { model: 'up/second', share: 1 } }],
  })
  const answering = post(gateway.url, { model: 'auto', messages: HELLO })
  await eventually('the call', () => held.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(held).toHaveLength(1)
  held[0]?.()
  expect((await answering).status).toBe(200)
  await eventually('the copy', () => held.length === 2)
  await gateway.close()
  expect(lines('shadow')[0]).toMatchObject({ outcome: 'client_closed_request' })
  gateway = undefined
})

test('no copy of what would be a turn of the client’s own conversation, runs on, or acts', async () => {
  upstream = await startCaptureUpstream((response, { body }) => {
    const { model } = JSON.parse(body.toString())
    const content = [{ type: 'output_text', text: 'Hello', annotations: [] }]
    const output = [{ type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content }]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'resp_1', object: 'response', status: 'completed', model, output }))
  })
  gateway = await startGateway({
    models: ['main', 'second'],
    upstream: `${upstream.url}/v1`,
    format: 'openai-responses',
    policies: [{ ...trial, shadow: { model: 'up/second', share: 1 } }],
  })
  const send = async (body: object): Promise<void> => {
    const init = { method: 'POST', body: JSON.stringify({ model: 'auto', input: 'Hello', ...body }) }
    expect((await fetch(`${gateway?.url}/v1/responses`, init)).status).toBe(200)
  }
  await send({ conversation: 'conv_1' })
  await send({ previous_response_id: 'resp_1' })
  await send({ background: true })
  await send({ tools: [{ type: 'mcp', server_label: 'x', server_url: 'https://x.example' }] })
  await send({})
  await eventually('the one copy', () => lines('shadow').length === 1)
  expect(upstream.requests).toHaveLength(6)
})

test('no limit of the call is passed by for the copy', async () => {
  await start(1)
  await post(gateway?.url ?? '', { model: 'auto', messages: HELLO, routing: { models: ['!up/second'] } })
  await eventually('the shadow', () => lines('shadow').length === 1)
  await post(gateway?.url ?? '', { model: 'auto:models=!up/second', messages: HELLO })
  await eventually('another', () => lines('shadow').length === 2)
  expect(lines('shadow')).toMatchObject([{ outcome: 'no_feasible_model' }, { outcome: 'no_feasible_model' }])
  expect(upstream?.requests).toHaveLength(2)
})

test('the limits of the policy hold for its copy too, which another policy may govern', async () => {
  await start(1)
  await gateway?.close()
  const directives = { max: { price_in: 0 }, relax: ['price_in'] }
  gateway = await startGateway({
    models: ['main', 'second'],
    upstream: `${upstream?.url}/v1`,
    policies: [
      { ...balanced, name: 'trial', directives, match: { model: ['auto*'] }, shadow: { model: 'up/second', share: 1 } },
    ] as never,
  })
  expect((await post(gateway.url, { model: 'auto', messages: HELLO })).status).toBe(200)
  await eventually('the shadow', () => lines('shadow').length === 1)
  expect(lines('shadow')[0]).toMatchObject({ outcome: 'no_feasible_model' })
})

test('neither call edits the other’s body', async () => {
  await start(1)
  const at = (model: string) => ({ ...balanced, name: 'trial', match: { model: ['*'] }, shadow: { model, share: 1 } })
  await gateway?.close()
  gateway = await startGateway({
    models: ['main-model-of-a-long-name', 's'],
    upstream: upstream?.url ?? '',
    policies: [at('up/s') as never],
  })
  await post(gateway.url, { model: 'up/main-model-of-a-long-name', messages: HELLO })
  await eventually('both', () => upstream?.requests.length === 2)
  const models = upstream?.requests.map(({ body }) => JSON.parse(body.toString()).model)
  expect(models?.sort()).toEqual(['main-model-of-a-long-name', 's'])
})

test('the copy is held to what the prompt says, and asks for nobody else', async () => {
  await start(1)
  const ask = (content: string) =>
    post(gateway?.url ?? '', { model: 'auto', messages: [{ role: 'user', content }], fallbacks: ['up/main'] })
  await ask('Hello')
  await eventually('the shadow', () => lines('shadow').length === 1)
  expect(lines('shadow')[0]).toMatchObject({ outcome: 'complete', target: 'up/second' })
  await ask('[flag: max_price_in=1]\nHello')
  await eventually('another', () => lines('shadow').length === 2)
  expect(lines('shadow')[1]).toMatchObject({ outcome: 'no_feasible_model' })
})

test('the share is of conversations, and other policies have none', async () => {
  await start(0.5)
  const send = async (count: number, body: object): Promise<number> => {
    const before = lines('shadow').length + (upstream?.requests.length ?? 0)
    for (let call = 0; call < count; call += 1)
      await (await post(gateway?.url ?? '', { model: 'auto', messages: HELLO, ...body })).text()
    await new Promise((resolve) => setTimeout(resolve, 100))
    return lines('shadow').length + (upstream?.requests.length ?? 0) - before
  }
  expect(await send(5, { model: 'up/main' })).toBe(5)
  const one = await send(8, { routing: { session: 'one' } })
  expect([8, 24]).toContain(one)
  const messages = [...HELLO, { role: 'assistant', content: 'Hello' }, { role: 'user', content: 'Name a river.' }]
  // One that a header or the body names is known from its second call on.
  for (const session_id of ['one', 'two', 'three', 'four'])
    expect([6, 18]).toContain(await send(6, { messages, session_id }))
  const many = await send(60, {})
  expect(many).toBeGreaterThan(60 + 2 * 12)
  expect(many).toBeLessThan(60 + 2 * 48)
})
