import { afterEach, expect, test } from 'vitest'
import type { Guard, PlacedGuard } from '../../src/core/guard.ts'
import type { Policy } from '../../src/core/policy.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { builtInPolicies } from '../../src/directives/built-in-policies.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import { CLIENT_FORMATS, callAs, PROVIDERS, pii, saying, startModel } from './guarded-call.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Guards that a policy has: for the calls that it governs, and for no others.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const EMAIL = 'jane@example.org'
const sent = (): string => upstream?.requests.map(({ body }) => body.toString()).join('\n') ?? ''

function policy(name: string, rest: Partial<Policy>): Policy {
  return { ...(builtInPolicies.get('balanced') as Policy), name, ...rest }
}

function postTo(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const init = { 'content-type': 'application/json', ...headers }
  return fetch(url, { method: 'POST', headers: init, body: JSON.stringify(body) })
}

const SUPPORT = policy('support', { guards: [pii({ restore: true })] })

test.each(CLIENT_FORMATS)('a client of %s is guarded by the policy that governs, and by no other', async (client) => {
  const answer: readonly StreamPart[] = saying('Wrote to [EMAIL_1].', 3)
  upstream = await startModel(client, () => answer)
  const to = { models: ['m'], upstream: upstream.url, provider: PROVIDERS[client], format: client }
  gateway = await startGateway({ ...to, policies: [SUPPORT] })
  for (const stream of [false, true]) {
    const open = await callAs(client, gateway.url, EMAIL, { stream })
    expect([open.text, open.headers.get('x-route-guards')]).toEqual(['Wrote to [EMAIL_1].', null])
    upstream.requests.length = 0
    const guarded = await callAs(client, gateway.url, EMAIL, { stream, headers: { 'x-route': 'preset=support' } })
    expect([guarded.text, guarded.headers.get('x-route-guards')]).toEqual([
      `Wrote to ${EMAIL}.`,
      'pii;where=request;action=redact;count=1',
    ])
    expect(sent()).toContain('[EMAIL_1]')
    expect(sent()).not.toContain('jane')
  }
})

test.each(CLIENT_FORMATS)(
  'a client of %s cannot leave the guards of what matches him or is the default',
  async (client) => {
    const cases = [
      { policies: [policy('matching', { match: { key: ['loc*'] }, guards: [pii()] })] },
      { policies: [policy('usual', { guards: [pii()] })], defaultPolicy: 'usual' },
    ]
    for (const options of cases) {
      const answer = saying('Fine.')
      upstream = await startModel(client, () => answer)
      const to = { models: ['m'], upstream: upstream.url, provider: PROVIDERS[client], format: client }
      gateway = await startGateway({ ...to, ...options })
      for (const headers of [{}, { 'x-route': 'preset=best' }]) {
        const answered = await callAs(client, gateway.url, EMAIL, { stream: false, headers })
        expect([answered.status, answered.text]).toEqual([200, 'Fine.'])
      }
      expect(upstream.requests).toHaveLength(2)
      expect(sent()).not.toContain('jane')
      await gateway.close()
      await upstream.close()
    }
  },
)

test('a model’s name and a body’s routing, wherever it stands, bring the guards of the policy that they name', async () => {
  const answer = saying('Fine.')
  upstream = await startModel('openai-chat', () => answer)
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, policies: [SUPPORT] })
  const url = `${gateway.url}/v1/chat/completions`
  const user = (content: string) => ({ messages: [{ role: 'user', content }] })
  const named = [
    { model: 'auto:support', ...user(EMAIL) },
    { model: 'auto', routing: { preset: 'support' }, ...user(EMAIL) },
    { model: 'auto', metadata: { routing: '{"preset":"support"}' }, ...user(EMAIL) },
  ]
  for (const body of named) expect((await postTo(url, body)).status).toBe(200)
  expect(upstream.requests.map(({ body }) => JSON.parse(body.toString()))).toEqual(
    named.map(() => expect.objectContaining({ model: 'm', messages: [{ role: 'user', content: '[EMAIL_1]' }] })),
  )
})

test('guards of all, of a key and of a policy number what they take out as one', async () => {
  const answer = saying('[EMAIL_1] [PHONE_1] [IP_1]')
  upstream = await startModel('openai-chat', () => answer)
  const policies = [policy('support', { guards: [pii({ kinds: ['ip', 'email'], restore: true })] })]
  const guards = [pii({ kinds: ['email'] })]
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, policies, guards, defaultPolicy: 'support' })
  const answered = await callAs('openai-chat', gateway.url, `${EMAIL} +442079460958 8.8.8.8`, { stream: false })
  expect(sent()).toContain('[EMAIL_1] +442079460958 [IP_1]')
  expect(answered.text).toBe(`${EMAIL} [PHONE_1] 8.8.8.8`)
})

