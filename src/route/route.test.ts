import { describe, expect, test } from 'vitest'
import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { Router } from '../core/router.ts'
import type { Target } from '../core/target.ts'
import type { RouteInput } from './route.ts'
import { decide, signals, tableRouter, target } from './test-pool.ts'

const strong = target('a/strong', { price_in: 5, price_out: 25, region: ['us'], released: '2026-09-01', params_b: 900 })
const fair = target('b/fair', { price_in: 1, price_out: 5, region: ['eu', 'us'], released: '2026-02-01', params_b: 70 })
const weak = target('c/weak', { price_in: 0.1, price_out: 0.4, region: ['eu'], released: '2025-01-01', params_b: 8 })
const pool = [strong, fair, weak]
const router = tableRouter({
  'a/strong': { quality: 0.9 },
  'b/fair': { quality: 0.885 },
  'c/weak': { quality: 0.6 },
})

describe('the quality band', () => {
  test('the best predicted quality wins when the band is 0', async () => {
    const { decision, ranked } = await decide(pool, { quality: { band: 0 } }, { router })
    expect(decision).toMatchObject({ model: 'a/strong', reason: 'best quality', router: 'table@1', policy: 'test' })
    expect(ranked.map(({ id }) => id)).toEqual(['a/strong', 'b/fair', 'c/weak'])
  })

  test('inside the band a weight of cost chooses the cheaper model, and nobody outside it', async () => {
    const { decision } = await decide(pool, { quality: { band: 2 }, weights: { cost: 50 } }, { router })
    expect(decision).toMatchObject({ model: 'b/fair', reason: 'cheapest in band' })
    expect(decision.candidates.map(({ model, in_band }) => [model, in_band])).toEqual([
      ['b/fair', true],
      ['a/strong', true],
      ['c/weak', false],
    ])
  })

  test('uncertainty counts half against a model, and wholly with low risk', async () => {
    const unsure = tableRouter({
      'a/strong': { quality: 0.9, uncertainty: 0.05 },
      'b/fair': { quality: 0.86, uncertainty: 0 },
    })
    const two = [strong, fair]
    const normal = await decide(two, { quality: { band: 0 } }, { router: unsure })
    expect(normal.decision.model).toBe('a/strong')
    const low = await decide(two, { quality: { band: 0, risk: 'low' } }, { router: unsure })
    expect(low.decision.model).toBe('b/fair')
  })

  test('models below the floor are out of the band', async () => {
    const { decision } = await decide(pool, { quality: { band: 100, floor: 0.7 }, weights: { cost: 50 } }, { router })
    expect(decision.model).toBe('b/fair')
  })

  test('a floor that nobody reaches is set aside, and the reason says so', async () => {
    const { decision } = await decide(pool, { quality: { band: 0, floor: 0.95 } }, { router })
    expect(decision).toMatchObject({ model: 'a/strong', reason: 'best below floor' })
  })

  test('the band opens to whoever reaches the floor when the surest model does not', async () => {
    const unsure = tableRouter({
      'a/strong': { quality: 0.9, uncertainty: 0.6 },
      'b/fair': { quality: 0.7, uncertainty: 0 },
    })
    const { decision } = await decide([strong, fair], { quality: { band: 0, floor: 0.8 } }, { router: unsure })
    expect(decision.model).toBe('a/strong')
  })
})

