import { expect, test } from 'vitest'
import type { Directives } from '../../src/core/directives.ts'
import { decide, tableRouter, target } from '../../src/route/test-pool.ts'
import { createLiveMeasures } from '../../src/usage/live-measures.ts'

const FAST: Directives = { quality: { band: 4 }, weights: { cost: 0.5, latency: 4 } }
const MINUTE = 60_000

const quick = target('a/quick', { ttft_ms: 200, tokens_per_second: 200 })
const steady = target('b/steady', { ttft_ms: 600, tokens_per_second: 60 })

function scene() {
  const clock = { time: 0, monotonic: () => clock.time }
  const live = createLiveMeasures(clock)
  const chosen = async (directives: Directives = FAST): Promise<string> => {
    const router = tableRouter({ 'a/quick': { quality: 0.8 }, 'b/steady': { quality: 0.8 } })
    const { decision } = await decide([quick, steady], directives, { router, live: live.read })
    return decision.model
  }
  return { clock, live, chosen }
}

test('a target whose server became slow loses under `fast`, is tried again, and wins when it has recovered', async () => {
  const { clock, live, chosen } = scene()
  const answers = (times: number, ttftMs: number, tokensPerSecond: number): void => {
    for (let turn = 0; turn < times; turn += 1) live.record('a/quick', { ttftMs, tokensPerSecond, promptTokens: 100 })
  }
  answers(50, 200, 200)
  expect(await chosen()).toBe('a/quick')
  answers(5, 5_000, 8)
  expect(await chosen()).toBe('b/steady')
  // Still slow a minute later, as nobody has asked it since; after a while it is believed to be as usual.
  clock.time += MINUTE
  expect(await chosen()).toBe('b/steady')
  clock.time += 29 * MINUTE
  expect(await chosen()).toBe('a/quick')
  answers(3, 5_000, 8)
  expect(await chosen()).toBe('b/steady')
  clock.time += 40 * MINUTE
  answers(10, 200, 200)
  expect(await chosen()).toBe('a/quick')
})

test('a target that refuses is passed over by `load` until it takes requests again', async () => {
  const { clock, live, chosen } = scene()
  const busy: Directives = { quality: { band: 4 }, weights: { load: 1 } }
  expect(await chosen(busy)).toBe('a/quick')
  live.started(quick)
  live.refused('a/quick')
  live.ended('a/quick')
  expect(await chosen(busy)).toBe('b/steady')
  clock.time += 5 * MINUTE
  expect(await chosen(busy)).toBe('a/quick')
})

test('a target that writes longer than predicted is charged for it', async () => {
  const { live, chosen } = scene()
  const terse: Directives = { quality: { band: 4 }, weights: { verbosity: 1 } }
  expect(await chosen(terse)).toBe('a/quick')
  for (let turn = 0; turn < 40; turn += 1) {
    live.record('a/quick', {
      ttftMs: undefined,
      tokensPerSecond: undefined,
      length: { predicted: 100 * (live.read('a/quick', 100)?.lengthFactor ?? 1), actual: 400 },
    })
  }
  expect(await chosen(terse)).toBe('b/steady')
  expect(await chosen({ quality: { band: 4 }, weights: { cost: 1 } })).toBe('b/steady')
})
