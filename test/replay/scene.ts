import fc from 'fast-check'
import type { Directives, SaidDirectives } from '../../src/core/directives.ts'
import { GatewayError } from '../../src/core/errors.ts'
import type { FixedOrder, Policy } from '../../src/core/policy.ts'
import type { Router, Signals } from '../../src/core/router.ts'
import type { Snapshot } from '../../src/core/snapshot.ts'
import type { Facts, Target } from '../../src/core/target.ts'
import { readRecord } from '../../src/decision-log/read-record.ts'
import type { DecisionRecord, LoggedModel } from '../../src/decision-log/record.ts'
import { decisionRecord, modelsRecord, take } from '../../src/decision-log/write-record.ts'
import { builtInPolicies } from '../../src/directives/built-in-policies.ts'
import { mergeDirectives } from '../../src/directives/merge.ts'
import type { RouteInput, RouteResult } from '../../src/route/route.ts'
import { signals, TODAY, target } from '../../src/route/test-pool.ts'

/** Of each property. */
export const RUNS = 500

const facts: fc.Arbitrary<Facts> = fc.record(
  {
    price_in: fc.constantFrom(0, 0.1, 1, 5),
    price_out: fc.constantFrom(0, 0.4, 4, 25),
    region: fc.constantFrom(['eu'], ['us'], ['eu', 'us']),
    retention: fc.constantFrom('zero', 'limited', 'kept'),
    training: fc.constantFrom('never', 'opt-in', 'opt-out', 'always'),
    license: fc.constantFrom('mit', 'proprietary'),
    open_weights: fc.boolean(),
    local: fc.boolean(),
    security: fc.constantFrom(0, 1, 2, 3),
    tools: fc.constantFrom(true, true, true, false),
    context_tokens: fc.constantFrom(8_000, 128_000),
    params_b: fc.constantFrom(3, 70, 900),
    released: fc.constantFrom('2024-01-01', '2025-06', '2026-11-01'),
    ttft_ms: fc.constantFrom(100, 1_000),
    tokens_per_second: fc.constantFrom(20, 200),
  },
  { requiredKeys: [] },
)

/** All that is known of one model when a decision is made. */
const model = fc.record({
  facts,
  quality: fc.double({ min: 0, max: 1, noNaN: true }),
  uncertainty: fc.double({ min: 0, max: 0.3, noNaN: true }),
  outputTokens: fc.constantFrom(undefined, 10, 123.456, 3_000),
  live: fc.option(
    fc.record({
      ttftMs: fc.option(fc.double({ min: 1, max: 5_000, noNaN: true }), { nil: undefined }),
      tokensPerSecond: fc.option(fc.double({ min: 1, max: 500, noNaN: true }), { nil: undefined }),
      ttftMsP95: fc.constantFrom(undefined, 6_000),
      lengthFactor: fc.constantFrom(undefined, 0.25, 0.5, 1, 2),
      lengthBelief: fc.constantFrom(undefined, 0.1, 1),
      readingGrade: fc.constantFrom(undefined, 7, 13),
      remainingShare: fc.constantFrom(undefined, 0.1, 1),
    }),
    { nil: undefined },
  ),
  share: fc.record({ reliability: fc.double({ min: 0, max: 1, noNaN: true }), calls: fc.constantFrom(0, 9.5, 40) }),
  speaks: fc.boolean(),
  loses: fc.boolean(),
})
export type Model = typeof model extends fc.Arbitrary<infer Value> ? Value : never

