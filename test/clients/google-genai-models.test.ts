import type { Model } from '@google/genai'
import { ApiError, GoogleGenAI } from '@google/genai'
import { afterEach, expect, test } from 'vitest'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { providers } from '../../src/providers/index.ts'
import type { CaptureUpstream } from '../flow/capture-upstream.ts'
import { startCaptureUpstream } from '../flow/capture-upstream.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { startGateway } from '../flow/start-gateway.ts'

// What `@google/genai` does beside generating: models, counts of tokens, errors.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const clientOf = (apiKey = 'team'): GoogleGenAI =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway?.url ?? '' } })

async function start(provider: string): Promise<void> {
  upstream = await startCaptureUpstream((response) => response.end('{"totalTokens": 4321}'))
  const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('team')))
  gateway = await startGateway({
    models: ['gemini-3-pro', 'org/other'],
    upstream: upstream.url,
    provider,
    facts: { context_tokens: 1000, max_output_tokens: 100, reasoning: true, released: '2026-02-01' },
    aliases: { mine: 'up/gemini-3-pro' },
    keys: [{ name: 'team', sha256, routing: {}, promptFlags: 'off' }],
  })
}

const call = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${gateway?.url}${path}`, init)
const thrownBy = (asked: Promise<unknown>): Promise<unknown> => asked.catch((thrown: unknown) => thrown)

test('the list has every name of /v1/models, page by page', async () => {
  await start('openai-compatible')
  const response = await call('/v1/models', { headers: { authorization: 'Bearer team' } })
  const { data } = (await response.json()) as { data: { id: string }[] }
  for (const pageSize of [undefined, 3]) {
    const pager = await clientOf().models.list(pageSize === undefined ? {} : { config: { pageSize } })
    if (pageSize !== undefined) expect(pager.pageLength).toBe(pageSize)
    const names = (await Array.fromAsync(pager)).map(({ name }: Model) => name)
    expect(names).toEqual(data.map(({ id }) => `models/${id}`))
  }
  const wrong = await thrownBy(clientOf().models.list({ config: { pageToken: 'x' } }))
  expect(wrong).toMatchObject({ status: 400 })
})

test('a model is found by its name and by an alias, with what is known of it', async () => {
  await start('openai-compatible')
  for (const model of ['up/gemini-3-pro', 'models/up/gemini-3-pro', 'mine']) {
    expect(await clientOf().models.get({ model })).toMatchObject({
      name: `models/${model.replace('models/', '')}`,
      inputTokenLimit: 1000,
      outputTokenLimit: 100,
      version: '2026-02-01',
      thinking: true,
      supportedActions: ['generateContent', 'countTokens'],
    })
  }
  expect(await clientOf().models.get({ model: 'auto:cheap' })).toMatchObject({ name: 'models/auto:cheap' })
  const missing = await thrownBy(clientOf().models.get({ model: 'nobody/nothing' }))
  expect(missing).toBeInstanceOf(ApiError)
  expect(missing).toMatchObject({ status: 404 })
  expect((missing as ApiError).message).toContain('model_not_found')
})

const contents = 'How many tokens are these?'
const asked = { contents: [{ parts: [{ text: contents }], role: 'user' }] }

test('tokens are counted by Google where the model is Google’s, with instructions and tools', async () => {
  await start('google')
  expect(await clientOf().models.countTokens({ model: 'up/gemini-3-pro', contents })).toMatchObject({
    totalTokens: 4321,
  })
  const tools = [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }]
  const generateContentRequest = {
    model: 'models/up/gemini-3-pro',
    ...asked,
    systemInstruction: asked.contents[0],
    tools,
  }
  const response = await call('/v1beta/models/up/gemini-3-pro:countTokens?key=team', {
    method: 'POST',
    body: JSON.stringify({ generateContentRequest }),
  })
  expect([response.status, await response.json()]).toEqual([200, { totalTokens: 4321 }])
  expect(response.headers.get('x-route-model')).toBe('up/gemini-3-pro')
  const [plain, whole] = upstream?.requests ?? []
  expect(plain).toMatchObject({ method: 'POST', path: '/v1/models/gemini-3-pro:countTokens' })
  const model = 'models/gemini-3-pro'
  expect(JSON.parse(String(plain?.body))).toEqual({ generateContentRequest: { ...asked, model } })
  expect(JSON.parse(String(whole?.body))).toEqual({ generateContentRequest: { ...generateContentRequest, model } })
})

test('Vertex AI is sent what it counts, and no more', async () => {
  await start('google-vertex')
  const response = await call('/v1beta/models/up/gemini-3-pro:countTokens?key=team', {
    method: 'POST',
    body: JSON.stringify({ generateContentRequest: { ...asked, safetySettings: [], routing: {} } }),
  })
  expect(await response.json()).toEqual({ totalTokens: 4321 })
  expect(upstream?.requests[0]?.path).toBe('/v1/publishers/google/models/gemini-3-pro:countTokens')
  expect(JSON.parse(String(upstream?.requests[0]?.body))).toEqual(asked)
})

test('tokens of any other model, and of auto, are estimated', async () => {
  await start('openai-compatible')
  for (const model of ['up/org/other', 'auto']) {
    const { totalTokens = 0 } = await clientOf().models.countTokens({ model, contents })
    expect(totalTokens).toBeGreaterThan(4)
    expect(totalTokens).toBeLessThan(30)
  }
  expect(upstream?.requests).toHaveLength(0)
  expect(await thrownBy(clientOf().models.countTokens({ model: 'nobody/nothing', contents }))).toMatchObject({
    status: 404,
  })
})

test('the count that a provider makes is one that the simulator makes too', async () => {
  const simulator = await startSimulator({ port: 0 })
  const google = providers.get('google')
  if (google === undefined) throw new Error('no google')
  gateway = await startGateway({ models: ['ok'], upstream: `${simulator.url}/v1beta`, provider: google })
  const direct = new GoogleGenAI({ apiKey: 'x', httpOptions: { baseUrl: simulator.url } })
  const count = await direct.models.countTokens({ model: 'ok', contents })
  expect(await clientOf().models.countTokens({ model: 'up/ok', contents })).toMatchObject({
    totalTokens: count.totalTokens,
  })
  await simulator.close()
})

test('keys are asked for, in the query too', async () => {
  await start('openai-compatible')
  for (const path of ['/v1beta/models', '/v1beta/models/auto']) {
    expect((await call(`${path}?key=team`)).status).toBe(200)
    const refused = await call(`${path}?key=other`)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } })
  }
  expect(await thrownBy(clientOf('other').models.countTokens({ model: 'auto', contents }))).toMatchObject({
    status: 401,
  })
  expect((await call('/v1/models?key=team')).status).toBe(401)
})

test.each([
  [
    'GET',
    '/v1beta/nothing',
    404,
    { error: { code: 404, status: 'NOT_FOUND', details: [{ reason: 'route_not_found' }] } },
  ],
  ['POST', '/v1beta/models', 405, { error: { code: 405, details: [{ reason: 'method_not_allowed' }] } }],
  ['GET', '/v1/messages', 405, { type: 'error', error: { type: 'invalid_request_error', code: 'method_not_allowed' } }],
  ['GET', '/v1/messages/count_tokens', 405, { type: 'error', error: { code: 'method_not_allowed' } }],
  ['GET', '/v1/messagesx', 401, { error: { type: 'authentication_error', param: null } }],
  ['GET', '/nothing', 404, { error: { type: 'invalid_request_error', code: 'route_not_found', param: null } }],
])('%s %s is an error in the shape of its clients', async (method, path, status, shape) => {
  await start('openai-compatible')
  const response = await call(path, { method })
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject(shape)
})
