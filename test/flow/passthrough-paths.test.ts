import { expect, test } from 'vitest'
import { json, named, twoProviders } from './two-providers.ts'

// Which paths are passed on, and which are not: those that are nearly the gateway's own, and those that lead out of /v1.

const { start, up, call, bare } = twoProviders()

test('a path that misses the gateway’s own by its slashes, case or encoding goes to nobody', async () => {
  await start(json)
  const paths = [
    '/v1/chat/completions/',
    '/v1//chat/completions',
    '/v1/Chat/Completions',
    '/v1/chat%2fcompletions',
    '/v1/chat%252fcompletions',
    '/v1/chat/completions;a=b',
    '/v1/chat/completions%20',
  ]
  const body = JSON.stringify({ model: 'up/m', messages: [] })
  for (const path of paths) {
    const response = await call(path, {
      method: 'POST',
      headers: { ...named, 'content-type': 'application/json' },
      body,
    })
    expect([path, response.status]).toEqual([path, 404])
    expect(await response.text()).toContain('Did you mean /v1/chat/completions?')
  }
  const doubled = await call('/v1/v1/messages', { method: 'POST', headers: named, body })
  expect([doubled.status, await doubled.text()]).toEqual([404, expect.stringContaining('Did you mean /v1/messages?')])
  expect((await call('/v1/messages/', { method: 'POST', headers: named, body })).status).toBe(404)
  expect(up()?.requests).toHaveLength(0)
  expect((await call('/v1/chat/completions/c_1%2f2', { headers: named })).status).toBe(200)
})

test('the gateway’s own paths stay its own, unless a provider is named for another method', async () => {
  await start(json)
  expect((await call('/v1/chat/completions')).status).toBe(405)
  expect((await call('/v1/models', { headers: named })).status).toBe(200)
  expect(up()?.requests).toHaveLength(0)
  expect((await call('/v1/chat/completions?limit=1', { headers: named })).status).toBe(200)
  expect(up()?.requests[0]).toMatchObject({ method: 'GET', path: '/v1/chat/completions?limit=1' })
})

test.each([
  '/v1/files/..%2f..%2fadmin',
  '/v1/files/%2e%2e%2fadmin',
  '/v1/files/%252e%252e%252fadmin',
  '/v1/files/..%5cadmin',
  '/v1/files/..;/admin',
  '/v1/files/%00',
  '/v1/files/../organization/x',
  '/v1/./files',
  '/v1/files/..',
  '/x/../v1/files',
  '/../v1/files',
])('%s is refused', async (path) => {
  await start(json)
  expect(await bare(path)).toBe(400)
  expect(up()?.requests).toHaveLength(0)
})

test('what is encoded without leading out stays as it is written', async () => {
  await start(json)
  const path = '/v1/files/org%2Fname%20%C3%A9/..x?q=%2e%2e%2f..'
  expect((await call(path, { headers: named })).status).toBe(200)
  expect(up()?.requests[0]?.path).toBe(path)
})

test('plain dot segments lead out of /v1 here already', async () => {
  await start(json)
  expect(await bare('/v1/files/../../admin')).toBe(404)
  expect(up()?.requests).toHaveLength(0)
})
