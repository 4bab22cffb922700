import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { Captured, CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// Google's own API as the target: of its own clients, byte for byte, and of OpenAI's.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

type Answering = (response: ServerResponse, captured: Captured) => void

async function start(
  answer: Answering,
  models: readonly string[] = ['gemini-3-flash-preview'],
  more: object = {},
): Promise<TestGateway> {
  upstream = await startCaptureUpstream(answer)
  gateway = await startGateway({ models, upstream: `${upstream.url}beta`, provider: 'google', ...more })
  return gateway
}

const USAGE = { promptTokenCount: 3, candidatesTokenCount: 2, thoughtsTokenCount: 5, totalTokenCount: 10 }

function chunk(parts: readonly object[], last: object = {}): string {
  const { usageMetadata, ...candidate } = { usageMetadata: undefined, ...last }
  const body = {
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...candidate }],
    usageMetadata,
    modelVersion: 'm',
  }
  return `data: ${JSON.stringify(body)}\r\n\r\n`
}

const end = { finishReason: 'STOP', usageMetadata: USAGE }

function streaming(...frames: readonly string[]): Answering {
  return (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames.join(''))
}

function gemini(url: string, call: string, body: unknown): Promise<Response> {
  return fetch(`${url}/v1beta/models/${call}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

const asked = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }

test('a client of Gemini reaches Gemini byte for byte, with the operator’s key and not its own', async () => {
  const answer =
    '{ "candidates": [{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}], "usageMetadata":{}, "x": 1.0 }'
  const { url } = await start((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(answer))
  const body =
    '{ "contents":[{"parts":[{"text":"caf\\u00e9"}]}], "generationConfig":{"temperature":1.0}, "routing":{}, "safetySettings":[] }'
  const response = await fetch(`${url}/v1beta/models/up/gemini-3-flash-preview:generateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': 'client-key' },
    body,
  })
  expect(await response.text()).toBe(answer)
  const [request] = upstream?.requests ?? []
  expect(request?.path).toBe('/v1beta/models/gemini-3-flash-preview:generateContent')
  expect(request?.headers['x-goog-api-key']).toBe('upstream-key')
  expect(request?.headers['authorization']).toBeUndefined()
  expect(request?.body.toString()).toBe(body.replace(' "routing":{},', ''))
})

test('a stream of Gemini is forwarded as it came, and its usage is counted', async () => {
  const frames = [chunk([{ text: 'hm', thought: true }]), chunk([{ text: 'Hi' }]), chunk([{ text: '' }], end)]
  const { url, log } = await start(streaming(...frames))
  const response = await gemini(url, 'up/gemini-3-flash-preview:streamGenerateContent?alt=sse', asked)
  expect(await response.text()).toBe(frames.join(''))
  expect(upstream?.requests[0]?.path).toBe('/v1beta/models/gemini-3-flash-preview:streamGenerateContent?alt=sse')
  await eventually('the log line', () => log.some((line) => line.event === 'request'))
  expect(log.find((line) => line.event === 'request')).toMatchObject({
    outcome: 'complete',
    tokens_in: 3,
    // Thoughts are counted beside the answer's tokens, and paid for like them.
    tokens_out: 7,
  })
  expect(log.find((line) => line.event === 'request')?.['usage_estimated']).toBeUndefined()
})

test('the same stream as a list has the same objects, with everything in them', async () => {
  const rated = { ...end, safetyRatings: [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'LOW' }], index: 1 }
  const frames = [
    chunk([{ text: 'Hi' }]),
    chunk([{ executableCode: { language: 'PYTHON', code: 'print(1)' } }], { index: 1 }),
    'data: { "promptFeedback" : {"safetyRatings":[]}, "seed":9007199254740993 }\r\n\r\n',
    chunk([{ text: '' }], rated),
    chunk([{ text: '' }], end),
  ]
  const { url, log } = await start(streaming(...frames))
  const response = await gemini(url, 'up/gemini-3-flash-preview:streamGenerateContent', asked)
  expect(response.headers.get('content-type')).toContain('application/json')
  expect(await response.text()).toBe(`[${frames.map((frame) => frame.slice(6).trimEnd()).join(',\r\n')}]`)
  await eventually('the log line', () => log.some((line) => line.event === 'request'))
  expect(log.find((line) => line.event === 'request')).toMatchObject({ outcome: 'complete', tokens_out: 7 })
})

test('a stream that breaks off ends with an error and no finish', async () => {
  const { url } = await start(streaming(chunk([{ text: 'Hi' }])))
  for (const query of ['?alt=sse', '']) {
    const response = await gemini(url, `up/gemini-3-flash-preview:streamGenerateContent${query}`, asked)
    const text = await response.text()
    const last = query === '' ? JSON.parse(text).at(-1) : JSON.parse(text.trimEnd().split('data: ').at(-1) ?? '')
    expect(last.error.details[0].reason).toBe('stream_interrupted')
    expect(text).not.toContain('finishReason')
  }
})

