import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RemoteModel, Tensors } from '../../../core/ports.ts'
import { createOpenInferenceClient, type OpenInferenceClient } from './open-inference.ts'

// What a server may answer that MLServer never does; the protocol itself is proved on MLServer in test/serving.

type Seen = {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, unknown>
  readonly body: unknown
}

let server: Server
let url = ''
let answer = ''
let status = 200
const seen: Seen[] = []
const clients: OpenInferenceClient[] = []

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    })
    response.writeHead(status).end(answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
})
afterEach(async () => {
  seen.length = 0
  status = 200
  await Promise.all(clients.splice(0).map((client) => client.close()))
})
afterAll(() => server.close())

const inputs: Tensors = { input_ids: { type: 'int64', data: BigInt64Array.of(101n, 102n), dims: [1, 2] } }
const signal = new AbortController().signal

function client(settings: Partial<RemoteModel> = {}): OpenInferenceClient {
  const remote = { url, model: 'm', headers: {}, timeoutMs: 1_000, maxConcurrent: 1, maxBatch: 1, ...settings }
  const created = createOpenInferenceClient(remote)
  clients.push(created)
  return created
}

const outputs = (output: unknown): string => JSON.stringify({ model_name: 'm', outputs: [output] })
const embedding = { name: 'embedding', shape: [1, 2], datatype: 'FP32', data: [0.5, -1] }

test('a call is the protocol’s JSON at the server’s prefix, with the configured headers', async () => {
  answer = outputs(embedding)
  const given = await client({ url: `${url}/gpu`, headers: { authorization: 'Bearer s' } }).infer(inputs, signal)
  expect(given).toEqual({ embedding: { type: 'float32', data: Float32Array.of(0.5, -1), dims: [1, 2] } })
  expect(seen).toMatchObject([
    {
      method: 'POST',
      url: '/gpu/v2/models/m/infer',
      headers: { authorization: 'Bearer s', 'content-type': 'application/json' },
      body: { inputs: [{ name: 'input_ids', shape: [1, 2], datatype: 'INT64', data: [101, 102] }] },
    },
  ])
})

test('readiness is asked of the server; a redirect is not followed', async () => {
  answer = ''
  await client().ready(signal)
  expect(seen).toMatchObject([{ method: 'GET', url: '/v2/health/ready' }])
  status = 302
  await expect(client().ready(signal)).rejects.toThrow('GET /v2/health/ready answered 302')
})

test('nested data is read, other datatypes are left out', async () => {
  answer = JSON.stringify({
    outputs: [
      { ...embedding, data: [[0.5, -1]] },
      { name: 'words', shape: [1], datatype: 'BYTES', data: [1] },
      { name: 'ids', shape: [1], datatype: 'INT64', data: [7] },
    ],
  })
  expect(await client().infer(inputs, signal)).toEqual({
    embedding: { type: 'float32', data: Float32Array.of(0.5, -1), dims: [1, 2] },
    ids: { type: 'int64', data: BigInt64Array.of(7n), dims: [1] },
  })
})

describe('an answer that is not what the protocol says is an error', () => {
  test.each([
    ['no JSON', '<html>', 'JSON'],
    ['no outputs', '{}', 'no outputs'],
    ['fewer numbers than its shape', outputs({ ...embedding, shape: [2, 2] }), '2 numbers for 4'],
    ['text for numbers', outputs({ ...embedding, data: ['0.5', '-1'] }), 'lacks its name, its shape or its data'],
    ['binary data elsewhere', outputs({ ...embedding, data: undefined }), 'lacks its name, its shape or its data'],
    ['an answer without end', ' '.repeat(9 * 1024 * 1024), 'longer than'],
  ])('%s', async (_, text, reason) => {
    answer = text
    await expect(client().infer(inputs, signal)).rejects.toThrow(reason)
  })
})
