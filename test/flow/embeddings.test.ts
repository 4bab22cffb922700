import { createHash } from 'node:crypto'
import { GoogleGenAI } from '@google/genai'
import { CohereClientV2 } from 'cohere-ai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import type { Directives } from '../../src/core/directives.ts'
import { bearerPost, defineProvider } from '../../src/core/provider.ts'
import type { WireFormatId } from '../../src/core/request.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

type Answering = Parameters<typeof startCaptureUpstream>[0]

const VECTORS = [
  [0.5, -0.25, 0.125],
  [1, 2, -3],
]

/** OpenAI's answer, with as many embeddings as there are inputs. */
const openai: Answering = (response, { body }) => {
  const { input, encoding_format: encoding } = JSON.parse(body.toString()) as {
    input: unknown
    encoding_format?: string
  }
  const count = Array.isArray(input) && typeof input[0] !== 'number' ? input.length : 1
  const data = VECTORS.slice(0, count).map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: encoding === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector,
  }))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ object: 'list', data, model: 'x', usage: { prompt_tokens: 7, total_tokens: 7 } }))
}

async function start(answer: Answering, options: Partial<Parameters<typeof startGateway>[0]> = {}): Promise<OpenAI> {
  upstream = await startCaptureUpstream(answer)
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, ...options })
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'team', maxRetries: 0 })
}

/** A gateway whose provider `up` stands for a service of this format at `path`. */
async function startSpeaking(format: WireFormatId, path: string, answer: Answering): Promise<OpenAI> {
  const provider = defineProvider({
    id: format,
    format,
    baseUrl: undefined,
    keyVariable: undefined,
    authorize: bearerPost,
  })
  upstream = await startCaptureUpstream(answer)
  gateway = await startGateway({
    models: ['m'],
    upstream: upstream.url,
    more: { there: { upstream: upstream.url.replace('/v1', path), provider } },
  })
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'team', maxRetries: 0 })
}

const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway?.url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const logged = async () => {
  await eventually('the log line', () => gateway?.log.some((line) => line['endpoint'] === 'embeddings') === true)
  return gateway?.log.find((line) => line['endpoint'] === 'embeddings')
}

test('a model that is not listed goes to the provider before its name, byte for byte but for the model', async () => {
  await start(openai)
  const body =
    '{ "input" : ["caf\\u00e9", "☕"],\n "dimensions": 3, "big": 12345678901234567890, "routing": {}, "model":"up/text-embedding-3-small" }'
  const response = await post(body, { authorization: 'Bearer client-key' })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ data: [{ embedding: VECTORS[0] }, { embedding: VECTORS[1] }] })
  const [request] = upstream?.requests ?? []
  expect(request?.path).toBe('/v1/embeddings')
  expect(request?.headers['authorization']).toBe('Bearer upstream-key')
  expect(request?.body.toString()).toBe(
    body.replace('"up/text-embedding-3-small"', '"text-embedding-3-small"').replace(' "routing": {},', ''),
  )
  expect(response.headers.get('x-route-model')).toBe('up/text-embedding-3-small')
})

test('the OpenAI SDK gets numbers, whether it asks for base64 as it does by itself or for floats', async () => {
  const client = await start(openai)
  const itself = await client.embeddings.create({ model: 'up/e', input: ['a', 'b'] })
  expect(JSON.parse(upstream?.requests[0]?.body.toString() ?? '')).toMatchObject({ encoding_format: 'base64' })
  expect(itself.data.map(({ embedding }) => [...embedding])).toEqual(VECTORS)
  const floats = await client.embeddings.create({ model: 'up/e', input: [1, 2, 3], encoding_format: 'float' })
  expect(floats.data[0]?.embedding).toEqual(VECTORS[0])
  expect(floats.usage).toEqual({ prompt_tokens: 7, total_tokens: 7 })
})

test('tokens and cost are written down, by the price of the model', async () => {
  const client = await start(openai, { facts: { price_in: 2 } })
  await client.embeddings.create({ model: 'up/m', input: 'a' })
  expect(await logged()).toMatchObject({
    asked: 'up/m',
    target: 'up/m',
    status: 200,
    outcome: 'complete',
    tokens_in: 7,
    tokens_out: 0,
    cost_usd: (7 * 2) / 1e6,
  })
  const metrics = await (await fetch(`${gateway?.url}/metrics`)).text()
  expect(metrics).toMatch(/thalamus_requests_total\{endpoint="embeddings",model="up\/m",status="200"\} 1/)
  expect(metrics).toMatch(/thalamus_tokens_total\{model="up\/m",kind="input"\} 7/)
})