test('an error in the middle of a stream is the last thing said', async () => {
  const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }
  let answer: ServerResponse | undefined
  const { url } = await start((response) => {
    answer = response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk([{ text: 'Hi' }]))
  })
  // The head comes with the first part, so that what follows cannot be taken back.
  const response = await gemini(url, 'up/gemini-3-flash-preview:streamGenerateContent?alt=sse', asked)
  answer?.end(`data: ${JSON.stringify(error)}\n\n`)
  const frames = (await response.text()).trimEnd().split(/\r?\n\r?\n/)
  expect(frames).toHaveLength(2)
  expect(JSON.parse(frames[1]?.slice(6) ?? '').error).toMatchObject({ code: 503, status: 'UNAVAILABLE' })
})

test('an empty answer is tried elsewhere; a prompt that was blocked is not', async () => {
  const models = ['gemini-empty', 'gemini-good']
  const { url } = await start((response, { path }) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const parts = path.includes('good') ? [{ text: 'Hi' }] : []
    response.end(JSON.stringify({ candidates: [{ content: { parts }, finishReason: 'STOP' }] }))
  }, models)
  const answer = await gemini(url, 'auto:generateContent', asked)
  expect(answer.headers.get('x-route-model')).toBe('up/gemini-good')
  await gateway?.close()
  await upstream?.close()

  const blocked = await start((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 1 } }))
  }, models)
  expect(await (await gemini(blocked.url, 'auto:generateContent', asked)).json()).toMatchObject({
    promptFeedback: { blockReason: 'SAFETY' },
  })
  const chat = await post(blocked.url, { model: 'up/gemini-good', messages: HELLO })
  expect(await chat.json()).toMatchObject({ choices: [{ finish_reason: 'content_filter' }] })
  expect(upstream?.requests).toHaveLength(2)
})

test('code that ran at Google is an answer, not an empty one', async () => {
  const code = [{ executableCode: { language: 'PYTHON', code: 'print(1)' } }]
  const { url } = await start((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ candidates: [{ content: { parts: code }, finishReason: 'STOP' }] }))
  })
  const answer = await gemini(url, 'up/gemini-3-flash-preview:generateContent', asked)
  expect(await answer.json()).toMatchObject({ candidates: [{ content: { parts: code } }] })
})

test('T-32 calls of an earlier model are marked on their way to Gemini 3, from a client of Gemini and from one of OpenAI', async () => {
  const { url } = await start((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }))
  })
  const called = { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'f', args: {} } }] }
  const result = { role: 'user', parts: [{ functionResponse: { id: 'c1', name: 'f', response: { output: 'x' } } }] }
  await gemini(url, 'up/gemini-3-flash-preview:generateContent', { contents: [...asked.contents, called, result] })
  await post(url, {
    model: 'up/gemini-3-flash-preview',
    messages: [
      ...HELLO,
      { role: 'assistant', tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: 'x' },
    ],
  })
  for (const { body } of upstream?.requests ?? []) {
    const { contents } = JSON.parse(body.toString())
    expect(contents[1].parts).toEqual([{ ...called.parts[0], thoughtSignature: 'skip_thought_signature_validator' }])
    expect(contents[2]).toEqual(result)
  }
  expect(upstream?.requests).toHaveLength(2)
})

test('Gemini’s signature of a call goes through a client of OpenAI and back', async () => {
  const signed = { functionCall: { id: 'g1', name: 'f', args: { n: 1 } }, thoughtSignature: 'c2ln' }
  const { url } = await start((response, { path }) => {
    if (path.includes('stream'))
      return streaming(chunk([signed]), chunk([{ text: '' }], end))(response, {
        method: 'POST',
        path,
        headers: {},
        body: Buffer.alloc(0),
      })
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ candidates: [{ content: { parts: [signed] }, finishReason: 'STOP' }] }))
  })
  const model = 'up/gemini-3-flash-preview'
  const answer = (await (await post(url, { model, messages: HELLO })).json()) as Completion
  const [choice] = answer.choices
  expect(choice).toMatchObject({ finish_reason: 'tool_calls' })
  const result = { role: 'tool', tool_call_id: 'g1', content: 'x' }
  await post(url, { model, messages: [...HELLO, choice?.message, result] })
  const { contents } = JSON.parse(upstream?.requests.at(-1)?.body.toString() ?? '')
  expect(contents[1].parts).toEqual([signed])

  const streamed = await (await post(url, { model, messages: HELLO, stream: true })).text()
  expect(streamed).toContain('"thought_signature":"c2ln"')
  expect(streamed).toContain('"finish_reason":"tool_calls"')
})

type Completion = { readonly choices: readonly { readonly message: object; readonly finish_reason: string }[] }

test('embeddings stay where Google serves them in OpenAI’s shape, under OpenAI’s header', async () => {
  const { default: google } = await import('../../src/providers/google.ts')
  const target = {
    id: 'up/e',
    provider: 'up',
    model: 'e',
    format: google.format,
    baseUrl: google.baseUrl,
    catalogId: undefined,
    facts: {},
  }
  const call = {
    target,
    format: google.format,
    stream: false,
    body: '{}',
    secret: 'k',
    headers: {},
    ask: () => Promise.reject(),
    now: 0,
  }
  const { path, headers } = google.authorize({ ...call, operation: { type: 'embeddings' } })
  expect(path).toBe('/v1beta/openai/embeddings')
  expect(headers).toMatchObject({ authorization: 'Bearer k' })
  expect(
    google.authorize({ ...call, operation: { type: 'chat' }, target: { ...target, model: 'models/a/b' } }).path,
  ).toBe('/v1beta/models/a%2Fb:generateContent')
})
