import { afterEach, expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { Said } from './changing-router.ts'
import { changingRouter } from './changing-router.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Clients of the Responses API who send the last turn alone: what went before is at the provider that answered it.

const said: Said = { quality: {} }
const up: CaptureUpstream[] = []
let gateway: TestGateway | undefined
let failing: string | undefined

afterEach(async () => {
  await gateway?.close()
  for (const one of up.splice(0)) await one.close()
  failing = undefined
})

/** Two providers of the Responses API; `one` answers first. */
async function start(): Promise<void> {
  said.quality = { 'up/m': 0.9 }
  let answers = 0
  const provider = async (name: string): Promise<string> => {
    const upstream = await startCaptureUpstream((response, { body }) => {
      if (failing === name) {
        response.writeHead(500, { 'content-type': 'application/json' }).end('{}')
        return
      }
      answers += 1
      const isStream = JSON.parse(body.toString()).stream === true
      const content = [{ type: 'output_text', text: 'Hi', annotations: [] }]
      const message = { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content }
      const whole = { id: `resp_${name}_${answers}`, object: 'response', created_at: 1, model: 'm', output: [message] }
      const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 }
      const completed = { ...whole, status: 'completed', usage }
      response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
      response.end(isStream ? events(completed) : JSON.stringify(completed))
    })
    up.push(upstream)
    return upstream.url
  }
  gateway = await startGateway({
    models: ['m', 'n'],
    upstream: await provider('up'),
    provider: 'openai',
    uniform: changingRouter(said),
    more: { other: { upstream: await provider('other'), models: ['m'] } },
  })
}

function events(response: Record<string, unknown>): string {
  const event = (type: string, members: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`
  return [
    event('response.created', { response: { ...response, status: 'in_progress', output: [] } }),
    event('response.output_text.delta', { item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hi' }),
    event('response.completed', { response }),
  ].join('')
}

async function ask(body: Record<string, unknown>) {
  const response = await fetch(`${gateway?.url}/v1/responses`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', ...body }),
  })
  const text = await response.text()
  const receipt = await fetch(`${gateway?.url}/v1/decisions/${response.headers.get('x-route-id')}`)
  return {
    status: response.status,
    id: /"(resp_\w+)"/.exec(text)?.[1],
    model: response.headers.get('x-route-model'),
    reason: response.headers.get('x-route-reason'),
    decision: (await receipt.json()) as Decision,
  }
}

test.each([false, true])('an answer that is gone on from is answered where it is kept (stream: %s)', async (stream) => {
  await start()
  const first = await ask({ input: 'Port this program to Rust.', stream })
  expect(first.model).toBe('up/m')
  said.quality = { 'other/m': 0.9 }
  const next = { input: 'What does its second half do, and why?', previous_response_id: first.id, stream }
  expect(await ask(next)).toMatchObject({ model: 'up/m', reason: 'bound state kept' })
  expect((await ask({ input: next.input, stream })).model).toBe('other/m')
})

test('when that model fails, only models of the same provider are asked', async () => {
  await start()
  const { id } = await ask({ input: 'Port this program to Rust.' })
  said.quality = { 'other/m': 0.9 }
  failing = 'up'
  const { status, decision } = await ask({ input: 'And now?', previous_response_id: id })
  expect(status).toBe(502)
  expect(decision.candidates.map(({ model }) => model)).toEqual(['up/m', 'up/n'])
  expect(up[1]?.requests).toHaveLength(0)
})

test('hard limits win over what a provider keeps', async () => {
  await start()
  const { id } = await ask({ input: 'Port this program to Rust.' })
  const limited = { input: 'And now?', previous_response_id: id, routing: { models: ['!up/m'] } }
  const { model, reason, decision } = await ask(limited)
  expect(model).toBe('up/n')
  expect(reason).toMatch(/, bound state left$/)
  expect(decision.session).toMatchObject({ redecided_because: 'hard limits', previous: 'up/m' })
})

test('a conversation at its provider is a session of its own', async () => {
  await start()
  await ask({ input: 'Port this program to Rust.', conversation: 'conv_1' })
  said.quality = { 'other/m': 0.9 }
  const next = { input: 'What does its second half do, and why?' }
  expect((await ask({ ...next, conversation: { id: 'conv_1' } })).reason).toBe('bound state kept')
  expect((await ask({ ...next, conversation: 'conv_2' })).model).toBe('other/m')
})
