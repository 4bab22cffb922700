import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { Candidate, Decision } from '../../src/core/decision.ts'
import type { RouterDefinition } from '../../src/core/router.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// What passes through the gateway is what the next decision knows: pace, length, reading level and load of each target.

let gateway: TestGateway
let upstream: CaptureUpstream

afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

/** Weights under which nothing but these is assumed. */
const ONLY = { cost: 0, latency: 0, readability: 1, ttft: 1 }
const PROSE = 'The dog came in and saw the cat. It was a big cat with a long tail. '.repeat(10)

async function start(
  answer: (response: ServerResponse, model: string) => void,
  uniform?: RouterDefinition,
): Promise<void> {
  upstream = await startCaptureUpstream((response, { body }) => answer(response, JSON.parse(body.toString()).model))
  gateway = await startGateway({ models: ['a', 'b'], upstream: upstream.url, ...(uniform && { uniform }) })
}

async function candidate(model: string, weights: object): Promise<Candidate> {
  const response = await fetch(`${gateway.url}/v1/route`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: HELLO, routing: { weights } }),
  })
  const { candidates } = (await response.json()) as Decision
  const found = candidates.find((one) => one.model === `up/${model}`)
  if (found === undefined) throw new Error(`no candidate ${model}`)
  return found
}

function streamed(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const content of text.split(/(?<= )/)) {
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
  }
  const usage = { prompt_tokens: 10, completion_tokens: 150, total_tokens: 160 }
  response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })}\n\n`)
  response.end('data: [DONE]\n\n')
}

test('streamed answers teach the time to the first token and, one a second, the reading level', async () => {
  await start((response) => streamed(response, PROSE))
  expect((await candidate('a', ONLY)).assumed).toEqual(['ttft', 'readability'])
  await eventually(
    'three answers to be read',
    async () => {
      await (await post(gateway.url, { model: 'up/a', stream: true, messages: HELLO })).text()
      return (await candidate('a', ONLY)).assumed === undefined
    },
    15_000,
  )
  const { ttft_ms = 0, ttft_ms_p95 = 0 } = await candidate('a', { ttft: 1 })
  expect(ttft_ms).toBeGreaterThan(0)
  expect(ttft_ms_p95).toBeGreaterThanOrEqual(ttft_ms)
  expect((await candidate('b', ONLY)).assumed).toEqual(['ttft', 'readability'])
})

/** Predicts the same of every model, the length as well. */
const foretelling: RouterDefinition = {
  id: 'uniform',
  runtimes: ['node'],
  settings: { parse: () => ({}) },
  open: () =>
    Promise.resolve({
      name: 'foretelling@1',
      device: 'none',
      predict: ({ candidates }) => ({
        predictions: candidates.map(() => ({ quality: 0.5, uncertainty: 0, outputTokens: 600 })),
        truncated: false,
      }),
      close: () => Promise.resolve(),
    }),
}

test('routed answers that are shorter than predicted shorten what is predicted next', async () => {
  await start((response) => streamed(response, 'Yes. '), foretelling)
  const before = await candidate('a', {})
  for (let call = 0; call < 10; call += 1) {
    await (await post(gateway.url, { model: 'auto', messages: HELLO, stream: true })).text()
  }
  await eventually('the prediction to shrink', async () => {
    const after = await candidate('a', {})
    return (after.output_tokens ?? 0) < 0.9 * (before.output_tokens ?? 0)
  })
})

test('a target that refuses is busy, and so is one with requests under way', async () => {
  const waiting: ServerResponse[] = []
  await start((response, model) => {
    if (model === 'b') return void waiting.push(response)
    response.writeHead(429, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"slow down","type":"rate_limit_error"}}')
  })
  const idle = (await candidate('a', { load: 10 })).score ?? Number.NaN
  const idleB = (await candidate('b', { load: 10 })).score ?? Number.NaN
  const underWay = post(gateway.url, { model: 'auto', messages: HELLO })
  await eventually('the second target to be asked', () => waiting.length === 1)
  const a = (await candidate('a', { load: 10 })).score ?? Number.NaN
  const b = (await candidate('b', { load: 10 })).score ?? Number.NaN
  expect(a).toBeLessThan(idle - 10)
  expect(b).toBeLessThan(idleB)
  expect(b).toBeGreaterThan(a)
  waiting[0]?.writeHead(200, { 'content-type': 'application/json' })
  const message = { role: 'assistant', content: 'Yes.' }
  waiting[0]?.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] }))
  expect((await underWay).status).toBe(200)
  await eventually('nothing to be under way', async () => ((await candidate('b', { load: 10 })).score ?? 0) > b)
})

test('what a routed call cost is counted beside what was expected of it', async () => {
  await start((response) => streamed(response, 'Yes. '), foretelling)
  const expected = (await candidate('a', {})).cost_usd ?? Number.NaN
  await (await post(gateway.url, { model: 'auto', messages: HELLO, stream: true })).text()
  const ratio = (10 * 1 + 150 * 2) / 1_000_000 / expected
  await eventually('the ratio to be counted', async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    const sum = /^thalamus_cost_ratio_sum\{model="up\/a"\} (\S+)$/m.exec(metrics)?.[1]
    return sum !== undefined && Math.abs(Number(sum) / ratio - 1) < 1e-9
  })
})
