import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, chunk, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const TEXT = {
  id: 'cmpl-7',
  object: 'text_completion',
  created: 1,
  model: 'm',
  choices: [{ text: ' there', index: 0, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
}

const texts = (...said: string[]) =>
  said.map(
    (text) =>
      `data: ${JSON.stringify({ ...TEXT, choices: [{ text, index: 0, logprobs: null, finish_reason: null }], usage: null })}\n\n`,
  )

type Answering = Parameters<typeof startCaptureUpstream>[0]

/** Answers chats as chats and completions as completions, as asked. */
const both: Answering = (response, { path, body }) => {
  const isStream = body.includes('"stream":true')
  response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' })
  if (path === '/v1/completions') {
    const end = `data: ${JSON.stringify(TEXT)}\n\ndata: [DONE]\n\n`
    response.end(isStream ? texts('Hel', 'lo').join('') + end : JSON.stringify(TEXT))
  } else {
    const usage = `data: ${JSON.stringify({ ...COMPLETION, choices: [], object: 'chat.completion.chunk' })}\n\n`
    const stream = `${chunk('Hello')}${chunk(' there', 'stop')}${usage}data: [DONE]\n\n`
    response.end(isStream ? stream : JSON.stringify(COMPLETION))
  }
}

async function start(provider: string, answer: Answering = both, models = ['m']): Promise<OpenAI> {
  upstream = await startCaptureUpstream(answer)
  gateway = await startGateway({ models, upstream: upstream.url, provider })
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'x', maxRetries: 0 })
}

