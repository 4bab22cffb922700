import { afterEach, expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

// A caller's own order in a pool of more models than a receipt lists: whom he wants stands behind all of those.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

/** `up/m0` to `up/m149`, and `anthropic/dear`, which costs a hundred times as much; the cheapest wins. */
async function start(): Promise<void> {
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(COMPLETION))
  })
  gateway = await startGateway({
    models: Array.from({ length: 150 }, (_, index) => `m${index}`),
    upstream: upstream.url,
    facts: { price_in: 1, price_out: 1 },
    more: { anthropic: { upstream: upstream.url, models: ['dear'], facts: { price_in: 100, price_out: 100 } } },
  })
}

test.each([
  ['a model named before auto', { model: 'anthropic/dear', models: ['auto'], routing: { max: { cost_usd: 1 } } }],
  ['a provider put first', { model: 'auto', provider: { order: ['anthropic'] } }],
])('%s answers', async (_, body) => {
  await start()
  const response = await post(gateway?.url ?? '', { messages: HELLO, ...body })
  expect(response.headers.get('x-route-model')).toBe('anthropic/dear')
  const receipt = await fetch(`${gateway?.url}/v1/decisions/${response.headers.get('x-route-id')}`)
  const { candidates, plan, unlisted } = (await receipt.json()) as Decision
  expect(candidates[0]?.model).toBe('anthropic/dear')
  expect(plan).toHaveLength(100)
  expect(candidates.length + (unlisted ?? 0)).toBe(151)
})

test('a model named behind auto is tried after it', async () => {
  await start()
  const response = await post(gateway?.url ?? '', { model: 'auto', models: ['anthropic/dear'], messages: HELLO })
  const receipt = await fetch(`${gateway?.url}/v1/decisions/${response.headers.get('x-route-id')}`)
  expect(((await receipt.json()) as Decision).plan).toEqual(['up/m0', 'anthropic/dear'])
})