test('a model that is not listed costs what the catalogue says', async () => {
  const client = await start(openai, { embeddings: { 'up/e': { price_in: 3 } } })
  await client.embeddings.create({ model: 'up/e', input: 'a' })
  expect(await logged()).toMatchObject({ target: 'up/e', cost_usd: (7 * 3) / 1e6 })
})

test('a listed embedding model is no candidate for auto', async () => {
  upstream = await startCaptureUpstream((response) => response.end('{}'))
  const more = {
    e: { upstream: upstream.url, models: ['cheapest'], facts: { price_in: 0, modalities_out: ['embedding'] } },
  } as const
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, more })
  const response = await fetch(`${gateway.url}/v1/route`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto:cheap', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  const { candidates } = (await response.json()) as { candidates: { model: string }[] }
  expect(candidates.map(({ model }) => model)).toEqual(['up/m'])
})

test('an alias names a model; auto and pools do not', async () => {
  const client = await start(openai, { aliases: { embed: 'up/m' } })
  await client.embeddings.create({ model: 'embed', input: 'a' })
  expect(JSON.parse(upstream?.requests[0]?.body.toString() ?? '')).toMatchObject({ model: 'm' })
  // The gateway of these tests has the alias gpt-4o for auto.
  for (const model of ['auto', 'auto:cheap', 'auto/pool', 'gpt-4o']) {
    const response = await post({ model, input: 'a' })
    expect([model, response.status]).toEqual([model, 400])
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_request', param: 'model' } })
  }
  expect(upstream?.requests).toHaveLength(1)
})

test.each([
  ['upp/e', /no provider \\"upp\\"\. Did you mean \\"up\\"/],
  [
    'text-embedding-3-small',
    /names no provider\. Did you mean \\"up\/text-embedding-3-small\\"\? Write the model as PROVIDER\/MODEL\. Configured: up/,
  ],
  ['up/', /PROVIDER\/MODEL/],
])('%s is a 404 that says what is there', async (model, message) => {
  await start(openai)
  const response = await post({ model, input: 'a' })
  expect(response.status).toBe(404)
  expect(await response.text()).toMatch(message)
})

test.each([
  [{ model: 'up/e' }, 'input'],
  [{ model: 'up/e', input: [] }, 'input'],
  [{ model: 'up/e', input: ['a', 3] }, 'input[1]'],
  [{ model: 'up/e', input: 'a', encoding_format: 'hex' }, 'encoding_format'],
  [{ model: 'up/e', input: 'a', dimensions: 'many' }, 'dimensions'],
  [{ input: 'a' }, 'model'],
])('%j is a 400 that names %s', async (body, param) => {
  await start(openai)
  const response = await post(body)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { param } })
})

test('a refusal comes in the upstream’s words, and its own name of the model is no label', async () => {
  await start((response) => {
    response.writeHead(429, { 'retry-after': '70', 'content-type': 'application/json' })
    response.end('{"error":{"message":"Slow down","code":"rate_limit_exceeded"}}')
  })
  const response = await post({ model: 'up/invented', input: 'a' })
  expect(response.status).toBe(429)
  expect(response.headers.get('retry-after')).toBe('70')
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_rate_limited', message: 'Slow down' } })
  expect(await logged()).toMatchObject({ status: 429, asked: 'up/invented' })
  expect(await (await fetch(`${gateway?.url}/metrics`)).text()).not.toContain('invented')
})

test('an answer that is no list of embeddings is a 502', async () => {
  await start((response) => response.end('{"object":"error"}'))
  const response = await post({ model: 'up/e', input: 'a' })
  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_malformed' } })
})

test('a client that leaves closes the upstream’s socket and is no failure of the model', async () => {
  await start(() => undefined)
  const abort = new AbortController()
  const pending = fetch(`${gateway?.url}/v1/embeddings`, {
    method: 'POST',
    body: '{"model":"up/e","input":"a"}',
    signal: abort.signal,
  })
  await eventually('the upstream to be asked', () => upstream?.requests.length === 1)
  abort.abort()
  await expect(pending).rejects.toThrow()
  await eventually('the upstream’s socket to close', () => upstream?.closed() === 1)
  expect(await logged()).toMatchObject({ status: 499 })
  expect(gateway?.log.some((line) => line.event === 'attempt_failed')).toBe(false)
})

test('an upstream that does not answer is a 504', async () => {
  await start(() => undefined, { timeouts: { totalMs: 100 } })
  expect((await post({ model: 'up/e', input: 'a' })).status).toBe(504)
})