const post = (body: unknown): Promise<Response> =>
  fetch(`${gateway?.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const sent = (index: number) => ({
  path: upstream?.requests[index]?.path,
  body: JSON.parse(upstream?.requests[index]?.body.toString() ?? '') as Record<string, unknown>,
})

test('a named model whose provider serves completions gets the bytes, and so does the client', async () => {
  await start('vllm')
  const body =
    '{ "prompt" : ["caf\\u00e9", "b"], "echo": true, "seed": 12345678901234567890, "logprobs": 2, "suffix":"x", "model":"up/m" }'
  const response = await post(body)
  expect(await response.json()).toEqual(TEXT)
  expect(upstream?.requests[0]?.path).toBe('/v1/completions')
  expect(upstream?.requests[0]?.body.toString()).toBe(body.replace('"up/m"', '"m"'))
  expect(response.headers.get('x-route-losses')).toBeNull()
  await eventually('the log line', () => gateway?.log.some((line) => line['endpoint'] === 'completions') === true)
  expect(gateway?.log.find((line) => line['endpoint'] === 'completions')).toMatchObject({
    target: 'up/m',
    tokens_in: 3,
    tokens_out: 1,
  })
})

test('a native stream is forwarded as it is', async () => {
  await start('vllm')
  const response = await post({ model: 'up/m', prompt: 'a', stream: true })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(await response.text()).toBe(`${texts('Hel', 'lo').join('')}data: ${JSON.stringify(TEXT)}\n\ndata: [DONE]\n\n`)
})

test.each([false, true])('an empty native completion is an answer (stream: %s)', async (stream) => {
  const empty = { ...TEXT, choices: [{ text: '', index: 0, logprobs: null, finish_reason: 'stop' }] }
  await start('llama-cpp', (response) => {
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
    response.end(stream ? `data: ${JSON.stringify(empty)}\n\ndata: [DONE]\n\n` : JSON.stringify(empty))
  })
  const response = await post({ model: 'up/m', prompt: 'a', stream })
  expect(response.status).toBe(200)
  expect(await response.text()).toContain('"finish_reason":"stop"')
})

test('OpenAI’s instruct models are asked natively, its chat models as chats', async () => {
  const client = await start('openai', both, ['gpt-3.5-turbo-instruct', 'gpt-5-mini'])
  await client.completions.create({ model: 'up/gpt-3.5-turbo-instruct', prompt: 'a' })
  await client.completions.create({ model: 'up/gpt-5-mini', prompt: 'a' })
  expect([sent(0).path, sent(1).path]).toEqual(['/v1/completions', '/v1/chat/completions'])
})

test('elsewhere the prompt is a user’s message, and what no chat has is said to be lost', async () => {
  const client = await start('openai-compatible')
  const { data, response } = await client.completions
    .create({
      model: 'up/m',
      prompt: ['Say hello'],
      max_tokens: 9,
      temperature: 0,
      stop: ['\n'],
      seed: 5,
      user: 'u',
      suffix: 'end',
      echo: true,
      best_of: 2,
      logprobs: 3,
    })
    .withResponse()
  expect(data).toMatchObject({
    object: 'text_completion',
    model: 'up/m',
    choices: [{ text: 'Hello there', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: COMPLETION.usage,
  })
  expect(sent(0)).toMatchObject({
    path: '/v1/chat/completions',
    body: {
      model: 'm',
      messages: [{ role: 'user', content: 'Say hello' }],
      temperature: 0,
      stop: ['\n'],
      seed: 5,
      user: 'u',
    },
  })
  const { max_tokens: old, max_completion_tokens: limit } = sent(0).body
  expect(old ?? limit).toBe(9)
  expect(response.headers.get('x-route-losses')?.split(', ').sort()).toEqual(['best_of', 'echo', 'logprobs', 'suffix'])
})

test('what asks for nothing is no loss', async () => {
  await start('openai-compatible')
  const response = await post({
    model: 'up/m',
    prompt: 'a',
    suffix: null,
    echo: false,
    best_of: 1,
    logprobs: null,
    n: 1,
  })
  expect([response.status, response.headers.get('x-route-losses')]).toEqual([200, null])
})

test('auto is routed and asked as a chat, also at a provider that serves completions', async () => {
  const client = await start('vllm')
  const { data, response } = await client.completions.create({ model: 'auto:cheap', prompt: 'Hi' }).withResponse()
  expect(data.choices[0]?.text).toBe('Hello there')
  expect(response.headers.get('x-route-policy')).toBe('cheap')
  expect(sent(0)).toMatchObject({
    path: '/v1/chat/completions',
    body: { messages: [{ role: 'user', content: 'Hi' }] },
  })
})

test('a model that fails is replaced by the next, as in chats', async () => {
  const client = await start(
    'vllm',
    (response, captured) => {
      if (captured.body.includes('"m"')) response.writeHead(500).end()
      else both(response, captured)
    },
    ['m', 'second'],
  )
  const { data, response } = await client.completions.create({ model: 'auto', prompt: 'Hi' }).withResponse()
  expect(data.choices[0]?.text).toBe('Hello there')
  expect(response.headers.get('x-route-model')).toBe('up/second')
})

test('a translated stream is text_completion events, one finish, usage when asked, [DONE]', async () => {
  const client = await start('openai-compatible')
  const stream = await client.completions.create({
    model: 'auto',
    prompt: 'Hi',
    stream: true,
    stream_options: { include_usage: true },
  })
  const seen: OpenAI.Completion[] = []
  for await (const event of stream) seen.push(event)
  expect(seen.every(({ object, id }) => object === 'text_completion' && id === 'chatcmpl-1')).toBe(true)
  expect(seen.map(({ choices }) => choices[0]?.text)).toEqual(['Hello', ' there', '', undefined])
  expect(seen.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, 'stop', undefined])
  expect(seen.at(-1)?.usage).toMatchObject(COMPLETION.usage)
  const raw = await (await post({ model: 'auto', prompt: 'Hi', stream: true })).text()
  expect(raw.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(raw).not.toContain('"usage"')
})

test('a translated stream that breaks ends with an error and no [DONE]', async () => {
  await start('openai-compatible', (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk('Hello'), () => setImmediate(() => response.destroy()))
  })
  const raw = await (await post({ model: 'up/m', prompt: 'Hi', stream: true })).text()
  expect(raw).toContain('"text":"Hello"')
  expect(raw).toContain('stream_interrupted')
  expect(raw).not.toContain('[DONE]')
})

test.each([[['a', 'b']], [[1, 2, 3]], [[[1], [2]]]])(
  'the prompt %j is a 400 where the model is asked as a chat',
  async (prompt) => {
    await start('openai-compatible')
    for (const model of ['up/m', 'auto']) {
      const response = await post({ model, prompt })
      expect([model, response.status]).toEqual([model, 400])
      expect(await response.json()).toMatchObject({ error: { code: 'invalid_request', param: 'prompt' } })
    }
    expect(upstream?.requests).toHaveLength(0)
  },
)

test.each([
  [{ prompt: 'a' }, 'model'],
  [{ model: 'auto' }, 'prompt'],
  [{ model: 'auto', prompt: 5 }, 'prompt'],
  [{ model: 'auto', prompt: 'a', max_tokens: 'many' }, 'max_tokens'],
  [{ model: 'auto', prompt: 'a', stop: [1] }, 'stop'],
])('%j is a 400 that names %s', async (body, param) => {
  await start('vllm')
  const response = await post(body)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { param } })
})

test('a model that must lose nothing is not asked as a chat what no chat can say', async () => {
  await start('openai-compatible')
  const lossless = { routing: { require: { lossless: true } } }
  expect((await post({ model: 'auto', prompt: 'a', ...lossless })).status).toBe(200)
  expect((await post({ model: 'auto', prompt: 'a', echo: true, ...lossless })).status).toBe(422)
})
