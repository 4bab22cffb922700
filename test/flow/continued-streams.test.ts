import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// A stream of text that breaks in the middle goes on with another model.

const running: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close()
})

const HEAD = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }

function event(delta: object, finish: string | null = null): string {
  return `data: ${JSON.stringify({ ...HEAD, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
}

const USAGE = `data: ${JSON.stringify({ ...HEAD, choices: [], usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 } })}\n\n`
const CALL = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a' } }

type Said = {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: unknown }[]
}

/** `cut…` break after what they say; `refuses` says 400; `silent` ends with nothing; others end the sentence. */
function answer(response: ServerResponse, { model }: Said): void {
  if (model === 'refuses') {
    response.writeHead(400, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"no prefill here"}}')
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const start = event({ role: 'assistant', content: '' })
  if (model.startsWith('cut')) {
    const call = model === 'cut-call' ? event({ tool_calls: [CALL] }) : ''
    const finish = model === 'cut-end' ? event({}, 'length') : ''
    response.write(`${start}${event({ content: 'Hello ' })}${event({ content: 'wor' })}${call}${finish}`, () =>
      setImmediate(() => response.destroy()),
    )
    return
  }
  const said = model === 'silent' ? '' : event({ content: 'ld!' })
  response.end(`${start}${said}${event({}, 'stop')}${USAGE}data: [DONE]\n\n`)
}

async function start(models: readonly string[], continuations: number, maxAttempts = 3) {
  const asked: Said[] = []
  const upstream = await startCaptureUpstream((response, { body }) => {
    const said = JSON.parse(body.toString()) as Said
    asked.push(said)
    answer(response, said)
  })
  const breaker = { ...DISPATCH_DEFAULTS.breaker, isEnabled: false }
  const gateway = await startGateway({
    models,
    upstream: upstream.url,
    maxAttempts,
    dispatch: { continuations, breaker },
  })
  running.push(upstream, gateway)
  const routing = { models: models.map((model) => `up/${model}`) }
  const ask = async (more: object = {}): Promise<string> =>
    (await post(gateway.url, { model: 'auto', messages: HELLO, stream: true, routing, ...more })).text()
  return { ...gateway, asked, ask, routing }
}

type Event = {
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[]
  readonly usage?: unknown
  readonly error?: { readonly code: string }
}

function eventsOf(text: string): Event[] {
  return text.split('\n\n').flatMap((frame) => (frame.startsWith('data: {') ? [JSON.parse(frame.slice(6))] : []))
}

function textOf(text: string): string {
  return eventsOf(text)
    .map((one) => one.choices?.[0]?.delta?.content ?? '')
    .join('')
}

function expectBroken(text: string): void {
  expect(textOf(text)).toBe('Hello wor')
  expect(eventsOf(text).filter(({ error }) => error !== undefined)).toHaveLength(1)
  expect(eventsOf(text).at(-1)?.error).toBeDefined()
  expect(text).not.toContain('[DONE]')
}

test('the next model is asked with what was said as the assistant’s own words, and the client’s stream goes on', async () => {
  const { ask, asked, log } = await start(['cut', 'ok'], 1)
  const text = await ask({ stream_options: { include_usage: true } })
  expect(textOf(text)).toBe('Hello world!')
  expect(asked.map(({ model }) => model)).toEqual(['cut', 'ok'])
  expect(asked[1]?.messages.at(-1)).toEqual({ role: 'assistant', content: 'Hello wor' })
  expect(text).toContain(': up/cut broke off (stream_interrupted), up/ok goes on\n\n')
  expect(text.match(/\[DONE\]/g)).toHaveLength(1)
  expect(text.match(/"role":"assistant"/g)).toHaveLength(1)
  // The tokens of both, the first one's as far as they were seen.
  const usage = eventsOf(text).findLast((one) => one.usage !== undefined)?.usage as Record<string, number>
  expect(usage['prompt_tokens']).toBeGreaterThan(12)
  expect(usage['completion_tokens']).toBeGreaterThan(3)
  await eventually('the record', () => log.some((line) => line.event === 'request'))
  expect(log.find((line) => line.event === 'attempt_failed')).toMatchObject({
    target: 'up/cut',
  })
  expect(log.find((line) => line.event === 'attempt_failed')?.['tokens_out']).toBeGreaterThan(0)
  expect(log.find((line) => line.event === 'request')).toMatchObject({
    target: 'up/ok',
    outcome: 'complete',
    attempts: 3,
    tokens_out: 3,
  })
})

test('clients of other formats see one answer as well', async () => {
  const { url, routing } = await start(['cut', 'ok'], 1)
  const body = { model: 'auto', routing, max_tokens: 50, stream: true, messages: [{ role: 'user', content: 'Hello' }] }
  const response = await fetch(`${url}/v1/messages`, { method: 'POST', body: JSON.stringify(body) })
  const text = await response.text()
  const said = [...text.matchAll(/"type":"text_delta","text":"([^"]*)"/g)].map(([, delta]) => delta).join('')
  expect(said).toBe('Hello world!')
  expect(text.match(/event: message_start/g)).toHaveLength(1)
  expect(text.match(/event: content_block_start/g)).toHaveLength(1)
  expect(text.match(/event: message_stop/g)).toHaveLength(1)
})

test('a single model is asked again', async () => {
  const { ask, asked } = await start(['cut'], 1)
  const text = await ask()
  expect(asked).toHaveLength(2)
  // It broke again, and nobody is asked a third time.
  expect(textOf(text)).toBe('Hello worHello wor')
  expect(eventsOf(text).at(-1)?.error?.code).toBe('stream_interrupted')
  expect(text).not.toContain('[DONE]')
})

test.each([
  ['it is off', ['cut', 'ok'], 0, 1],
  ['a call was begun', ['cut-call', 'ok'], 2, 1],
  ['the end was said', ['cut-end', 'ok'], 2, 1],
  ['the other refuses', ['cut', 'refuses'], 1, 2],
  ['the other has nothing to add', ['cut', 'silent'], 1, 2],
])('the stream ends with one error event when %s', async (_why, models, continuations, requests) => {
  const { ask, asked } = await start(models, continuations)
  expectBroken(await ask())
  expect(asked).toHaveLength(requests)
})

test('when one that is to go on fails, the next is asked', async () => {
  const { ask, asked } = await start(['cut', 'refuses', 'ok'], 2)
  expect(textOf(await ask())).toBe('Hello world!')
  expect(asked.map(({ model }) => model)).toEqual(['cut', 'refuses', 'ok'])
})

test('no more requests are sent for one call than server.max_attempts says, continued or not', async () => {
  const { ask, asked } = await start(['cut', 'refuses', 'ok'], 3, 2)
  expectBroken(await ask())
  expect(asked).toHaveLength(2)
})

test.each([
  ['does not answer', undefined],
  ['has no room', 1],
])(
  'while the model that is to go on %s, the client is told that the connection lives',
  async (_what, maxConcurrent) => {
    const held: ServerResponse[] = []
    const upstream = await startCaptureUpstream((response, { body }) => {
      const said = JSON.parse(body.toString()) as Said
      if (said.model === 'slow') held.push(response)
      else answer(response, said)
    })
    const gateway = await startGateway({
      models: ['cut', 'slow'],
      upstream: upstream.url,
      dispatch: { continuations: 1, queue: { length: 10, waitMs: 60_000 } },
      timeouts: { headersMs: 60_000 },
      facts: maxConcurrent === undefined ? {} : { max_concurrent: maxConcurrent },
    })
    running.push(upstream, gateway)
    const first = post(gateway.url, { model: 'up/slow', messages: HELLO })
    if (maxConcurrent !== undefined) await eventually('the place to be taken', () => held.length === 1)
    const routing = { models: ['up/cut', 'up/slow'] }
    const response = await post(gateway.url, { model: 'auto', messages: HELLO, stream: true, routing })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes('\n\n: keep-alive\n\n')) {
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
      if (done) break
      text += value
    }
    expect(textOf(text)).toBe('Hello wor')
    expect(text).toMatch(/goes on\n\n: keep-alive\n\n$/)
    const finish = (): void => {
      for (const one of held.splice(0)) answer(one, { model: 'ok', messages: [] })
    }
    finish()
    await first
    await eventually('the other to be asked', () => upstream.requests.length === 3)
    finish()
    for (;;) {
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
      if (done) break
      text += value
    }
    expect(textOf(text)).toBe('Hello world!')
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  },
  30_000,
)

test('a fault of the gateway’s own in the middle of a stream breaks it off: its client does not wait for ever', async () => {
  const { url, routing, log } = await start(['cut', 'ok'], 1)
  const keep = log.push.bind(log)
  log.push = (...lines) => {
    if (lines.some((line) => line.event === 'attempt_failed')) throw new Error('the log is broken')
    return keep(...lines)
  }
  const response = await post(url, { model: 'auto', messages: HELLO, stream: true, routing })
  expect(response.status).toBe(200)
  await expect(response.text()).rejects.toThrow('terminated')
  expect(log.find(({ event }) => event === 'internal_error')).toMatchObject({ message: 'the log is broken' })
})