function key(routing: Directives) {
  const sha256 = new Uint8Array(createHash('sha256').update('team').digest())
  return { name: 'team', sha256, routing, promptFlags: 'off' as const }
}

test.each<[string, Directives, string, number]>([
  ['no limits', {}, 'up/e', 200],
  ['a pattern that admits it', { models: [['up/e*']] }, 'up/e', 200],
  ['a pattern that does not', { models: [['up/other']] }, 'up/e', 422],
  ['a fact that is unknown', { require: { region: ['eu'] } }, 'up/e', 422],
  ['a fact that is known', { require: { tools: true } }, 'up/m', 200],
  ['a bound that the dearest reading keeps', { max: { cost_usd: 0.001 } }, 'up/m', 200],
  ['a bound that it might not keep', { max: { cost_usd: 0.00001 } }, 'up/m', 422],
  ['a bound, and no price', { max: { cost_usd: 1 } }, 'up/e', 422],
])('a key with %s', async (_name, routing, model, status) => {
  await start(openai, { keys: [key(routing)] })
  const response = await post({ model, input: 'a' }, { authorization: 'Bearer team' })
  expect(response.status).toBe(status)
  expect(upstream?.requests).toHaveLength(status === 200 ? 1 : 0)
})

test('limits of the header and the body hold as well', async () => {
  await start(openai)
  expect((await post({ model: 'up/e', input: 'a' }, { 'x-route': 'require.region=("eu")' })).status).toBe(422)
  expect((await post({ model: 'up/e', input: 'a', routing: { models: ['other/*'] } })).status).toBe(422)
})

// What other services are sent is compared with what their own SDK sends for the same.

const input = ['first', 'second']
const dimensions = 256

test('Gemini is asked as its SDK asks', async () => {
  const client = await startSpeaking('gemini-generate', '/v1beta', (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ embeddings: VECTORS.map((values) => ({ values })) }))
  })
  const answer = await client.embeddings.create({ model: 'there/gemini-embedding-001', input, dimensions })
  expect(answer.data.map(({ embedding }) => [...embedding])).toEqual(VECTORS)
  const sdk = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: upstream?.url.replace('/v1', '') ?? '' } })
  await sdk.models.embedContent({
    model: 'gemini-embedding-001',
    contents: input,
    config: { outputDimensionality: dimensions },
  })
  await client.embeddings.create({
    model: 'there/e',
    input,
    input_type: 'search_query',
  } as OpenAI.EmbeddingCreateParams)
  await sdk.models.embedContent({ model: 'e', contents: input, config: { taskType: 'RETRIEVAL_QUERY' } })
  const sent = upstream?.requests.map(({ path, body }) => [path, withoutRoles(JSON.parse(body.toString()))]) ?? []
  expect(sent[0]).toEqual(sent[1])
  expect(sent[2]).toEqual(sent[3])
})

/** The SDK says whose the texts are, which the service does not read. */
function withoutRoles(body: { requests: { content: { role?: string } }[] }): unknown {
  for (const { content } of body.requests) delete content.role
  return body
}

test('Cohere is asked as its SDK asks, for documents unless told otherwise', async () => {
  const client = await startSpeaking('cohere-chat', '', (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const meta = { billed_units: { input_tokens: 5 } }
    response.end(JSON.stringify({ id: '1', response_type: 'embeddings_by_type', embeddings: { float: VECTORS }, meta }))
  })
  const model = 'there/embed-v4.0'
  const answer = await client.embeddings.create({ model, input, dimensions, user: 'u' }).withResponse()
  expect(answer.data.data.map(({ embedding }) => [...embedding])).toEqual(VECTORS)
  expect(answer.data.usage).toEqual({ prompt_tokens: 5, total_tokens: 5 })
  expect(answer.response.headers.get('x-route-losses')).toBe('user')
  const receipt = await fetch(`${gateway?.url}/v1/decisions/${answer.response.headers.get('x-route-id')}`, {
    headers: { authorization: 'Bearer team' },
  })
  expect(await receipt.json()).toMatchObject({
    model,
    reason: 'named by the caller',
    losses: { model, list: [{ path: 'user' }] },
  })
  const sdk = new CohereClientV2({ token: 'k', environment: upstream?.url.replace('/v1', '') ?? '' })
  const asked = { model: 'embed-v4.0', texts: input, embeddingTypes: ['float' as const] }
  await sdk.embed({ ...asked, inputType: 'search_document', outputDimension: dimensions })
  await client.embeddings.create({ model, input, input_type: 'search_query' } as OpenAI.EmbeddingCreateParams)
  await sdk.embed({ ...asked, inputType: 'search_query' })
  const sent = upstream?.requests.map(({ path, body }) => [path, JSON.parse(body.toString())]) ?? []
  expect(sent[0]).toEqual(sent[1])
  expect(sent[2]).toEqual(sent[3])
})

