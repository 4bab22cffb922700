import { describe, expect, test } from 'vitest'
import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { Target } from '../core/target.ts'
import type { RouteInput } from './route.ts'
import { decide, signals, target } from './test-pool.ts'

const us = target('a/us', { price_out: 20, region: ['us'], retention: 'limited', license: 'proprietary', security: 3 })
const eu = target('b/eu', { price_out: 10, region: ['eu'], retention: 'limited', license: 'mit' })
const pool = [us, eu]

describe('the answer when no model passes', () => {
  test('is a 422 that lists per model every failing limit', async () => {
    const error = await refusal(pool, { require: { region: ['ch'], security: 3 }, max: { cost_usd: 0.001 } })
    expect(error).toMatchObject({ code: 'no_feasible_model', status: 422 })
    expect(error.data?.['models']).toEqual([
      {
        model: 'a/us',
        failures: [
          { limit: 'region', required: ['ch'], actual: ['us'] },
          { limit: 'cost_usd', required: 0.001, actual: 0.0021 },
        ],
      },
      {
        model: 'b/eu',
        failures: [
          { limit: 'region', required: ['ch'], actual: ['eu'] },
          { limit: 'security', required: 3, actual: null },
          { limit: 'cost_usd', required: 0.001, actual: 0.0011 },
        ],
      },
    ])
    expect(error.message).toBe(
      'None of the 2 models passes: 2 fail region (ch), 2 fail cost_usd (at most 0.001), 1 fail security (3). No single limit is to blame: "models" lists what each one fails.',
    )
    expect(error.data?.['relaxation']).toBeNull()
  })

  test('names the smallest single relaxation: figures by ratio', async () => {
    const error = await refusal(pool, { max: { cost_usd: 0.001 } })
    expect(error.data?.['relaxation']).toEqual({ limit: 'cost_usd', from: 0.001, to: 0.0011, admits: 'b/eu' })
    expect(error.message).toBe(
      'None of the 2 models passes: 2 fail cost_usd (at most 0.001). Changing cost_usd from 0.001 to 0.0011 would admit b/eu.',
    )
  })

  test('from nothing, the model that needs least is named', async () => {
    const error = await refusal(
      [target('a/dear', { price_in: 9, price_out: 9 }), target('b/cheap', { price_in: 1, price_out: 1 })],
      { max: { cost_usd: 0 } },
    )
    expect(error.data?.['relaxation']).toMatchObject({ limit: 'cost_usd', from: 0, admits: 'b/cheap' })
  })

  test('an estimate is rounded up to three digits, and the model passes what is written back', async () => {
    const model = target('m', { price_in: 0.07, price_out: 0.1234 })
    const error = await refusal([model], { max: { cost_usd: 0.00001 } })
    const to = 0.0000194
    expect(error.data?.['relaxation']).toMatchObject({ to })
    expect(error.message).toContain('Changing cost_usd from 0.00001 to 0.0000194 would admit m.')
    expect((await decide([model], { max: { cost_usd: to } })).decision.model).toBe('m')
  })

  test('prefers a figure to a promise, and a known fact to an unknown one', async () => {
    const figure = await refusal(pool, { require: { region: ['eu'] }, max: { cost_usd: 0.0001 } })
    expect(figure.data?.['relaxation']).toMatchObject({ limit: 'cost_usd', admits: 'b/eu' })
    const promise = await refusal([us, target('c/unknown')], { require: { region: ['eu'] } })
    expect(promise.data?.['relaxation']).toEqual({ limit: 'region', from: ['eu'], to: ['eu', 'us'], admits: 'a/us' })
    const level = await refusal(pool, { require: { retention: 'zero' } })
    expect(level.data?.['relaxation']).toEqual({ limit: 'retention', from: 'zero', to: 'limited', admits: 'a/us' })
    const unknown = await refusal([target('c/unknown')], { require: { security: 1 } })
    expect(unknown.data?.['relaxation']).toEqual({ limit: 'security', from: 1, to: null, admits: 'c/unknown' })
    expect(unknown.message).toBe('The one model fails security (1). Giving up security would admit c/unknown.')
  })

  test('says what the request itself needs, and proposes no relaxation of that', async () => {
    const given = { signals: signals({ hasImages: true, promptTokens: 500_000 }) }
    const error = await refusal([eu], {}, given)
    expect(error.message).toBe(
      'The one model fails images (this request needs it), context_window (this request needs 500000). No single limit is to blame: "models" lists what each one fails.',
    )
    const sole = await refusal([eu, us], {}, { signals: signals({ hasImages: true }) })
    expect(sole.data?.['relaxation']).toBeNull()
    expect(sole.message).toBe(
      'None of the 2 models passes: 2 fail images (this request needs it). Only images is to blame, which the request itself needs: ask for less, or add a model whose facts say that it passes.',
    )
    const seeing = target('c/seeing', { modalities_in: ['image'], tools: false })
    const two = await refusal(
      [{ ...eu, facts: { tools: true } }, seeing],
      {},
      {
        signals: signals({ hasImages: true, toolCount: 1 }),
      },
    )
    expect(two.message).toMatch(/No single limit is to blame/)
  })

  test('says so when there is nothing to choose from', async () => {
    expect((await refusal([], {})).message).toBe(
      'There is no model to choose from. Add models to the configuration or the pool.',
    )
  })
})

