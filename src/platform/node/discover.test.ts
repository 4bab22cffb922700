import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Provider } from '../../core/provider.ts'
import { bearerPost, defineProvider } from '../../core/provider.ts'
import { providers } from '../../providers/index.ts'
import { discover } from './discover.ts'

// Local servers are looked for at their usual ports; here one of our own stands at a free port instead.

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function localServer(answer: string | undefined, status = 200): Promise<Map<string, Provider>> {
  const server = createServer((incoming, outgoing) => {
    if (answer === undefined) return
    outgoing.statusCode = incoming.url === '/v1/models' ? status : 404
    outgoing.end(answer)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const provider = defineProvider({
    id: 'ollama',
    format: 'openai-chat',
    baseUrl: `http://127.0.0.1:${port}/v1`,
    keyVariable: undefined,
    isLocal: true,
    authorize: (call) => bearerPost(call, '/chat/completions'),
  })
  return new Map([[provider.id, provider]])
}

test('the models of a local server are found', async () => {
  const answer = '{"object":"list","data":[{"id":"llama3.1:8b","object":"model"},{"id":"qwen3:4b"}]}'
  expect(await discover(await localServer(answer), {})).toEqual({
    providers: { ollama: {} },
    models: ['ollama/llama3.1:8b', 'ollama/qwen3:4b'],
  })
})

test.each([
  ['is silent', undefined, 200],
  ['is no model server', '<html>It works!</html>', 200],
  ['lists nothing', '{"data":[]}', 200],
  ['lists something else', '{"data":[1,null,{"name":"x"}]}', 200],
  ['answers null', 'null', 200],
  ['refuses', '{"data":[{"id":"a"}]}', 401],
])('what %s at the usual port is left alone', async (_what, answer, status) => {
  expect(await discover(await localServer(answer, status), {})).toEqual({ providers: {}, models: [] })
})

test('nobody at the usual port is left alone', async () => {
  const provider = await localServer('{}')
  servers[0]?.close()
  expect(await discover(provider, {})).toEqual({ providers: {}, models: [] })
})

test('a key in the environment is found by reference, an empty one is none', async () => {
  const remote = new Map([...providers].filter(([, provider]) => provider.isLocal !== true))
  const found = await discover(remote, { GROQ_API_KEY: 'gsk-secret', MISTRAL_API_KEY: '' })
  expect(found).toEqual({ providers: { groq: { key: 'env:GROQ_API_KEY' } }, models: [] })
})

test('every provider with a key of its own is found by it, and by nothing else', async () => {
  const hosted = [...providers.values()].filter((one) => one.keyVariable !== undefined && one.baseUrl !== undefined)
  expect(hosted.length).toBeGreaterThan(10)
  for (const { id, keyVariable = '' } of hosted) {
    const found = await discover(new Map(hosted.map((one) => [one.id, one])), { [keyVariable]: 'sk-1' })
    expect(found).toEqual({ providers: { [id]: { key: `env:${keyVariable}` } }, models: [] })
  }
})
