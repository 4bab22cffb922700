import { connect } from 'node:net'
import { Pool } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from './simulate.ts'
import { startSimulator } from './simulate.ts'

let simulator: RunningSimulator
let pool: Pool

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, maxBodyBytes: 2_000_000 })
  pool = new Pool(simulator.url, { connections: 16 })
})

afterAll(async () => {
  await pool.destroy()
  await simulator.close()
})

const messages = [{ role: 'user', content: 'hello' }]

type Received = {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** Why the body did not end as it should. */
  readonly failure: string | undefined
}

/** One call, read to its end or to the failure of its connection. */
async function ask(model: string, more: object = {}): Promise<Received> {
  const body = JSON.stringify({ model, messages, ...more })
  const response = await pool.request({ method: 'POST', path: '/v1/chat/completions', body })
  const chunks: Buffer[] = []
  let failure: string | undefined
  try {
    for await (const chunk of response.body) chunks.push(chunk as Buffer)
  } catch (cause) {
    failure = String(cause)
  }
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString(), failure }
}

const streamed = { stream: true }

/** The payloads of a stream's events. */
function events(received: Received): string[] {
  const frames = received.text.split('\n\n')
  expect(frames.at(-1)).toBe('')
  return frames.slice(0, -1).map((frame) => frame.replace(/^data: /, ''))
}

function parsed(received: Received) {
  return events(received)
    .filter((event) => event !== '[DONE]')
    .map((event) => JSON.parse(event))
}

function contentTokens(received: Received): number {
  return parsed(received).filter((event) => (event.choices?.[0]?.delta.content ?? '') !== '').length
}

/** Waits for something that a closing socket is about to make true. */
async function until(condition: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 100_000; turn += 1) {
    if (condition()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`It did not happen: ${what}`)
}

test('an answer has the shape of a chat completion and a bill that adds up', async () => {
  const received = await ask('openai/gpt-5-mini')
  const body = JSON.parse(received.text)
  expect(received.status).toBe(200)
  expect(body).toMatchObject({
    object: 'chat.completion',
    model: 'openai/gpt-5-mini',
    system_fingerprint: 'fp_simulated',
  })
  expect(body.id).toMatch(/^chatcmpl-\w{29}$/)
  expect(body.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop', logprobs: null })
  expect(body.choices[0].message.content).toContain('simulated')
  expect(body.usage).toMatchObject({ completion_tokens: 60, total_tokens: 60 + body.usage.prompt_tokens })
})

test('a stream is a role, 60 deltas, a finish and [DONE], and tells its bill only when asked', async () => {
  const received = await ask('ok', streamed)
  expect(received.headers['content-type']).toContain('text/event-stream')
  expect(received.headers).not.toHaveProperty('content-length')
  expect(events(received).at(-1)).toBe('[DONE]')
  const chunks = parsed(received)
  expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '', refusal: null })
  expect(contentTokens(received)).toBe(60)
  expect(chunks.at(-1).choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' })
  expect(chunks.every((chunk) => !('usage' in chunk) && chunk.id === chunks[0].id)).toBe(true)

  const billed = parsed(await ask('ok', { ...streamed, stream_options: { include_usage: true } }))
  expect(billed.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 60 } })
  expect(billed.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
})

test('a stream says the same with and without pauses, and the same as the whole answer', async () => {
  const text = (received: Received) =>
    parsed(received)
      .map((chunk) => chunk.choices[0]?.delta.content ?? '')
      .join('')
  const whole = JSON.parse((await ask('ok')).text).choices[0].message.content
  expect(text(await ask('ok', streamed))).toBe(whole)
  expect(text(await ask('itl=1', streamed))).toBe(whole)
})

test('two equal calls get the same words under different ids', async () => {
  const [first, second] = [JSON.parse((await ask('ok')).text), JSON.parse((await ask('ok')).text)]
  expect(first.choices).toEqual(second.choices)
  expect(first.id).not.toBe(second.id)
})

