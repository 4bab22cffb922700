import type { ServerResponse } from 'node:http'
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import { providers } from '../../src/providers/index.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, chunk, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'

// Clients of the Responses API, whose targets speak it too (`openai`) or another format.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const HELLO = { type: 'message', role: 'user', content: 'Hello' }
const RESPONSE = { id: 'resp_1', object: 'response', created_at: 1, model: 'm' }
const USAGE = { input_tokens: 3, output_tokens: 2, total_tokens: 5 }
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
}

function frame(type: string, members: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`
}

const CREATED = frame('response.created', { response: { ...RESPONSE, status: 'in_progress', output: [] } })
const DELTA = frame('response.output_text.delta', { item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hi' })
const COMPLETED = frame('response.completed', {
  response: { ...RESPONSE, status: 'completed', output: [MESSAGE], usage: USAGE },
})
const FAILED = frame('response.failed', {
  response: { ...RESPONSE, status: 'failed', error: { code: 'server_error', message: 'It broke.' }, output: [] },
})
const SEARCHING = frame('response.output_item.added', {
  output_index: 0,
  item: { id: 'ws_1', type: 'web_search_call', status: 'in_progress' },
})

type More = {
  readonly more?: (url: string) => Record<string, { upstream: string }>
  readonly [option: string]: unknown
}

async function start(answer: (response: ServerResponse, body: string) => void, given: More = {}): Promise<void> {
  const { more, ...rest } = given
  upstream = await startCaptureUpstream((response, { body }) => answer(response, body.toString()))
  gateway = await startGateway({
    models: ['m'],
    upstream: upstream.url,
    provider: 'openai',
    ...rest,
    more: more?.(upstream.url) ?? {},
  })
}

function streaming(text: string): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(text)
  }
}

function ask(body: object): Promise<Response> {
  return fetch(`${gateway?.url}/v1/responses`, {
    method: 'POST',
    body: JSON.stringify({ model: 'up/m', input: 'Hello', ...body }),
  })
}

function finished(): Record<string, unknown> | undefined {
  return gateway?.log.find((line) => line.event === 'request')
}

test('a stream passes byte for byte, and nothing follows its last event', async () => {
  const text = CREATED + DELTA + COMPLETED
  await start(streaming(text))
  const response = await ask({ stream: true, prompt_cache_key: 'k', tools: [{ type: 'web_search' }] })
  expect(await response.text()).toBe(text)
  expect(upstream?.requests[0]?.path).toBe('/v1/responses')
  expect(JSON.parse(upstream?.requests[0]?.body.toString() ?? '')).toEqual({
    model: 'm',
    input: 'Hello',
    stream: true,
    prompt_cache_key: 'k',
    tools: [{ type: 'web_search' }],
  })
  expect(response.headers.get('x-route-losses')).toBeNull()
  await eventually('the log line', () => finished() !== undefined)
  expect(finished()).toMatchObject({ outcome: 'complete', tokens_in: 3, tokens_out: 2 })
})

test.each([
  ['that stops', ''],
  ['that stops after a [DONE]', 'data: [DONE]\n\n'],
])('a stream %s without its last event is an interruption', async (_, rest) => {
  await start(streaming(CREATED + DELTA + rest))
  const text = await (await ask({ stream: true })).text()
  expect(text.startsWith(CREATED + DELTA)).toBe(true)
  expect(text).not.toContain('response.completed')
  const [name, data] = text.trimEnd().split('\n').slice(-2)
  expect(name).toBe('event: error')
  expect(JSON.parse(data?.slice(6) ?? '')).toMatchObject({ type: 'error', code: 'stream_interrupted' })
  await eventually('the log line', () => finished() !== undefined)
  expect(finished()).toMatchObject({ outcome: 'stream_interrupted' })
})

test('a [DONE] after the last event passes too', async () => {
  const text = `${CREATED}${DELTA}${COMPLETED}data: [DONE]\n\n`
  await start(streaming(text))
  expect(await (await ask({ stream: true })).text()).toBe(text)
})

test.each(['openai', 'openai-compatible'])('the error of a broken stream is numbered on, at %s', async (provider) => {
  const numbered = [CREATED, DELTA].map((text, index) => text.replace('}\n\n', `,"sequence_number":${index + 12}}\n\n`))
  await start(streaming(provider === 'openai' ? numbered.join('') : chunk('Hi')), { provider })
  const data = [...(await (await ask({ stream: true })).text()).matchAll(/^data: (.*)$/gm)].map(([, json = '']) => json)
  const events: { readonly type: string; readonly sequence_number: number }[] = data.map((json) => JSON.parse(json))
  expect(events.length).toBeGreaterThan(2)
  expect(events.at(-1)?.type).toBe('error')
  const [first = 0] = events.map((event) => event.sequence_number)
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => first + index))
})

test('T-05 a response that failed before its first word is asked of the next model', async () => {
  await start(
    (response, body) => streaming(body.includes('"bad"') ? CREATED + FAILED : CREATED + DELTA + COMPLETED)(response),
    {
      models: ['bad', 'good'],
    },
  )
  const response = await ask({ model: 'auto', stream: true })
  expect(await response.text()).toBe(CREATED + DELTA + COMPLETED)
  expect(response.headers.get('x-route-model')).toBe('up/good')
})

test('a tool of the provider’s own is work: its events are not held back until the first word', async () => {
  let answer: ServerResponse | undefined
  await start((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(CREATED + SEARCHING)
    answer = response
  })
  const response = await ask({ stream: true })
  const reader = response.body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(CREATED + SEARCHING)
  answer?.end(DELTA + COMPLETED)
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(DELTA + COMPLETED)
})

test('whole answers pass byte for byte, those without a message too', async () => {
  const shell = {
    id: 'lsh_1',
    type: 'local_shell_call',
    call_id: 'c',
    status: 'completed',
    action: { type: 'exec', command: ['ls'] },
  }
  const answers = [
    { ...RESPONSE, status: 'completed', output: [MESSAGE], usage: USAGE },
    { ...RESPONSE, status: 'completed', output: [shell], usage: USAGE },
    { ...RESPONSE, status: 'queued', background: true, output: [] },
  ]
  await start((response, body) => response.end(JSON.stringify(answers[Number(/"input":"(\d)"/.exec(body)?.[1])])))
  for (const [index, answer] of answers.entries()) {
    expect(await (await ask({ input: String(index) })).json()).toEqual(answer)
  }
})

test('an answer without any output is a failure', async () => {
  await start((response) => response.end(JSON.stringify({ ...RESPONSE, status: 'completed', output: [] })))
  const response = await ask({})
  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_empty' } })
})

test('what a provider keeps is passed through where the format is spoken', async () => {
  await start((response) => response.end(JSON.stringify({ ...RESPONSE, status: 'completed', output: [MESSAGE] })))
  for (const model of ['up/m', 'auto']) {
    expect((await ask({ model, previous_response_id: 'resp_0' })).status).toBe(200)
  }
  expect(upstream?.requests.map(({ body }) => JSON.parse(body.toString()).previous_response_id)).toEqual([
    'resp_0',
    'resp_0',
  ])
})

const openai = providers.get('openai')

test('among models of both kinds, one that keeps what is asked for is chosen', async () => {
  await start((response) => response.end(JSON.stringify({ ...RESPONSE, status: 'completed', output: [MESSAGE] })), {
    provider: 'openai-compatible',
    more: (url: string) => ({ other: { upstream: url, provider: openai, models: ['dear'] } }),
  })
  const response = await ask({ model: 'auto', previous_response_id: 'resp_0' })
  expect(response.headers.get('x-route-model')).toBe('other/dear')
  expect(upstream?.requests.map(({ path }) => path)).toEqual(['/v1/responses'])
})

test.each([
  ['previous_response_id', { previous_response_id: 'resp_0' }],
  ['conversation', { conversation: 'conv_0' }],
  ['prompt', { prompt: { id: 'pmpt_0' } }],
  ['background', { background: true }],
  [
    'input[1]',
    {
      input: [
        { role: 'user', content: 'Hello' },
        { type: 'item_reference', id: 'msg_0' },
      ],
    },
  ],
])('%s is refused where another format is spoken, and the refusal says what to do', async (param, body) => {
  await start((response) => response.end(JSON.stringify(COMPLETION)), { provider: 'openai-compatible' })
  for (const model of ['up/m', 'auto']) {
    const response = await ask({ model, ...body })
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { message: string } }
    expect(error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_request', param })
    expect(error.message).toMatch(/Send|Ask/)
  }
  expect(upstream?.requests).toEqual([])
})

const CALL = { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{}' }
const RESULT = { type: 'function_call_output', call_id: 'c1', output: 'sun' }

function refer(id: string): object {
  return { type: 'item_reference', id }
}

test.each(['openai', 'openai-compatible'])(
  'references to what was said here beside a call are left out and named, at %s',
  async (provider) => {
    await start(
      (response) =>
        response.end(
          JSON.stringify(
            provider === 'openai' ? { ...RESPONSE, status: 'completed', output: [MESSAGE], usage: USAGE } : COMPLETION,
          ),
        ),
      { provider },
    )
    const input = [HELLO, refer('rs_rt_a_0'), refer('msg_rt_a_1'), CALL, RESULT]
    const response = await ask({ model: 'up/m', input })
    expect(response.status).toBe(200)
    const losses = response.headers.get('x-route-losses') ?? ''
    for (const path of ['input[1]', 'input[2]']) expect(losses).toContain(path)
    const sent = JSON.parse(upstream?.requests[0]?.body.toString() ?? '{}')
    if (provider === 'openai') expect(sent.input).toEqual([HELLO, CALL, RESULT])
    else expect(sent.messages).toMatchObject([{ role: 'user' }, { role: 'assistant', content: null }, { role: 'tool' }])
  },
)

test.each(['openai', 'openai-compatible'])(
  'a reference to a whole answer that was made here is refused, at %s',
  async (provider) => {
    await start((response) => response.end('{}'), { provider })
    for (const id of ['msg_rt_a_0', 'ctc_rt_a_0']) {
      const response = await ask({ model: 'up/m', input: [HELLO, refer(id), HELLO] })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        error: { param: 'input[1]', message: expect.stringContaining('store set to false') },
      })
    }
    expect(upstream?.requests).toEqual([])
  },
)

test('a client of Chat Completions is served by a model that is asked in this format', async () => {
  await start(
    (response, body) =>
      body.includes('"stream":true')
        ? streaming(CREATED + DELTA + COMPLETED)(response)
        : response.end(JSON.stringify({ ...RESPONSE, status: 'completed', output: [MESSAGE], usage: USAGE })),
    { provider: 'openai-compatible', format: 'openai-responses' },
  )
  const client = new OpenAI({ apiKey: 'k', baseURL: `${gateway?.url}/v1`, maxRetries: 0 })
  const asked = { model: 'up/m', messages: [{ role: 'user' as const, content: 'Hello' }] }
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
  const whole = await client.chat.completions.create(asked)
  expect(whole).toMatchObject({ choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }], usage })
  const streamed = client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } })
  expect(await streamed.finalChatCompletion()).toMatchObject({ choices: [{ message: { content: 'Hi' } }], usage })
  expect(upstream?.requests.map(({ path, body }) => [path, JSON.parse(body.toString())])).toEqual([
    ['/v1/responses', { model: 'm', input: [HELLO], store: false }],
    ['/v1/responses', { model: 'm', input: [HELLO], store: false, stream: true }],
  ])
})

test('what is lost on the way to another format is said', async () => {
  await start((response) => response.end(JSON.stringify(COMPLETION)), { provider: 'openai-compatible' })
  const response = await ask({
    store: true,
    truncation: 'auto',
    text: { verbosity: 'low' },
    tools: [{ type: 'web_search' }],
  })
  expect(await response.json()).toMatchObject({ object: 'response', status: 'completed', usage: USAGE })
  const losses = response.headers.get('x-route-losses') ?? ''
  for (const path of ['store', 'truncation', 'text.verbosity', 'tools[0]']) expect(losses).toContain(path)
})