describe('relax', () => {
  test('moves the first limit just far enough, and the decision says which', async () => {
    const { decision } = await decide(pool, { max: { cost_usd: 0.001 }, relax: ['cost_usd'] })
    expect(decision).toMatchObject({ model: 'b/eu', relaxed: ['cost_usd'], reason: 'limits relaxed' })
    expect(decision.candidates.map(({ model }) => model)).toEqual(['b/eu'])
    expect(decision.dropped).toMatchObject([{ model: 'a/us', constraint: 'cost_usd', required: 0.0011 }])
  })

  test('goes on to the next only when the first is not enough', async () => {
    const slow = target('slow', { ttft_ms: 9_000, params_b: 8 })
    const large = target('large', { ttft_ms: 100, params_b: 800 })
    const limits = { max: { ttft_ms: 50, params_b: 70 } }
    const first = await decide([slow, large], { ...limits, relax: ['ttft_ms', 'params_b'] })
    expect(first.decision).toMatchObject({ model: 'slow', relaxed: ['ttft_ms'] })
    const second = await decide([slow, large], { ...limits, relax: ['params_b', 'ttft_ms'] })
    // Size alone admits nobody; of both, time was to be given up last and so moves least.
    expect(second.decision).toMatchObject({ model: 'large', relaxed: ['ttft_ms', 'params_b'] })
    const both = await decide([large], { ...limits, relax: ['params_b', 'ttft_ms'] })
    expect(both.decision).toMatchObject({ model: 'large', relaxed: ['ttft_ms', 'params_b'] })
  })

  test('gives a limit up when the fact is unknown', async () => {
    const { decision } = await decide([target('m')], { max: { params_b: 8 }, relax: ['params_b'] })
    expect(decision).toMatchObject({ model: 'm', relaxed: ['params_b'] })
  })

  test('lowers a least window', async () => {
    const models = [target('m', { context_tokens: 32_000 }), target('s', { context_tokens: 8_000 })]
    const { decision } = await decide(models, { require: { context_tokens: 64_000 }, relax: ['context_tokens'] })
    expect(decision.candidates.map(({ model }) => model)).toEqual(['m'])
  })

  test.each([
    ['region', { require: { region: ['ch'] } }],
    ['retention', { require: { retention: 'zero' } }],
    ['training', { require: { training: 'never' } }],
    ['license', { require: { license: ['apache-2.0'] } }],
    ['security', { require: { security: 3 } }],
    ['local', { require: { local: true } }],
    ['open_weights', { require: { open_weights: true } }],
    ['models', { models: [['z/*']] }],
  ] as const)('never gives up %s, even when it is listed', async (name, limits) => {
    const error = await refusal([eu], { ...limits, relax: [name] })
    expect(error.code).toBe('no_feasible_model')
  })

  test('never sends a request where it cannot be answered', async () => {
    const given = { signals: signals({ toolCount: 1 }) }
    const error = await refusal([target('m', { tools: false })], { relax: ['tools'] }, given)
    expect(error.code).toBe('no_feasible_model')
  })
})

async function refusal(
  candidates: readonly Target[],
  directives: Directives,
  given: Partial<RouteInput> = {},
): Promise<GatewayError> {
  try {
    await decide(candidates, directives, given)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('A model passed.')
}