const weight = fc.constantFrom(0, 0.25, 1, 4)
const directives: fc.Arbitrary<Directives> = fc.record(
  {
    weights: fc.record(
      {
        cost: weight,
        latency: weight,
        size: weight,
        recency: weight,
        verbosity: weight,
        security: weight,
        readability: weight,
        load: weight,
        energy: weight,
      },
      { requiredKeys: [] },
    ),
    quality: fc.record(
      {
        band: fc.constantFrom(0, 2, 10, 100),
        floor: fc.constantFrom(0, 0.5, 0.9),
        risk: fc.constantFrom('low', 'normal'),
      },
      { requiredKeys: [] },
    ),
    max: fc.record(
      {
        cost_usd: fc.constantFrom(0.001, 0.1),
        latency_ms: fc.constantFrom(5_000, 50_000),
        params_b: fc.constantFrom(100, 1_000),
        age_days: fc.constantFrom(700, 2_000),
        output_tokens: fc.constantFrom(500, 5_000),
      },
      { requiredKeys: [] },
    ),
    require: fc.record(
      { region: fc.constantFrom(['eu', 'us'], ['eu']), tools: fc.boolean(), lossless: fc.boolean() },
      { requiredKeys: [] },
    ),
    models: fc.constantFrom([['m*']], [['!m1']]),
    willingness_to_pay: fc.constantFrom(0.001, 0.1),
    preset: fc.constantFrom('cheap', 'private', 'best'),
    relax: fc.constantFrom(['cost_usd', 'latency_ms'], ['output_tokens']),
    explain: fc.constant(true),
  },
  { requiredKeys: [] },
)

const request: fc.Arbitrary<Partial<Signals>> = fc.record({
  promptTokens: fc.constantFrom(10, 5_000, 50_000),
  toolCount: fc.constantFrom(0, 0, 2),
  wantsJson: fc.boolean(),
  choices: fc.constantFrom(1, 1, 1, 2),
  maxOutputTokens: fc.constantFrom(undefined, 50, 1_000),
  truncated: fc.boolean(),
  phase: fc.constantFrom('first-turn', 'user-turn', 'tool-loop'),
})