test('limits, stops and several choices are honoured', async () => {
  const limited = JSON.parse((await ask('ok', { max_completion_tokens: 7 })).text)
  expect(limited).toMatchObject({ usage: { completion_tokens: 7 }, choices: [{ finish_reason: 'length' }] })
  const streamedLimit = await ask('ok', { ...streamed, max_tokens: 7 })
  expect(contentTokens(streamedLimit)).toBe(7)
  expect(parsed(streamedLimit).at(-1).choices[0].finish_reason).toBe('length')

  const stopped = JSON.parse((await ask('ok', { stop: ['lated', 'model'] })).text)
  expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'This is a simu' } })
  expect(stopped.usage.completion_tokens).toBe(4)

  const two = JSON.parse((await ask('tokens=5', { n: 2 })).text)
  expect(two.usage.completion_tokens).toBe(10)
  expect(two.choices[0].message.content).not.toBe(two.choices[1].message.content)
  const twoStreams = parsed(await ask('tokens=5', { ...streamed, n: 2 }))
  for (const index of [0, 1]) {
    const own = twoStreams.filter((chunk) => chunk.choices[0].index === index)
    expect(own).toHaveLength(7)
    expect(own[0].choices[0].delta.role).toBe('assistant')
    expect(own.at(-1).choices[0].finish_reason).toBe('stop')
  }
})

test('a cut closes the connection where the token would stand', async () => {
  for (const [model, tokens] of [
    ['cut@40', 40],
    ['cut@0', 0],
    ['cut@60', 60],
  ] as const) {
    const received = await ask(model, streamed)
    expect(received).toMatchObject({ status: 200, failure: expect.stringContaining('other side closed') })
    expect(contentTokens(received), model).toBe(tokens)
    expect(received.text).not.toContain('[DONE]')
    expect(parsed(received).every((chunk) => chunk.choices[0].finish_reason === null)).toBe(true)
  }
  const whole = await ask('cut@40')
  expect(whole.status).toBe(200)
  expect(whole.failure).toBeDefined()
  expect(whole.text.length).toBeGreaterThan(100)
  expect(() => JSON.parse(whole.text)).toThrow()
  expect((await ask('cut@0')).text).toBe('')
  expect((await ask('cut@61')).failure).toBeUndefined()
})

test('a reset connection answers nothing', async () => {
  for (const more of [{}, streamed]) await expect(ask('reset', more)).rejects.toThrow(/ECONNRESET|reset|closed/)
})

test('an error inside a 200 is the first event, or comes after some tokens', async () => {
  const first = await ask('error-in-200', streamed)
  expect(first).toMatchObject({ status: 200, failure: undefined })
  expect(parsed(first)).toMatchObject([{ error: { type: 'server_error' } }])
  const later = await ask('error-in-200@5', streamed)
  expect(contentTokens(later)).toBe(5)
  expect(parsed(later).at(-1).error.message).toContain('error')
  expect(later.text).not.toContain('[DONE]')
  const whole = await ask('error-in-200@5')
  expect(whole.status).toBe(200)
  expect(JSON.parse(whole.text)).toMatchObject({ error: { code: null } })
})

test('an empty answer is whole but says nothing', async () => {
  const received = await ask('empty-200', { ...streamed, stream_options: { include_usage: true } })
  expect(contentTokens(received)).toBe(0)
  expect(events(received).at(-1)).toBe('[DONE]')
  expect(parsed(received).at(-1).usage.completion_tokens).toBe(0)
  const whole = JSON.parse((await ask('empty-200')).text)
  expect(whole.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '' } })
})

test('malformed JSON arrives in a well-formed frame, or as a body that ends early', async () => {
  const received = await ask('malformed@5', streamed)
  const broken = events(received).filter((event) => {
    if (event === '[DONE]') return false
    try {
      JSON.parse(event)
      return false
    } catch {
      return true
    }
  })
  expect(broken).toHaveLength(1)
  expect(events(received).indexOf(broken[0] ?? '')).toBe(6)
  const whole = await ask('malformed@5')
  expect(whole).toMatchObject({ status: 200, failure: undefined })
  expect(() => JSON.parse(whole.text)).toThrow()
  expect((await ask('malformed')).text).toBe('{')
})

test('a status is an error in the shape of OpenAI', async () => {
  for (const more of [{}, streamed]) {
    const limited = await ask('429;retry-after=1', more)
    expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '1', 'content-type': 'application/json' } })
    expect(JSON.parse(limited.text).error).toMatchObject({ code: 'rate_limit_exceeded', param: null })
    const failed = await ask('500', more)
    expect(failed.status).toBe(500)
    expect(JSON.parse(failed.text).error.type).toBe('server_error')
  }
  const spent = JSON.parse((await ask('429;code=insufficient_quota')).text)
  expect(spent.error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' })
})

