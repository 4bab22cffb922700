import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { MESSAGE, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// A client's own format is forwarded byte for byte, and a body is written for one model: where the gateway chooses
// another, it also makes the body one that this model takes.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

type Options = { readonly models?: readonly string[]; readonly busy?: string }

async function start({ models = ['claude-sonnet-4-5'], busy }: Options = {}): Promise<void> {
  upstream = await startCaptureUpstream((response, { body }) => {
    if (busy !== undefined && body.toString().includes(busy)) response.statusCode = 529
    response.end(JSON.stringify(response.statusCode === 529 ? { type: 'error', error: {} } : MESSAGE))
  })
  const aliases = { mine: 'up/claude-sonnet-4-5' }
  gateway = await startGateway({ models, upstream: upstream.url, provider: 'anthropic', aliases })
}

const ADAPTIVE =
  '{ "max_tokens":4000,"thinking":{"type":"adaptive"}, "messages":[{"role":"user","content":"caf\\u00e9"}],  "model":"MODEL" }'

async function ask(model: string, text = ADAPTIVE, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway?.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text.replace('MODEL', model),
  })
}

const sent = (index = 0): string => upstream?.requests[index]?.body.toString() ?? ''

test.each(['auto', 'mine'])(
  'a model that the gateway chose for %s gets what it takes, other bytes as sent',
  async (name) => {
    await start()
    const response = await ask(name)
    expect(response.status).toBe(200)
    expect(response.headers.get('x-route-losses')).toBeNull()
    expect(sent()).toContain('"thinking":{"type":"enabled","budget_tokens":3200}')
    expect(sent()).toContain('"messages":[{"role":"user","content":"caf\\u00e9"}]')
  },
)

test('a model that the client named gets its bytes', async () => {
  await start()
  await ask('up/claude-sonnet-4-5')
  expect(sent()).toBe(ADAPTIVE.replace('MODEL', 'claude-sonnet-4-5'))
})

test('where nothing has to change, the bytes stay whoever chose', async () => {
  await start({ models: ['claude-opus-5'] })
  await ask('auto')
  expect(sent()).toBe(ADAPTIVE.replace('MODEL', 'claude-opus-5'))
})

test('after a failure the next model gets the body as it takes it', async () => {
  await start({ models: ['claude-opus-5', 'claude-sonnet-4-5'], busy: 'opus' })
  const response = await ask('auto')
  expect(response.status).toBe(200)
  expect(sent(0)).toBe(ADAPTIVE.replace('MODEL', 'claude-opus-5'))
  expect(JSON.parse(sent(1))).toMatchObject({ model: 'claude-sonnet-4-5', thinking: { type: 'enabled' } })
})

test('what is left out is said, and not done under lossless', async () => {
  await start({ models: ['claude-opus-5', 'claude-sonnet-4-5'] })
  const warm = ADAPTIVE.replace('"thinking":{"type":"adaptive"}', '"temperature":0.3')
  const response = await ask('auto', warm)
  expect(response.headers.get('x-route-losses')).toBe('temperature')
  expect(JSON.parse(sent())).not.toHaveProperty('temperature')
  await ask('auto:lossless', warm)
  expect(sent(1)).toBe(warm.replace('MODEL', 'claude-sonnet-4-5'))
})

test('an alias is counted as it is asked', async () => {
  await start()
  await fetch(`${gateway?.url}/v1/messages/count_tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: ADAPTIVE.replace('MODEL', 'mine').replace('"max_tokens":4000,', ''),
  })
  expect(JSON.parse(sent())).toMatchObject({ thinking: { type: 'enabled' } })
})