test('more texts than Cohere takes at once are asked in turns, and come back in order', async () => {
  const client = await startSpeaking('cohere-chat', '', (response, { body }) => {
    const { texts } = JSON.parse(body.toString()) as { texts: string[] }
    const meta = { billed_units: { input_tokens: texts.length } }
    response.end(JSON.stringify({ embeddings: { float: texts.map((text) => [Number(text), 1]) }, meta }))
  })
  const many = Array.from({ length: 200 }, (_, index) => String(index))
  const answer = await client.embeddings.create({ model: 'there/e', input: many, encoding_format: 'float' })
  expect(answer.data.map(({ embedding }) => embedding[0])).toEqual(many.map(Number))
  expect(answer.data.map(({ index }) => index)).toEqual(many.map(Number))
  expect(answer.usage.prompt_tokens).toBe(200)
  const sizes = upstream?.requests.map(({ body }) => (JSON.parse(body.toString()) as { texts: string[] }).texts.length)
  expect(sizes).toEqual([96, 96, 8])
})

test('Ollama is asked as its client asks', async () => {
  const client = await startSpeaking('ollama-chat', '', (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ model: 'e', embeddings: VECTORS, prompt_eval_count: 4 }))
  })
  const answer = await client.embeddings.create({ model: 'there/e', input, dimensions, encoding_format: 'float' })
  expect(answer.data.map(({ embedding }) => embedding)).toEqual(VECTORS)
  expect(answer.usage.prompt_tokens).toBe(4)
  await new Ollama({ host: upstream?.url.replace('/v1', '') ?? '' }).embed({ model: 'e', input, dimensions })
  const sent = upstream?.requests.map(({ path, body }) => [path, JSON.parse(body.toString())]) ?? []
  expect(sent[0]).toEqual(sent[1])
})

test('a service that does not count is counted by the length of the request, and says so', async () => {
  const client = await startSpeaking('gemini-generate', '/v1beta', (response) => {
    response.end(JSON.stringify({ embeddings: [{ values: [1] }] }))
  })
  await client.embeddings.create({ model: 'there/e', input: 'x'.repeat(4_000) })
  const line = await logged()
  expect(line).toMatchObject({ usage_estimated: true, target: 'there/e' })
  expect(line?.['tokens_in']).toBeGreaterThan(1_000)
  expect(line?.['tokens_in']).toBeLessThan(1_100)
})

test('tokens cannot be sent to another tokenizer, and fewer embeddings than inputs are no answer', async () => {
  await startSpeaking('cohere-chat', '', (response) => response.end(JSON.stringify({ embeddings: { float: VECTORS } })))
  const tokens = await post({ model: 'there/e', input: [1, 2, 3] })
  expect([tokens.status, upstream?.requests.length]).toEqual([400, 0])
  expect(await tokens.json()).toMatchObject({ error: { param: 'input' } })
  const short = await post({ model: 'there/e', input: ['a', 'b', 'c'] })
  expect(short.status).toBe(502)
})

test('Mistral is asked by its own names, and for nothing that it does not know', async () => {
  await start(openai, { provider: 'mistral' })
  const body =
    '{ "input": ["caf\\u00e9"], "dimensions":3, "user":"u","input_type": "search_query", "model":"up/codestral-embed" }'
  const response = await post(body)
  expect(response.status).toBe(200)
  const sent = upstream?.requests[0]?.body.toString() ?? ''
  expect(JSON.parse(sent)).toEqual({ model: 'codestral-embed', input: ['café'], output_dimension: 3 })
  expect(sent).toContain('"input":["caf\\u00e9"]')
  expect(response.headers.get('x-route-losses')).toBe('user, input_type')
  const known = '{ "input": ["caf\\u00e9"], "output_dimension":3, "model":"up/codestral-embed" }'
  await post(known)
  expect(upstream?.requests[1]?.body.toString()).toBe(known.replace('up/', ''))
})

test('Vertex AI behind any address is a 400', async () => {
  await start(openai, { provider: 'google-vertex' })
  const response = await post({ model: 'up/text-embedding-005', input: 'a' })
  expect([response.status, upstream?.requests.length]).toEqual([400, 0])
})

test('a provider without embeddings is a 400', async () => {
  await startSpeaking('bedrock-converse', '', openai)
  const response = await post({ model: 'there/e', input: 'a' })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('no way to ask there for embeddings')
})
