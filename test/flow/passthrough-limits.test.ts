import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Directives } from '../../src/core/directives.ts'
import { json, named, twoProviders } from './two-providers.ts'

// What a key may ask of a provider that is passed on unread.

const { start, up, call } = twoProviders()

function key(name: string, routing: Directives) {
  return {
    name,
    sha256: new Uint8Array(createHash('sha256').update(name).digest()),
    routing,
    promptFlags: 'off' as const,
  }
}

test('keys are asked for', async () => {
  await start(json, { keys: [key('team', {})] })
  expect((await call('/v1/files', { headers: named })).status).toBe(401)
  expect((await call('/v1/files', { headers: { ...named, authorization: 'Bearer team' } })).status).toBe(200)
  expect(up()?.requests[0]?.headers['authorization']).toBe('Bearer upstream-key')
})

const models = (...patterns: string[]): Directives => ({ models: [patterns] })
const ask = { model: 'tts-1' }
const batch = { model: 'm', input_file_id: 'file-1', endpoint: '/v1/chat/completions' }
test.each<[string, Directives, object | undefined, number, string?]>([
  ['no limits', {}, ask, 200],
  ['a pattern of the listed models, and a batch that names one of them', models('up/m'), batch, 422, '/v1/batches'],
  ['a pattern of the whole provider, and a batch', models('up/*'), batch, 200, '/v1/batches'],
  ['a pattern of the whole provider', models('up/*'), ask, 200],
  ['a pattern of the whole provider, a body without a model', models('up/*'), { endpoint: '/v1/x' }, 200],
  ['a pattern of the model and the listed ones', models('up/m', 'up/tts-1'), ask, 200],
  ['a pattern of the listed models only', models('up/m'), ask, 422],
  ['a pattern of the listed models, no body', models('up/m'), undefined, 200],
  ['a pattern of the listed models, a body without a model', models('up/m'), { endpoint: '/v1/x' }, 422],
  ['a pattern that leaves out a listed model', models('up/tts-1'), ask, 422],
  ['an exception, and a body that does not say which', models('!up/gpt-3*'), { endpoint: '/v1/x' }, 422],
  ['an exception of the model', models('!up/tts*'), ask, 422],
  ['an exception of another provider', models('!work/*'), { endpoint: '/v1/x' }, 200],
  ['a fact that nobody knows of the model', { require: { region: ['eu'] } }, ask, 422],
  ['a fact of all listed models, no body', { require: { tools: true } }, undefined, 200],
  ['a bound on cost, which nobody can estimate', { max: { cost_usd: 1 } }, undefined, 422],
])('a key with %s', async (_name, routing, body, status, path = '/v1/audio/speech') => {
  await start(json, { keys: [key('team', routing)] })
  const headers = { ...named, authorization: 'Bearer team', 'content-type': 'application/json' }
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await call(path, init)
  expect(response.status).toBe(status)
  expect(up()?.requests).toHaveLength(status === 200 ? 1 : 0)
  if (status === 422) expect(await response.json()).toMatchObject({ error: { code: 'no_feasible_model' } })
})

test('a repeated model member cannot hide the one that is asked', async () => {
  await start(json, { keys: [key('team', models('up/m'))] })
  const headers = { ...named, authorization: 'Bearer team', 'content-type': 'application/json' }
  await call('/v1/audio/speech', { method: 'POST', headers, body: '{"model":"forbidden","model":"m"}' })
  expect(up()?.requests[0]?.body.toString()).toBe('{"model":"m","model":"m"}')
})
