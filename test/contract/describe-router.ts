import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Inference } from '../../src/core/ports.ts'
import type { Router, RouterDefinition } from '../../src/core/router.ts'
import type { Target } from '../../src/core/target.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { signals, target } from './one-turn.ts'

export { signals, target } from './one-turn.ts'

const TEXTS = [
  '',
  'hi',
  'Prove that the square root of 2 is irrational.',
  '日本語で詩を書いて 🙂',
  '\u0000\ud800 x',
  'word '.repeat(5_000),
]
const POOL = [
  target('openai/gpt-5-mini', { price_in: 0.25, price_out: 2, reasoning: true, released: '2025-08-07' }),
  target('local/some-model-nobody-listed:7b', {}, undefined),
  target('anthropic/claude-haiku-4-5', { price_in: 1, price_out: 5 }),
  target('simulated/openai/gpt-5-mini', {}, 'openai/gpt-5-mini'),
]

/** What every router must hold, whatever it has learned. */
export function describeRouter(definition: RouterDefinition, inference: () => Inference): void {
  describe(`router ${definition.id}`, () => {
    let router: Router
    beforeAll(async () => {
      router = await definition.open(definition.settings.parse({}), { inference: inference(), createStore, digest })
    })
    afterAll(() => router.close())

    const predict = (text: string, candidates: readonly Target[], signal = new AbortController().signal) =>
      router.predict({ signals: signals(text), candidates, signal })

    test('its name is its id and version, and its device is said', () => {
      expect(router.name).toMatch(new RegExp(`^${definition.id}@\\d+$`))
      expect(router.device).not.toBe('')
    })

    test('one prediction a candidate, in range, for any text and any model', async () => {
      for (const text of TEXTS) {
        const { predictions } = await predict(text, POOL)
        expect(predictions).toHaveLength(POOL.length)
        for (const { quality, uncertainty, outputTokens } of predictions) {
          expect(quality).toBeGreaterThanOrEqual(0)
          expect(quality).toBeLessThanOrEqual(1)
          expect(uncertainty).toBeGreaterThan(0)
          expect(uncertainty).toBeLessThanOrEqual(1)
          if (outputTokens !== undefined) expect(outputTokens).toBeGreaterThan(0)
        }
      }
    })

    test('predictions follow the candidates, not their place', async () => {
      const forward = await predict('Summarise this report.', POOL)
      const backward = await predict('Summarise this report.', POOL.toReversed())
      expect(backward.predictions.toReversed()).toEqual(forward.predictions)
    })

    test('the same question gets the same answer', async () => {
      expect(await predict('What is a monad?', POOL)).toEqual(await predict('What is a monad?', POOL))
    })

    test('a model under another provider is the same model', async () => {
      const { predictions } = await predict('What is a monad?', POOL)
      expect(predictions[3]).toEqual(predictions[0])
    })

    test('no candidates, no predictions', async () => {
      expect((await predict('hi', [])).predictions).toEqual([])
    })

    test('an abort is honoured', async () => {
      const late = AbortSignal.abort(new Error('too late'))
      await expect((async () => predict('hi', POOL, late))()).rejects.toThrow('too late')
    })

    test('its evidence is plain JSON', async () => {
      const { evidence } = await predict('hi', POOL)
      if (evidence !== undefined) expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence)
    })

    test('a prompt’s shares of the router’s clusters, where it has any, are of the same clusters for every prompt', async () => {
      const [one, other] = [await predict('Write a sonnet.', POOL), await predict('Prove that 2 is prime.', POOL)]
      expect(other.shares?.length).toBe(one.shares?.length)
      for (const { shares, evidence } of [one, other]) {
        expect(shares !== undefined).toBe(evidence?.['clusters'] !== undefined)
        if (shares !== undefined) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
      }
    })

    test('shares of clusters, where it has any, sum to one and say whose they are', async () => {
      const { shares, clusters, clusterNames, strangeness = 0 } = await predict('Sort a list in Python.', POOL)
      if (shares === undefined) return
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4)
      expect(clusters).toMatch(/\w/)
      expect(clusterNames).toHaveLength(shares.length)
      expect(strangeness).toBeGreaterThanOrEqual(0)
      expect(strangeness).toBeLessThanOrEqual(1)
    })

    test('an unknown setting is refused', () => {
      expect(() => definition.settings.parse({ no_such_setting: 1 })).toThrow()
    })
  })
}