export const scene = fc.record({
  models: fc.array(model, { minLength: 1, maxLength: 7 }),
  request,
  said: fc.array(fc.record({ door: fc.constantFrom('key', 'model', 'header', 'body'), directives }), { maxLength: 2 }),
  policy: fc.constantFrom(...builtInPolicies.values()),
  fixedOrder: fc.constantFrom<FixedOrder>('listed', 'cheapest', 'fastest', 'smallest', 'newest'),
  spread: fc.option(
    fc.record({
      weights: fc.option(
        fc.constant(
          new Map([
            ['m0', 3],
            ['m1', 1],
            ['m2', 2],
          ]),
        ),
        { nil: undefined },
      ),
      canary: fc.option(fc.constant({ model: 'm1', share: 0.3, inPlaceOf: '*' }), { nil: undefined }),
      draw: fc.record({
        canary: fc.double({ min: 0, max: 0.999, noNaN: true }),
        weights: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
    }),
    { nil: undefined },
  ),
  previous: fc.option(
    fc.record({
      targetId: fc.constantFrom('m0', 'm1', 'm9'),
      lock: fc.constantFrom(undefined, undefined, 'tool loop', 'follow-up'),
      cachedTokens: fc.constantFrom(0, 4_000),
      points: fc.constantFrom(0, 1, 20),
    }),
    { nil: undefined },
  ),
  learned: fc.dictionary(
    fc.constantFrom('m0', 'm1', 'm2', 'elsewhere'),
    fc.record({
      outcomes: fc.constantFrom(0.5, 12),
      shift: fc.constantFrom(-0.3, -0.02, 0.1),
      narrowing: fc.constantFrom(0.5, 1),
    }),
    { maxKeys: 3 },
  ),
  exploration: fc.option(fc.record({ share: fc.constant(0.05), draw: fc.constantFrom(0, 0.01, 0.03, 0.049, 0.5) }), {
    nil: undefined,
  }),
  router: fc.constantFrom('speaks', 'speaks', 'speaks', 'fails', 'falls back', 'none'),
})
export type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never

/** A decision as the gateway makes it, with everything measured and nothing remembered. */
export function inputOf(
  { models, request: given, said, policy, fixedOrder, router, spread, previous, learned, exploration }: Scene,
  predictsAll: boolean,
): Asked {
  const targets = models.map((one, index): Target => ({ ...target(`m${index}`), facts: one.facts }))
  const known = new Map(models.map((one, index) => [`m${index}`, one]))
  const of = (id: string): Model => known.get(id) as Model
  const all: SaidDirectives[] = [{ door: 'policy', directives: policy.directives }, ...said]
  return {
    said: all,
    snapshot: {
      targets: new Map(targets.map((one) => [one.id, one])),
      defaultPolicy: 'balanced',
    } as unknown as Snapshot,
    input: {
      id: 'rt_test',
      signals: signals(given),
      candidates: targets,
      directives: mergeDirectives(all),
      policy: { ...policy, fixedOrder },
      router: routerOf(router, of),
      deadlineMs: 30,
      live: (id) => of(id).live,
      toolShares: ({ id }) => of(id).share,
      clock: { monotonic: () => 0, now: () => 0, timer: () => ({ cancel() {}, refresh() {} }) },
      today: TODAY,
      log: () => {},
      speaks: ({ id }) => of(id).speaks,
      lossesOn: ({ id }) => (of(id).loses ? [{ path: 'x', reason: 'y' }] : []),
      predictsAll,
      ...(spread === undefined ? {} : { spread }),
      ...(previous === undefined ? {} : { previous: { ...previous, marginPoints: () => previous.points } }),
      learned: () => new Map(Object.entries(learned)),
      ...(exploration === undefined
        ? {}
        : { exploration: { share: exploration.share, random: () => exploration.draw } }),
      isExplained: said.some((door) => door.directives.explain === true),
    },
  }
}
type Asked = { readonly input: RouteInput; readonly said: readonly SaidDirectives[]; readonly snapshot: Snapshot }

function routerOf(kind: string, of: (id: string) => Model): Router | undefined {
  if (kind === 'none') return undefined
  const table: Router = {
    name: 'table@1',
    device: 'none',
    predict: ({ candidates }) => ({
      predictions: candidates.map(({ id }) => of(id)),
      truncated: candidates.length > 3,
      evidence: { clusters: [{ label: 'maths', share: 0.7 }] },
    }),
    close: async () => {},
  }
  const failing: Router = { ...table, name: 'failing@1', predict: () => Promise.reject(new Error('no')) }
  return kind === 'speaks' ? table : kind === 'fails' ? failing : { ...failing, fallback: table }
}

/** The record of a decision, written and read back. */
export function logged(
  asked: Asked,
  { decision, foreseen }: RouteResult,
): { readonly record: DecisionRecord; readonly models: Models } {
  const { input, said, snapshot } = asked
  const written = modelsRecord(snapshot.targets.values())
  const taken = take({ input, foreseen, decision, said, key: 'k', governing: 'balanced', snapshot }, 1)
  const record = readRecord(JSON.stringify(decisionRecord(taken, written.hash, false)))
  const models = readRecord(JSON.stringify(written))
  if (record?.type !== 'decision' || models?.type !== 'models') throw new Error('not read back')
  return { record, models: new Map(models.models.map((one) => [one.id, one])) }
}
type Models = ReadonlyMap<string, LoggedModel>

export async function orRefused<Value>(deciding: Promise<Value>): Promise<Value | undefined> {
  try {
    return await deciding
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'no_feasible_model') return undefined
    throw thrown
  }
}

/** Reliability fades with the clock: whoever reads it again reads less. */
export function fading({ input, ...asked }: Asked): Asked {
  let kept = 1
  const toolShares: RouteInput['toolShares'] = (target) => {
    kept *= 0.999
    const { calls = 0, reliability = 1 } = input.toolShares?.(target) ?? {}
    return { calls, reliability: reliability * kept }
  }
  return { ...asked, input: { ...input, toolShares } }
}

export const plain: Scene = {
  models: [0.9, 0.88].map(
    (quality, index): Model => ({
      facts: { price_in: 5 - 4 * index, price_out: 5 - 4 * index, region: index === 0 ? ['us'] : ['eu'] },
      quality,
      uncertainty: 0,
      outputTokens: 10,
      live: undefined,
      share: { reliability: 1, calls: 0 },
      speaks: true,
      loses: false,
    }),
  ),
  request: {},
  said: [],
  policy: builtInPolicies.get('best') as Policy,
  fixedOrder: 'listed',
  spread: undefined,
  previous: undefined,
  learned: {},
  exploration: undefined,
  router: 'speaks',
}
