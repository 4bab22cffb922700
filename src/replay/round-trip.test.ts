import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Model } from '../../test/replay/scene.ts'
import { fading, inputOf, logged, orRefused, plain, RUNS, scene } from '../../test/replay/scene.ts'
import type { Policy } from '../core/policy.ts'
import { builtInPolicies } from '../directives/built-in-policies.ts'
import type { Breakers } from '../dispatch/breaker.ts'
import { routeAmongUp } from '../leave-resting.ts'
import { route } from '../route/route.ts'
import { decideAsLogged, decideUnder } from './decide-again.ts'
import { loggedRequest } from './logged-request.ts'
import { differences } from './verify.ts'

test('a decision replayed from its log is identical, whatever the pool, the directives and the measurements', async () => {
  let decided = 0
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const asked = fading(inputOf(given, true))
      const result = await orRefused(route(asked.input))
      if (result === undefined) return
      decided += 1
      const { record, models } = logged(asked, result)
      const again = await decideAsLogged(
        record,
        loggedRequest(record, models) as NonNullable<ReturnType<typeof loggedRequest>>,
      )
      if (again.type !== 'decided') throw new Error('infeasible')
      expect(JSON.parse(JSON.stringify(again.decision))).toEqual(JSON.parse(JSON.stringify(result.decision)))
      expect(differences(record.decision, again.decision)).toEqual([])
    }),
    { numRuns: RUNS },
  )
  // Not a test of refusals alone.
  expect(decided).toBeGreaterThan(RUNS / 4)
})

test('a decision that was made while models rested is replayed without them, and identical', async () => {
  let rested = 0
  await fc.assert(
    fc.asyncProperty(scene, fc.subarray(['m0', 'm1', 'm2', 'm3']), async (given, resting) => {
      const asked = fading(inputOf(given, true))
      const result = await orRefused(routeAmongUp(asked.input, restingOf(resting)))
      if (result === undefined) return
      if (result.decision.dropped.some(({ constraint }) => constraint === 'health')) rested += 1
      const { record, models } = logged(asked, result)
      const again = await decideAsLogged(
        record,
        loggedRequest(record, models) as NonNullable<ReturnType<typeof loggedRequest>>,
      )
      if (again.type !== 'decided') throw new Error('infeasible')
      expect(JSON.parse(JSON.stringify(again.decision))).toEqual(JSON.parse(JSON.stringify(result.decision)))
      expect(differences(record.decision, again.decision)).toEqual([])
    }),
    { numRuns: RUNS },
  )
  expect(rested).toBeGreaterThan(RUNS / 10)
})

function restingOf(ids: readonly string[]): Breakers {
  return {
    isQuiet: () => ids.length === 0,
    restMs: (id: string) => (ids.includes(id) ? 1_000 : undefined),
    cause: () => 'upstream_error',
  } as unknown as Breakers
}

test('a logged decision under another policy is what routing would have decided under it', async () => {
  let decided = 0
  await fc.assert(
    fc.asyncProperty(scene, fc.constantFrom(...builtInPolicies.values()), async (given, other: Policy) => {
      const plain = { ...given, said: [], policy: builtInPolicies.get('balanced') as Policy }
      const asked = inputOf(plain, true)
      const result = await orRefused(route(asked.input))
      if (result === undefined) return
      const { record, models } = logged(asked, result)
      const request = loggedRequest(record, models) as NonNullable<ReturnType<typeof loggedRequest>>
      const again = await decideUnder({ policy: other }, record, request, builtInPolicies)
      const { spread: _spread, exploration: _exploration, ...unspread } = asked.input
      const directly = await orRefused(route({ ...unspread, directives: other.directives, policy: other }))
      expect(again.type).toBe(directly === undefined ? 'infeasible' : 'decided')
      if (again.type !== 'decided' || directly === undefined) return
      decided += 1
      expect(JSON.parse(JSON.stringify(again.decision))).toEqual(JSON.parse(JSON.stringify(directly.decision)))
    }),
    { numRuns: RUNS },
  )
  expect(decided).toBeGreaterThan(RUNS / 4)
})

test('asking about all candidates for the log changes no decision', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const asked = inputOf(given, true)
      const all = await orRefused(route(asked.input))
      const some = await orRefused(route({ ...asked.input, predictsAll: false }))
      // The router's word on whether it read the whole prompt may differ with whom it was asked about.
      expect({ ...all?.decision, truncated: 0 }).toEqual({ ...some?.decision, truncated: 0 })
    }),
    { numRuns: RUNS },
  )
})

test('a decision among more models than it lists is replayed whole', async () => {
  const models = Array.from({ length: 250 }, (_, index): Model => {
    const [first] = plain.models
    return {
      ...(first as Model),
      quality: (index % 97) / 97,
      facts: { price_in: index % 13, price_out: 1, region: ['us'] },
    }
  })
  const asked = inputOf({ ...plain, models }, true)
  const result = await route(asked.input)
  expect(result.decision.unlisted).toBeGreaterThan(0)
  const { record, models: facts } = logged(asked, result)
  const again = await decideAsLogged(
    record,
    loggedRequest(record, facts) as NonNullable<ReturnType<typeof loggedRequest>>,
  )
  expect(again.type === 'decided' ? differences(record.decision, again.decision) : again).toEqual([])
})

test('a decision that was drawn is verified by what it was drawn from', async () => {
  const asked = inputOf(plain, true)
  const { decision } = await route(asked.input)
  const drawn = {
    ...decision,
    model: 'm1',
    reason: 'explored',
    candidates: decision.candidates.toReversed(),
    propensity: 0.02,
  }
  expect(differences(drawn, decision)).toEqual([])
  expect(differences({ ...drawn, propensity: 1 }, decision)).toContain('model')
  expect(differences({ ...drawn, front: [] }, decision)).toEqual(['front'])
})

test('an exploring decision is replayed with how well the lengths of its models’ answers were known', async () => {
  const [best, other] = plain.models as [Model, Model]
  const seen = { ttftMs: undefined, tokensPerSecond: undefined, ttftMsP95: undefined, readingGrade: undefined }
  const facts = { price_in: 0, price_out: 5 }
  const short: Model['live'] = { ...seen, remainingShare: undefined, lengthFactor: 0.25, lengthBelief: 0.1 }
  const hardlyKnown: Model['live'] = { ...short, lengthFactor: 1, lengthBelief: 1 }
  const models: Model[] = [
    { ...best, facts, live: short },
    { ...other, facts, live: hardlyKnown },
  ]
  const asked = inputOf({ ...plain, models, exploration: { share: 0.05, draw: 0.03 } }, true)
  const result = await route(asked.input)
  expect(result.decision).toMatchObject({ model: 'm1', reason: 'explored' })
  const { record, models: known } = logged(asked, result)
  const again = await decideAsLogged(
    record,
    loggedRequest(record, known) as NonNullable<ReturnType<typeof loggedRequest>>,
  )
  expect(again.type === 'decided' ? again.decision.model : again).toBe('m1')
})
