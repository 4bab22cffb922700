import { connect } from 'node:net'
import { expect, test } from 'vitest'
import type { Received } from './use-simulator.ts'
import { ask, contentTokens, events, messages, parsed, streamed, useSimulator } from './use-simulator.ts'

const running = useSimulator()

test('an answer has the shape of a chat completion and a bill that adds up', async () => {
  const received = await ask(running, 'openai/gpt-5-mini')
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
  const received = await ask(running, 'ok', streamed)
  expect(received.headers['content-type']).toContain('text/event-stream')
  expect(received.headers).not.toHaveProperty('content-length')
  expect(events(received).at(-1)).toBe('[DONE]')
  const chunks = parsed(received)
  expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '', refusal: null })
  expect(contentTokens(received)).toBe(60)
  expect(chunks.at(-1).choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' })
  expect(chunks.every((chunk) => !('usage' in chunk) && chunk.id === chunks[0].id)).toBe(true)

  const billed = parsed(await ask(running, 'ok', { ...streamed, stream_options: { include_usage: true } }))
  expect(billed.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 60 } })
  expect(billed.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
})

test('a stream says the same with and without pauses, and the same as the whole answer', async () => {
  const text = (received: Received) =>
    parsed(received)
      .map((chunk) => chunk.choices[0]?.delta.content ?? '')
      .join('')
  const whole = JSON.parse((await ask(running, 'ok')).text).choices[0].message.content
  expect(text(await ask(running, 'ok', streamed))).toBe(whole)
  expect(text(await ask(running, 'itl=1', streamed))).toBe(whole)
})

test('two equal calls get the same words under different ids', async () => {
  const [first, second] = [JSON.parse((await ask(running, 'ok')).text), JSON.parse((await ask(running, 'ok')).text)]
  expect(first.choices).toEqual(second.choices)
  expect(first.id).not.toBe(second.id)
})

test('limits, stops and several choices are honoured', async () => {
  const limited = JSON.parse((await ask(running, 'ok', { max_completion_tokens: 7 })).text)
  expect(limited).toMatchObject({ usage: { completion_tokens: 7 }, choices: [{ finish_reason: 'length' }] })
  const streamedLimit = await ask(running, 'ok', { ...streamed, max_tokens: 7 })
  expect(contentTokens(streamedLimit)).toBe(7)
  expect(parsed(streamedLimit).at(-1).choices[0].finish_reason).toBe('length')

  const stopped = JSON.parse((await ask(running, 'ok', { stop: ['lated', 'model'] })).text)
  expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'This is a simu' } })
  expect(stopped.usage.completion_tokens).toBe(4)

  const two = JSON.parse((await ask(running, 'tokens=5', { n: 2 })).text)
  expect(two.usage.completion_tokens).toBe(10)
  expect(two.choices[0].message.content).not.toBe(two.choices[1].message.content)
  const twoStreams = parsed(await ask(running, 'tokens=5', { ...streamed, n: 2 }))
  for (const index of [0, 1]) {
    const own = twoStreams.filter((chunk) => chunk.choices[0].index === index)
    expect(own).toHaveLength(7)
    expect(own[0].choices[0].delta.role).toBe('assistant')
    expect(own.at(-1).choices[0].finish_reason).toBe('stop')
  }
})

test('the ledger is the sum of the bills, and of what was sent where no bill came', async () => {
  await running.pool.request({ method: 'DELETE', path: '/simulator/usage' }).then((response) => response.body.dump())
  const bill = JSON.parse((await ask(running, 'ok', { max_tokens: 3 })).text).usage
  await ask(running, 'cut@40', streamed)
  await ask(running, 'cut@40')
  await ask(running, 'tokens=9', streamed)
  await ask(running, '500')
  const response = await running.pool.request({ method: 'GET', path: '/simulator/usage' })
  expect(await response.body.json()).toMatchObject({
    requests: 5,
    aborted: 0,
    prompt_tokens: bill.prompt_tokens * 4,
    completion_tokens: 3 + 40 + 40 + 9,
    models: { 'cut@40': { requests: 2, completion_tokens: 80 } },
  })
  expect(running.simulator.requests()).toBe(5)
  expect(running.simulator.calls()).toEqual(['ok', 'cut@40', 'cut@40', 'tokens=9', '500'])
})

test('models, health and unknown paths answer as they should', async () => {
  const get = async (path: string) => {
    const response = await running.pool.request({ method: 'GET', path })
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
  const received = await ask(running, '429;nonsense')
  expect(received.status).toBe(404)
  expect(JSON.parse(received.text).error).toMatchObject({
    code: 'model_not_found',
    message: expect.stringMatching(/nonsense.*cut@N.*never-ends/s),
  })
})

test('a body that is no JSON or too large is refused, and the server stays up', async () => {
  const post = (body: string) => running.pool.request({ method: 'POST', path: '/v1/chat/completions', body })
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
  expect((await ask(running, 'ok')).status).toBe(200)
})

test('a client that leaves while it sends is no call', async () => {
  const before = running.simulator.requests()
  await new Promise<void>((resolve) => {
    const socket = connect(running.simulator.port, '127.0.0.1', () => {
      socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"model"', () => {
        socket.destroy()
        resolve()
      })
    })
  })
  await ask(running, 'ok')
  expect(running.simulator.requests()).toBe(before + 1)
})
