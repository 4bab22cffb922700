import { afterAll, beforeAll, expect, test } from 'vitest'
import { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// Every fault of the simulator, streamed and not, with a healthy second model and without one. The cheapest model wins
// under the `uniform` router, so the faulty one is always tried first.

type Seen =
  /** The healthy model's answer, whole. */
  | 'second'
  /** The faulty model's own answer, whole: it was odd, not broken. */
  | 'first'
  /** Part of an answer, then one error event and no [DONE]. */
  | 'cut'

type Case = { readonly fault: string; readonly streamed: Seen; readonly whole: Seen; readonly code: string }

const CASES: readonly Case[] = [
  { fault: 'cut@40;itl=1', streamed: 'cut', whole: 'second', code: 'stream_interrupted' },
  { fault: 'cut@0', streamed: 'second', whole: 'second', code: 'stream_interrupted' },
  { fault: 'stall@10;itl=1', streamed: 'cut', whole: 'second', code: 'upstream_timeout' },
  { fault: 'stall@0', streamed: 'second', whole: 'second', code: 'upstream_timeout' },
  { fault: 'error-in-200', streamed: 'second', whole: 'second', code: 'upstream_error' },
  { fault: 'empty-200', streamed: 'second', whole: 'second', code: 'upstream_empty' },
  { fault: 'malformed@5;itl=5', streamed: 'cut', whole: 'second', code: 'upstream_malformed' },
  { fault: 'malformed@0', streamed: 'second', whole: 'second', code: 'upstream_malformed' },
  { fault: '429;retry-after=1', streamed: 'second', whole: 'second', code: 'upstream_rate_limited' },
  { fault: '500', streamed: 'second', whole: 'second', code: 'upstream_error' },
  { fault: 'reset', streamed: 'second', whole: 'second', code: 'upstream_unreachable' },
  { fault: 'slow-ttft=7000', streamed: 'second', whole: 'second', code: 'upstream_timeout' },
  { fault: 'huge', streamed: 'first', whole: 'first', code: '' },
  { fault: 'dribble', streamed: 'first', whole: 'first', code: '' },
  { fault: 'tool:get_weather', streamed: 'first', whole: 'first', code: '' },
  { fault: 'tool-parallel', streamed: 'first', whole: 'first', code: '' },
  { fault: 'text-tool:hermes', streamed: 'first', whole: 'first', code: '' },
]

let simulator: Awaited<ReturnType<typeof startSimulator>>
let gateway: TestGateway

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  const faults = CASES.map((one) => one.fault)
  gateway = await startGateway({
    models: [...faults, 'never-ends', 'ok'],
    upstream: `${simulator.url}/v1`,
    // Each fault by itself: nobody rests after it.
    dispatch: { breaker: { ...DISPATCH_DEFAULTS.breaker, isEnabled: false } },
    timeouts: { headersMs: 500, firstPartMs: 500, idleMs: 500, totalMs: 6_000 },
  })
})

afterAll(async () => {
  await gateway.close()
  await simulator.close()
})

async function ask(
  models: readonly string[],
  stream: boolean,
): Promise<{ readonly response: Response; readonly text: string }> {
  const routing = { models: models.map((model) => `up/${model}`) }
  const response = await post(gateway.url, { model: 'auto', messages: HELLO, stream, routing })
  return { response, text: await response.text() }
}

function events(text: string): Record<string, unknown>[] {
  return text
    .split(/\r?\n\r?\n/)
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => JSON.parse(frame.slice(6)))
}

function expectWhole(text: string, stream: boolean): void {
  if (!stream) {
    expect(JSON.parse(text).choices[0].finish_reason).toBeTypeOf('string')
    return
  }
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  expect(events(text).some((event) => 'error' in event)).toBe(false)
}

function expectCut(text: string, code: string): void {
  const all = events(text)
  expect(all.length).toBeGreaterThan(1)
  expect(all.at(-1)).toMatchObject({ error: { code }, choices: [{ finish_reason: 'error' }] })
  expect(all.filter((event) => 'error' in event)).toHaveLength(1)
  expect(text).not.toContain('[DONE]')
}

const matrix = CASES.flatMap((one) => [
  { ...one, stream: true, seen: one.streamed },
  { ...one, stream: false, seen: one.whole },
])

test.each(matrix)(
  '$fault, stream: $stream, with a second model: the client sees $seen',
  async ({ fault, stream, seen, code }) => {
    const { response, text } = await ask([fault, 'ok'], stream)
    expect(response.status).toBe(200)
    const attempts = response.headers.get('x-route-attempts') ?? ''
    if (seen === 'second') {
      expect(response.headers.get('x-route-model')).toBe('up/ok')
      expect(response.headers.get('x-route-reason')).toBe('fallback')
      expect(attempts).toMatch(/outcome=(upstream|stream)_\w+;ms=\d+, up\/ok;outcome=ok/)
      expectWhole(text, stream)
    } else {
      expect(attempts).not.toContain('up/ok')
      if (seen === 'cut') expectCut(text, code)
      else expectWhole(text, stream)
    }
  },
)

test.each(matrix.filter((one) => one.seen === 'second'))(
  '$fault, stream: $stream, alone: the client sees one typed error',
  async ({ fault, stream, code }) => {
    const { response, text } = await ask([fault], stream)
    expect(response.status).toBeGreaterThanOrEqual(400)
    const { error } = JSON.parse(text)
    expect(error.message.length).toBeGreaterThan(10)
    if (!stream && /cut|stall|slow/.test(fault)) expect(error.code).toMatch(/^(upstream|stream)_/)
    else expect(error.code).toBe(code)
    expect(response.headers.get('x-route-attempts')).toContain(error.code)
    if (fault.startsWith('429')) expect(response.headers.get('retry-after')).toBe('1')
  },
)

test('a model that never ends is ended by the deadline of the whole call', async () => {
  const { text } = await ask(['never-ends'], true)
  expectCut(text, 'upstream_timeout')
})

test('a client that leaves a model that never ends reaches it', async () => {
  const controller = new AbortController()
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'up/never-ends', messages: HELLO, stream: true }),
    signal: controller.signal,
  })
  expect(response.status).toBe(200)
  const aborted = async (): Promise<number> => {
    const usage = (await (await fetch(`${simulator.url}/simulator/usage`)).json()) as { aborted: number }
    return usage.aborted
  }
  const before = await aborted()
  controller.abort()
  await eventually('the simulator to see the abort', async () => (await aborted()) > before)
})

test('failed attempts are counted by model and code, broken streams too', async () => {
  await ask(['cut@40;itl=1', 'ok'], true)
  await ask(['500', 'ok'], false)
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  expect(metrics).toMatch(
    /thalamus_upstream_failures_total\{model="up\/cut@40;itl=1",code="stream_interrupted"\} [1-9]/,
  )
  expect(metrics).toMatch(/thalamus_upstream_failures_total\{model="up\/500",code="upstream_error"\} [1-9]/)
})

test('the log of a call that nobody answered says how often it was tried, and waiting is no overhead', async () => {
  const { response } = await ask(['stall@0', '500'], false)
  expect(response.status).toBe(502)
  const id = response.headers.get('x-route-id')
  const ofCall = () => gateway.log.find((one) => one['id'] === id && one['attempts'] !== undefined)
  await eventually('the line of the log', () => ofCall() !== undefined)
  const line = ofCall()
  expect(line).toMatchObject({ attempts: 2, status: 502 })
  expect(Number(line?.['ms'])).toBeGreaterThan(450)
  expect(Number(line?.['overhead_ms'])).toBeLessThan(400)
})
