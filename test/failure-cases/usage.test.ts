import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { COMPLETION, chunk } from '../flow/capture-upstream.ts'
import { BEARER, keyOf } from '../flow/key-of.ts'
import { eventually, HELLO, post } from '../flow/start-gateway.ts'
import { eventsOf, gatewaysOfTest, json, stream } from './start.ts'

// What is counted and paid for: docs/failure-cases.md, D.

const { upstream, gateway } = gatewaysOfTest()

const PRICES = { price_in: 2, price_out: 10, price_cached_in: 0.2, price_cache_write: 2.5 }
/** 600 tokens of the prompt anew, 400 from the cache, 100 of answer. */
const DOLLARS = (600 * 2 + 400 * 0.2 + 100 * 10) / 1e6
const OPENAI = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 }
const DETAILED = { ...OPENAI, prompt_tokens_details: { cached_tokens: 400 } }
const HIT = { ...OPENAI, prompt_cache_hit_tokens: 400, prompt_cache_miss_tokens: 600 }
const CLAUDE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
}
const GEMINI = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }
const COUNTED = { promptTokenCount: 1_000, candidatesTokenCount: 100, totalTokenCount: 1_100 }

const read = { input_tokens: 600, cache_read_input_tokens: 400, output_tokens: 100 }
const BILLS: readonly (readonly [string, string, object, number])[] = [
  ['openai-compatible', '', { ...COMPLETION, usage: DETAILED }, DOLLARS],
  ['openai-compatible', '', { ...COMPLETION, usage: OPENAI }, (1_000 * 2 + 100 * 10) / 1e6],
  ['deepseek', '', { ...COMPLETION, usage: HIT }, DOLLARS],
  ['mistral', '', { ...COMPLETION, usage: DETAILED }, DOLLARS],
  ['google', 'beta', { ...GEMINI, usageMetadata: { ...COUNTED, cachedContentTokenCount: 400 } }, DOLLARS],
  ['anthropic', '', { ...CLAUDE, usage: read }, DOLLARS],
  ['anthropic', '', { ...CLAUDE, usage: { ...read, cache_creation_input_tokens: 300 } }, DOLLARS + (300 * 2.5) / 1e6],
]

test.each(BILLS)(
  'T-40 a cached prompt is paid once, at its own rate: %s%s %j',
  async (provider, path, answer, cost) => {
    const up = await upstream((response) => json(response, answer))
    const { url, log } = await gateway({ models: ['m'], upstream: up.url + path, provider, facts: PRICES })
    expect((await post(url, { model: 'up/m', messages: HELLO })).status).toBe(200)
    const line = () => log.find(({ event }) => event === 'request')
    await eventually('the log line', () => line() !== undefined)
    expect(line()?.['cost_usd']).toBeCloseTo(cost, 12)
  },
)

const LAST = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: OPENAI }
const ASKED = { model: 'up/m', messages: HELLO, temperature: 0, stream: true }

/** A gateway for two keys; its model says which request it answers. */
async function forTwoKeys() {
  let count = 0
  const up = await upstream((response) => {
    count += 1
    stream(response, chunk(`answer ${count}`), chunk('', 'stop')).end(
      `data: ${JSON.stringify(LAST)}\n\ndata: [DONE]\n\n`,
    )
  })
  const sha256 = new Uint8Array(createHash('sha256').update('other').digest())
  const keys = [keyOf({}), { ...keyOf({}), name: 'team-b', sha256 }]
  return gateway({ models: ['m'], upstream: up.url, keys })
}

test('T-41 a stream that is asked for twice has its usage twice', async () => {
  const { url } = await forTwoKeys()
  for (let time = 0; time < 2; time += 1) {
    const text = await (await post(url, { ...ASKED, stream_options: { include_usage: true } }, BEARER)).text()
    expect(eventsOf(text).at(-1)).toMatchObject({ choices: [], usage: OPENAI })
  }
})

test('T-73 the answer to one key is none to another that asks the same', async () => {
  const { url } = await forTwoKeys()
  expect(await (await post(url, ASKED, BEARER)).text()).toContain('answer 1')
  expect(await (await post(url, ASKED, { authorization: 'Bearer other' })).text()).toContain('answer 2')
})