test('a tool call carries arguments that fit its schema, dense indices and one identity', async () => {
  const parameters = { type: 'object', properties: { unit: { enum: ['c', 'f'] }, days: { type: 'integer' } } }
  const tools = ['get_weather', 'get_time'].map((name) => ({ type: 'function', function: { name, parameters } }))
  const forced = [
    { model: 'ok', more: { tools, tool_choice: 'required' }, names: ['get_weather'] },
    {
      model: 'ok',
      more: { tools, tool_choice: { type: 'function', function: { name: 'get_time' } } },
      names: ['get_time'],
    },
    { model: 'tool:get_time', more: { tools }, names: ['get_time'] },
    { model: 'tool-parallel', more: { tools }, names: ['get_weather', 'get_time'] },
    { model: 'tool-parallel', more: { tools, parallel_tool_calls: false }, names: ['get_weather'] },
  ]
  for (const { model, more, names } of forced) {
    const whole = JSON.parse((await ask(model, more)).text).choices[0]
    expect(whole).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } })
    const named = whole.message.tool_calls.map((call: { function: { name: string } }) => call.function.name)
    expect(named).toEqual(names)
    expect(JSON.parse(whole.message.tool_calls[0].function.arguments)).toEqual({ unit: 'c', days: 1 })

    const chunks = parsed(await ask(model, { ...more, ...streamed }))
    const deltas = chunks.flatMap((chunk) => chunk.choices[0].delta.tool_calls ?? [])
    expect(deltas.filter((delta) => 'id' in delta).map((delta) => delta.function.name)).toEqual(names)
    for (const index of names.keys()) {
      const own = deltas.filter((delta) => delta.index === index)
      expect(own.slice(1).every((delta) => Object.keys(delta).join() === 'index,function')).toBe(true)
      expect(JSON.parse(own.map((delta) => delta.function.arguments).join(''))).toEqual({ unit: 'c', days: 1 })
    }
    expect(chunks.at(-1).choices[0].finish_reason).toBe('tool_calls')
  }
  const ended = [
    ...messages,
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'x', arguments: '{}' } }] },
  ]
  const after = JSON.parse(
    (await ask('tool:x', { messages: [...ended, { role: 'tool', tool_call_id: 'a', content: 'ok' }] })).text,
  )
  expect(after.choices[0].finish_reason).toBe('stop')
})

test('a call can arrive as text in a dialect', async () => {
  const text = JSON.parse((await ask('text-tool:hermes')).text).choices[0]
  expect(text).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringContaining('<tool_call>') } })
  expect(contentTokens(await ask('text-tool:hermes', streamed))).toBeGreaterThan(5)
})

test('JSON is answered where JSON is asked for', async () => {
  const asked = { messages: [{ role: 'user', content: 'as json' }], response_format: { type: 'json_object' } }
  expect(JSON.parse(JSON.parse((await ask('ok', asked)).text).choices[0].message.content)).toMatchObject({
    simulated: true,
  })
  const schema = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3 } } }
  const shaped = { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } }
  const content = JSON.parse((await ask('ok', shaped)).text).choices[0].message.content
  expect(JSON.parse(content)).toEqual({ city: 'simulated city', days: 3 })
})

test('a huge answer is several megabytes, streamed and not', async () => {
  const whole = JSON.parse((await ask('huge')).text)
  expect(whole.choices[0].message.content).toHaveLength(4 * 1024 * 1024)
  const received = await ask('huge', streamed)
  expect(contentTokens(received)).toBe(whole.usage.completion_tokens)
})

test('dribbled bytes split characters, and join to a whole answer', async () => {
  const chunks: number[] = []
  let text = ''
  const body = JSON.stringify({ model: 'dribble', messages, ...streamed })
  const response = await pool.request({ method: 'POST', path: '/v1/chat/completions', body })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of response.body) {
    chunks.push((chunk as Buffer).length)
    text += decoder.decode(chunk as Buffer, { stream: true })
  }
  expect(chunks.filter((length) => length === 1).length).toBeGreaterThan(500)
  expect(text).toContain('🙂')
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  const whole = JSON.parse((await ask('dribble')).text)
  expect(whole.choices[0].message.content).toContain('é')
})

