import { afterEach, expect, test } from 'vitest'
import type { Captured, CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, chunk, startCaptureUpstream } from './capture-upstream.ts'
import type { LogLine, TestGateway } from './start-gateway.ts'
import { eventually, HELLO, startGateway } from './start-gateway.ts'

// What a call is said to cost where the provider says the price itself, or how the call was served.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const COUNTS = { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 }

/** Answers with `usage` in an answer that has `more` at its top, streamed where that is asked for. */
async function start(usage: object, more: object): Promise<void> {
  upstream = await startCaptureUpstream((response, { body }: Captured) => {
    if (JSON.parse(body.toString()).stream !== true) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...COMPLETION, ...more, usage }))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk('Hello') + chunk('', 'stop'))
    const last = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [] }
    response.end(`data: ${JSON.stringify({ ...last, ...more, usage })}\n\ndata: [DONE]\n\n`)
  })
  const facts = { price_in: 1.25, price_out: 10, price_factors: { flex: 0.5 } }
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, facts })
}

async function costOf(path: string, stream: boolean): Promise<LogLine | undefined> {
  const response = await fetch(`${gateway?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'up/m', messages: HELLO, max_tokens: 2_000, stream }),
  })
  expect(response.status).toBe(200)
  await response.text()
  const find = (): LogLine | undefined => gateway?.log.find(({ event }) => event === 'request')
  await eventually('the log line', () => find() !== undefined)
  return find()
}

const asked = [
  ['/v1/chat/completions', false],
  ['/v1/chat/completions', true],
  ['/v1/messages', false],
  ['/v1/messages', true],
] as const

test.each(asked)('the provider’s own bill is the cost: %s, streamed: %s', async (path, stream) => {
  await start({ ...COUNTS, cost: 0.5 }, {})
  expect(await costOf(path, stream)).toMatchObject({ cost_usd: 0.5, cost_basis: 'provider' })
})

test.each(asked)('the tier that served is priced: %s, streamed: %s', async (path, stream) => {
  await start(COUNTS, { service_tier: 'flex' })
  const line = await costOf(path, stream)
  expect(line).toMatchObject({ cost_usd: 0.005625, service_tier: 'flex' })
  expect(line?.['cost_basis']).toBeUndefined()
})

test('a tier whose price is not known is priced as usual, and marked', async () => {
  await start(COUNTS, { service_tier: 'priority' })
  const line = await costOf('/v1/chat/completions', false)
  expect(line).toMatchObject({ cost_usd: 0.01125, service_tier: 'priority', cost_basis: 'standard_rates' })
})