describe('the objective', () => {
  test('a weight is the quality points one gives up to halve a cost', async () => {
    const dear = target('dear', { price_in: 0, price_out: 400_000 })
    const half = target('half', { price_in: 0, price_out: 200_000 })
    const directives = { quality: { band: 100 }, weights: { cost: 3 } } as const
    const atTie = (difference: number): Promise<string> =>
      decide([dear, half], directives, {
        router: tableRouter({ dear: { quality: 0.5 + difference / 100 }, half: { quality: 0.5 } }),
      }).then(({ decision }) => decision.model)
    expect(await atTie(2.99)).toBe('half')
    expect(await atTie(3.01)).toBe('dear')
  })

  test('a willingness to pay replaces the logarithm: dollars over dollars per point', async () => {
    const dear = target('dear', { price_in: 0, price_out: 100 })
    const free = target('free', { price_in: 0, price_out: 0 })
    const said = router2({ dear: 0.52, free: 0.5 })
    const rich = await decide(
      [dear, free],
      { quality: { band: 100 }, willingness_to_pay: 0.006 },
      { router: said, signals: signals() },
    )
    const poor = await decide([dear, free], { quality: { band: 100 }, willingness_to_pay: 0.004 }, { router: said })
    // 100 tokens at $100 a million are a cent: worth two points from half a cent a point on.
    expect(rich.decision.model).toBe('dear')
    expect(poor.decision.model).toBe('free')
    expect(rich.decision.candidates[0]?.score).toBeCloseTo(52 - 0.01 / 0.006, 9)
  })

  test('an unknown figure is the 75th percentile of the pool and is listed as assumed', async () => {
    const known = [1, 2, 3, 4].map((size) => target(`m${size}`, { params_b: size }))
    const { decision } = await decide([...known, target('m9')], { quality: { band: 100 }, weights: { size: 1 } })
    const score = (model: string): number | undefined => decision.candidates.find((one) => one.model === model)?.score
    expect(score('m9')).toBe(score('m3'))
    expect(decision.candidates.filter(({ assumed }) => assumed !== undefined)).toMatchObject([
      { model: 'm9', assumed: ['size'] },
    ])
  })

  test('a goal that nobody has a figure for changes nothing and says so', async () => {
    const { decision } = await decide(pool, { quality: { band: 0 }, weights: { readability: 4 } }, { router })
    expect(decision.model).toBe('a/strong')
    expect(decision.candidates.every(({ assumed }) => assumed?.includes('readability'))).toBe(true)
  })

  test('active parameters count before all of them, the newest and the safest cost nothing', async () => {
    const mixture = target('mixture', { params_b: 400, active_params_b: 4, released: '2026-11-23', security: 3 })
    const dense = target('dense', { params_b: 30, released: '2026-08-25', security: 2 })
    const { decision } = await decide([dense, mixture], {
      quality: { band: 100 },
      weights: { size: 1, recency: 1, security: 1 },
    })
    expect(decision.model).toBe('mixture')
    expect(decision.candidates.map(({ score }) => score)).toEqual([
      50 - Math.log2(5),
      50 - Math.log2(31) - Math.log2(1 + 90 / 90) - Math.log2(1 + 1 / 1),
    ])
  })

  test('live measurements go before facts', async () => {
    const slow = target('slow', { ttft_ms: 100, tokens_per_second: 1_000 })
    const quick = target('quick', { ttft_ms: 400, tokens_per_second: 100 })
    const live: RouteInput['live'] = (id) => (id === 'slow' ? { ttftMs: 9_000, tokensPerSecond: undefined } : undefined)
    const directives = { quality: { band: 100 }, weights: { latency: 1 } } as const
    expect((await decide([slow, quick], directives)).decision.model).toBe('slow')
    const { decision } = await decide([slow, quick], directives, { live })
    expect(decision.model).toBe('quick')
    expect(decision.candidates[1]).toMatchObject({ model: 'slow', ttft_ms: 9_000, latency_ms: 9_100 })
  })

  test('ties go to the cheaper model, then by name', async () => {
    const named = await decide([target('b'), target('a'), target('c')])
    expect(named.ranked.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    const priced = await decide([target('a'), target('b', { price_out: 1 }), target('c', { price_out: 2 })])
    expect(priced.ranked.map(({ id }) => id)).toEqual(['b', 'c', 'a'])
  })

  test("the caller's cap and the number of choices bound the expected cost", async () => {
    const one = await decide([target('m', { price_in: 1, price_out: 10 })])
    expect(one.decision.candidates[0]).toMatchObject({ cost_usd: 0.0011, output_tokens: 100 })
    const capped = await decide(
      [target('m', { price_in: 1, price_out: 10 })],
      {},
      {
        signals: signals({ maxOutputTokens: 10, choices: 3 }),
      },
    )
    expect(capped.decision.candidates[0]).toMatchObject({ cost_usd: 0.0004, output_tokens: 10 })
  })
})

describe('the front', () => {
  test('only models that nobody beats on quality and cost stand on it, cheapest first, with its knee', async () => {
    const models = [
      target('free', { price_in: 0, price_out: 0.01 }),
      target('bend', { price_in: 0, price_out: 0.1 }),
      target('beaten', { price_in: 0, price_out: 1 }),
      target('best', { price_in: 0, price_out: 10 }),
      target('unpriced', { price_in: 0 }),
    ]
    const { price_out: _, ...unpriced } = target('unpriced').facts
    models[4] = { ...target('unpriced'), facts: unpriced }
    const { decision } = await decide(
      models,
      {},
      {
        router: router2({ free: 0.3, bend: 0.8, beaten: 0.8, best: 0.9, unpriced: 0.99 }),
      },
    )
    expect(decision.front).toEqual(['free', 'bend', 'best'])
    expect(decision.knee).toBe('bend')
    expect(decision.candidates.filter(({ on_front }) => on_front)).toHaveLength(3)
  })

  test('equal models stand on it together; two make no knee', async () => {
    const { decision } = await decide([target('a'), target('b')])
    expect(decision).toMatchObject({ front: ['a', 'b'], knee: null })
  })
})

describe('hard limits', () => {
  const cases: readonly (readonly [Directives, readonly string[]])[] = [
    [{ require: { region: ['eu'] } }, ['c/weak']],
    [{ require: { region: ['EU', 'us'] } }, ['a/strong', 'b/fair', 'c/weak']],
    [{ require: { region: [] } }, []],
    [{ max: { params_b: 70 } }, ['b/fair', 'c/weak']],
    [{ max: { age_days: 300 } }, ['a/strong', 'b/fair']],
    [{ max: { cost_usd: 0.0006 } }, ['b/fair', 'c/weak']],
    [{ models: [['*/fair', 'c/*']] }, ['b/fair', 'c/weak']],
    [{ models: [['!*weak']] }, ['a/strong', 'b/fair']],
    [
      {
        models: [
          ['a/*', 'b/*'],
          ['b/*', 'c/*'],
        ],
      },
      ['b/fair'],
    ],
    [{ require: { local: false, open_weights: false, lossless: true } }, ['a/strong', 'b/fair', 'c/weak']],
    [{ require: { open_weights: true } }, []],
    [{ require: { security: 0 } }, []],
    [{ require: { context_tokens: 128_000 } }, ['a/strong', 'b/fair', 'c/weak']],
    [{ max: { latency_ms: 1_500 } }, ['a/strong', 'b/fair', 'c/weak']],
    [{ max: { latency_ms: 1_499 } }, []],
    [{ max: { ttft_ms: 500, output_tokens: 100 } }, ['a/strong', 'b/fair', 'c/weak']],
  ]
  test.each(cases)('%j admits %j', async (directives, admitted) => {
    const outcome = await passing(pool, directives)
    expect(outcome).toEqual(admitted)
  })

  test('an unknown fact fails every limit on it', async () => {
    const bare: Target = { ...target('bare'), facts: {} }
    const limits: Directives[] = [
      { require: { region: ['eu'] } },
      { require: { retention: 'kept' } },
      { require: { training: 'always' } },
      { require: { license: ['mit'] } },
      { require: { tools: true } },
      { require: { local: true } },
      { require: { context_tokens: 1 } },
      { max: { cost_usd: 100 } },
      { max: { latency_ms: 1e9 } },
      { max: { ttft_ms: 1e9 } },
      { max: { age_days: 1e9 } },
      { max: { params_b: 1e9 } },
    ]
    for (const limit of limits) expect(await passing([bare], limit), JSON.stringify(limit)).toEqual([])
  })

  test('a stricter retention or training passes, a laxer one does not', async () => {
    const models = [
      target('zero', { retention: 'zero', training: 'never' }),
      target('limited', { retention: 'limited', training: 'opt-in' }),
      target('kept', { retention: 'kept', training: 'opt-out' }),
    ]
    expect(await passing(models, { require: { retention: 'limited' } })).toEqual(['limited', 'zero'])
    expect(await passing(models, { require: { training: 'never' } })).toEqual(['zero'])
  })

  test("the operator's own machine keeps nothing and trains on nothing unless its facts say otherwise", async () => {
    const limit: Directives = { require: { retention: 'zero', training: 'never' } }
    expect(await passing([target('home', { local: true })], limit)).toEqual(['home'])
    expect(await passing([target('home', { local: true, retention: 'kept' })], limit)).toEqual([])
  })

  test('every limit that a model fails is told, estimates too', async () => {
    const { decision } = await decide(pool, { max: { cost_usd: 0.0006, params_b: 100 }, require: { region: ['eu'] } })
    expect(decision.dropped).toEqual([
      { model: 'a/strong', constraint: 'region', required: ['eu'], actual: ['us'] },
      { model: 'a/strong', constraint: 'cost_usd', required: 0.0006, actual: 0.003 },
      { model: 'a/strong', constraint: 'params_b', required: 100, actual: 900 },
      { model: 'b/fair', constraint: 'region', required: ['eu'], actual: ['eu', 'us'] },
    ])
    expect(decision.reason).toBe('only model in eu')
  })
})

describe('what the request needs', () => {
  const needs = [
    ['tools', signals({ toolCount: 1 }), { tools: true }, { tools: false }],
    ['images', signals({ hasImages: true }), { modalities_in: ['text', 'image'] }, {}],
    ['audio', signals({ hasAudio: true }), { modalities_in: ['text', 'audio'] }, {}],
    ['files', signals({ hasFiles: true }), { modalities_in: ['text', 'pdf'] }, {}],
    ['structured_output', signals({ wantsJson: true }), {}, { structured_output: false }],
    [
      'context_window',
      signals({ promptTokens: 900, maxOutputTokens: 100 }),
      { context_tokens: 1_000 },
      { context_tokens: 999 },
    ],
    ['max_output_tokens', signals({ maxOutputTokens: 100 }), { max_output_tokens: 100 }, { max_output_tokens: 99 }],
  ] as const
  test.each(needs)('%s', async (constraint, given, has, lacks) => {
    const { decision } = await decide([target('has', has), target('lacks', lacks)], {}, { signals: given })
    expect(decision.candidates.map(({ model }) => model)).toEqual(['has'])
    expect(decision.dropped).toMatchObject([{ model: 'lacks', constraint }])
    expect(decision.reason).toBe(`only model that passes ${constraint}`)
  })

  test('several choices are served only in the own format', async () => {
    const other: Target = { ...target('other'), format: 'anthropic-messages' }
    const speaks = ({ format }: Target): boolean => format === 'openai-chat'
    const { decision } = await decide([target('same'), other], {}, { signals: signals({ choices: 2 }), speaks })
    expect(decision.dropped).toMatchObject([{ model: 'other', constraint: 'choices' }])
  })

  test('a target whose format loses something of the request is not lossless', async () => {
    const lossesOn = ({ id }: Target) => (id === 'b/fair' ? [{ path: 'top_k', reason: 'no counterpart' }] : [])
    expect(await passing(pool, { require: { lossless: true } }, { lossesOn })).toEqual(['a/strong', 'c/weak'])
  })

  test('a window that nobody wrote down holds a short conversation, not a long one', async () => {
    const { context_tokens: _, ...facts } = target('m').facts
    const unknown: Target = { ...target('m'), facts }
    expect(await passing([unknown], {}, { signals: signals({ promptTokens: 4_096 }) })).toEqual(['m'])
    expect(await passing([unknown], {}, { signals: signals({ promptTokens: 4_097 }) })).toEqual([])
  })
})

test('the decision tells what routing knew, and not the text', async () => {
  const secret = { routingText: 'my secret', truncated: true }
  const told: unknown[] = []
  const { decision } = await decide(
    pool,
    {},
    {
      router,
      signals: signals(secret),
      onPrediction: (...call) => told.push(call),
    },
  )
  expect(JSON.stringify(decision)).not.toContain('my secret')
  expect(decision).toMatchObject({ truncated: true, router_timed_out: false, signals: { prompt_tokens: 100 } })
  expect(told).toEqual([['table@1', 'none', 0]])
})

test('only models that pass are asked about, unless a limit needs an estimate', async () => {
  const asked: number[] = []
  const counting: Router = {
    ...router,
    predict(input) {
      asked.push(input.candidates.length)
      return router.predict(input)
    },
  }
  await decide(pool, { require: { region: ['eu'] } }, { router: counting })
  await decide(pool, { require: { region: ['eu'] }, max: { cost_usd: 1 } }, { router: counting })
  await expect(decide(pool, { require: { region: ['cn'] } }, { router: counting })).rejects.toThrow(GatewayError)
  expect(asked).toEqual([1, 3])
})

function router2(qualities: Readonly<Record<string, number>>): Router {
  return tableRouter(Object.fromEntries(Object.entries(qualities).map(([id, quality]) => [id, { quality }])))
}

async function passing(
  candidates: readonly Target[],
  directives: Directives,
  given: Partial<RouteInput> = {},
): Promise<string[]> {
  try {
    const { ranked } = await decide(candidates, directives, given)
    return ranked.map(({ id }) => id).sort()
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'no_feasible_model') return []
    throw thrown
  }
}