test('what a policy matches by holds although its own guards take it out', async () => {
  const answer = saying('Fine.')
  upstream = await startModel('openai-chat', () => answer)
  const match = { metadata: { owner: [EMAIL] } }
  const strict = policy('strict', { match, directives: { require: { region: ['eu'] } }, guards: [pii()] })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, policies: [strict] })
  const body = { model: 'up/m', metadata: { owner: EMAIL }, messages: [{ role: 'user', content: 'Hi' }] }
  const refused = await postTo(`${gateway.url}/v1/chat/completions`, body)
  expect([refused.status, await refused.json()]).toMatchObject([422, { error: { code: 'no_feasible_model' } }])
})

test('a guard that fails is answered as each policy says', async () => {
  const guard: Guard = {
    id: 'broken',
    reads: 'every-string',
    scan() {
      throw new Error('no')
    },
  }
  const failing = (where: 'request' | 'answer', onFailure: 'allow' | 'block'): PlacedGuard => ({
    ...{ guard, on: new Set([where]), action: 'redact', onFailure, timeoutMs: 1_000, restores: false },
    allowsUnread: false,
  })
  const answer = saying('Fine.', 2)
  upstream = await startModel('openai-chat', () => answer)
  const policies = (['request', 'answer'] as const).flatMap((where) => [
    policy(`open_${where}`, { guards: [failing(where, 'allow')] }),
    policy(`closed_${where}`, { guards: [failing(where, 'block')] }),
  ])
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, policies })
  for (const where of ['request', 'answer']) {
    for (const stream of [false, true]) {
      const ask = (preset: string) =>
        callAs('openai-chat', gateway?.url ?? '', 'Hi', { stream, headers: { 'x-route': `preset=${preset}` } })
      expect((await ask(`open_${where}`)).text).toBe('Fine.')
      const closed = await ask(`closed_${where}`)
      expect(closed.raw).toContain('nothing passes it unseen')
      expect(closed.raw).not.toContain('[DONE]')
    }
  }
})

test('completions, embeddings, counts and questions of where a call would go are guarded by their policy', async () => {
  upstream = await startCaptureUpstream((response, { path }) => {
    response.setHeader('content-type', 'application/json')
    if (path.endsWith('/count_tokens')) response.end('{"input_tokens": 9}')
    else if (path.endsWith('/embeddings'))
      response.end('{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":[1]}]}')
    else response.end(JSON.stringify(COMPLETION))
  })
  const { url } = upstream
  gateway = await startGateway({ models: ['m'], upstream: url, policies: [SUPPORT] })
  const { url: at } = gateway
  const support = { 'x-route': 'preset=support' }
  const messages = [{ role: 'user', content: EMAIL }]
  const answered = [
    await postTo(`${at}/v1/completions`, { model: 'up/m', prompt: EMAIL }, support),
    await postTo(`${at}/v1/embeddings`, { model: 'up/m', input: EMAIL }, support),
    await postTo(`${at}/v1/embeddings`, { model: 'up/m', input: EMAIL, routing: { preset: 'support' } }),
    await postTo(`${at}/v1/route`, { model: 'auto:support', messages }),
  ]
  await gateway.close()
  gateway = await startGateway({ models: ['m'], upstream: url, provider: 'anthropic', policies: [SUPPORT] })
  answered.push(await postTo(`${gateway.url}/v1/messages/count_tokens`, { model: 'up/m', messages }, support))
  for (const one of answered)
    expect([one.url, one.status, one.headers.get('x-route-guards')]).toEqual([
      one.url,
      200,
      'pii;where=request;action=redact;count=1',
    ])
  expect(upstream.requests).toHaveLength(4)
  for (const { body } of upstream.requests) expect(body.toString()).toContain('[EMAIL_1]')
  expect(sent()).not.toContain('jane')
})

test('no path that is passed on unread goes around a policy’s guards', async () => {
  upstream = await startCaptureUpstream((response) => void response.end('{}'))
  const policies = [policy('mine', { match: { key: ['local'], model: ['up/m'] }, guards: [pii()] }), SUPPORT]
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, policies })
  const url = `${gateway.url}/v1/moderations`
  expect((await postTo(url, { model: 'up/m', input: EMAIL })).status).toBe(400)
  expect((await postTo(url, { model: 'up/other', input: EMAIL }, { 'x-route': 'preset=support' })).status).toBe(400)
  expect(upstream.requests).toEqual([])
  expect((await postTo(url, { model: 'up/other', input: 'x' })).status).toBe(200)
})

test('the limits of a policy that matches a key hold for embeddings and for what is passed on', async () => {
  upstream = await startCaptureUpstream((response) => void response.end('{}'))
  const strict = policy('strict', { match: { key: ['local'] }, directives: { require: { region: ['eu'] } } })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, policies: [strict] })
  for (const path of ['/v1/embeddings', '/v1/moderations']) {
    const refused = await postTo(gateway.url + path, { model: 'up/m', input: 'x' })
    expect([path, refused.status, await refused.json()]).toMatchObject([
      path,
      422,
      { error: { code: 'no_feasible_model' } },
    ])
  }
  expect(upstream.requests).toEqual([])
})