test.each([
  ['stall@10', streamed, 10],
  ['stall@10', {}, 10],
  ['never-ends', streamed, undefined],
  ['never-ends', {}, undefined],
  ['never-ends;itl=0', streamed, undefined],
  ['slow-ttft=600000', streamed, 0],
  ['slow-head=600000', streamed, 0],
])('a client that leaves ends %s (%o), and is counted', async (model, more, tokens) => {
  const name = `left/${JSON.stringify(more)}/${model}`
  await until(() => simulator.usage().active === 0, 'the end of earlier answers')
  const controller = new AbortController()
  const body = JSON.stringify({ model: name, messages, ...more })
  const asked = pool.request({ method: 'POST', path: '/v1/chat/completions', body, signal: controller.signal })
  asked.catch(() => undefined)
  if (!model.startsWith('slow')) {
    const response = await asked
    response.body.on('error', () => undefined)
    response.body.on('data', () => undefined)
    await until(() => (simulator.usage().models[name]?.completion_tokens ?? 0) >= (tokens ?? 3), 'some tokens')
  } else await until(() => simulator.usage().models[name]?.requests === 1, 'the call')
  expect(simulator.usage().active).toBe(1)
  controller.abort()
  await until(() => simulator.usage().models[name]?.aborted === 1, 'the abort')
  expect(simulator.usage().active).toBe(0)
  const sent = simulator.usage().models[name]?.completion_tokens
  if (tokens !== undefined) expect(sent).toBe(tokens)
  await new Promise((resolve) => setImmediate(resolve))
  expect(simulator.usage().models[name]?.completion_tokens).toBe(sent)
})

test('the ledger is the sum of the bills, and of what was sent where no bill came', async () => {
  await pool.request({ method: 'DELETE', path: '/simulator/usage' }).then((response) => response.body.dump())
  const bill = JSON.parse((await ask('ok', { max_tokens: 3 })).text).usage
  await ask('cut@40', streamed)
  await ask('cut@40')
  await ask('tokens=9', streamed)
  await ask('500')
  const response = await pool.request({ method: 'GET', path: '/simulator/usage' })
  expect(await response.body.json()).toMatchObject({
    requests: 5,
    aborted: 0,
    prompt_tokens: bill.prompt_tokens * 4,
    completion_tokens: 3 + 40 + 40 + 9,
    models: { 'cut@40': { requests: 2, completion_tokens: 80 } },
  })
  expect(simulator.requests()).toBe(5)
  expect(simulator.calls()).toEqual(['ok', 'cut@40', 'cut@40', 'tokens=9', '500'])
})

test('models, health and unknown paths answer as they should', async () => {
  const get = async (path: string) => {
    const response = await pool.request({ method: 'GET', path })
    return { status: response.statusCode, body: JSON.parse(await response.body.text()) }
  }
  expect(await get('/healthz')).toMatchObject({ status: 200 })
  const { body } = await get('/v1/models')
  expect(body.object).toBe('list')
  expect(body.data.map((model: { id: string }) => model.id)).toContain('cut@40')
  expect(await get('/v1/models/any%2Fname')).toMatchObject({ status: 200, body: { id: 'any/name', object: 'model' } })
  expect(await get('/v1/nothing')).toMatchObject({ status: 404, body: { error: { type: 'invalid_request_error' } } })
  expect(await get('/v1/chat/completions')).toMatchObject({ status: 405 })
})

test('an almost-behaviour is a 404 that lists the grammar', async () => {
  const received = await ask('429;nonsense')
  expect(received.status).toBe(404)
  expect(JSON.parse(received.text).error).toMatchObject({
    code: 'model_not_found',
    message: expect.stringMatching(/nonsense.*cut@N.*never-ends/s),
  })
})

test('a body that is no JSON or too large is refused, and the server stays up', async () => {
  const post = (body: string) => pool.request({ method: 'POST', path: '/v1/chat/completions', body })
  for (const body of ['', '{', '[]', 'null']) {
    const response = await post(body)
    expect(response.statusCode, body).toBe(400)
    expect(await response.body.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
  }
  const large = await post(
    JSON.stringify({ model: 'ok', messages: [{ role: 'user', content: 'x'.repeat(9_000_000) }] }),
  )
  expect(large.statusCode).toBe(413)
  await large.body.dump()
  const deep = '['.repeat(500_000) + ']'.repeat(500_000)
  const tool = `{"type":"function","function":{"name":"x","parameters":{"type":"object","properties":{"x":{"const":${deep}}}}}}`
  const nested = await post(`{"model":"text-tool:hermes","messages":${JSON.stringify(messages)},"tools":[${tool}]}`)
  expect(nested.statusCode).toBe(400)
  await nested.body.dump()
  expect((await ask('ok')).status).toBe(200)
})

test('a client that leaves while it sends is no call', async () => {
  const before = simulator.requests()
  await new Promise<void>((resolve) => {
    const socket = connect(simulator.port, '127.0.0.1', () => {
      socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"model"', () => {
        socket.destroy()
        resolve()
      })
    })
  })
  await ask('ok')
  expect(simulator.requests()).toBe(before + 1)
})
