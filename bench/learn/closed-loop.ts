import type { Directives } from '../../src/core/directives.ts'
import type { Predictions, Router } from '../../src/core/router.ts'
import type { Target } from '../../src/core/target.ts'
import { generator } from '../../src/eval/generator.ts'
import { signalsOf } from '../../src/learn/answer-signals.ts'
import type { Learning } from '../../src/learn/learning.ts'
import { createLearning } from '../../src/learn/learning.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { route } from '../../src/route/route.ts'
import { signals, TODAY, target } from '../../src/route/test-pool.ts'
import type { LiveMeasures } from '../../src/usage/live-measures.ts'
import { createLiveMeasures } from '../../src/usage/live-measures.ts'

// The gateway's own decisions and learning, with a table for the world: what models are really like, kind by kind.

/** True chance of a good answer, by model and kind of prompt. */
export type World = Readonly<Record<string, readonly number[]>>

export type LoopOptions = {
  readonly seed: number
  readonly calls: number
  readonly callsPerDay: number
  /** Share of the answers on which somebody gives feedback: 1 for good, 0 for bad. */
  readonly feedback: number
  readonly explore: number
  readonly isLearning: boolean
  /** USD per million answer tokens, by model. */
  readonly prices: Readonly<Record<string, number>>
  /** What the router believes, and goes on believing. */
  readonly believed: World
  readonly directives: Directives
  /** How long answers are, over the length that the router predicts; 1 when left out. */
  readonly lengthRatio?: number
  /** The world at a call. */
  readonly world: (call: number) => World
}

export type LoopCall = {
  readonly call: number
  readonly kind: number
  readonly model: string
  readonly isExplored: boolean
  /** True chance of a good answer. */
  readonly quality: number
  readonly costUsd: number
  readonly hasFeedback: boolean
}

export type LoopRun = {
  readonly calls: readonly LoopCall[]
  /** Log lines `drift`, with the call after which they came. */
  readonly alarms: readonly { readonly call: number; readonly fields: Readonly<Record<string, unknown>> }[]
}

const START = Date.UTC(2026, 10, 1)
const DAY_MS = 86_400_000
const PREDICTED_TOKENS = 100

/** Plays calls one after the other: prompt ▶ decision ▶ answer ▶ now and then feedback. */
export async function playLoop(options: LoopOptions): Promise<LoopRun> {
  const random = generator(options.seed)
  const calls: LoopCall[] = []
  const alarms: { readonly call: number; readonly fields: Readonly<Record<string, unknown>> }[] = []
  let call = 0
  const clock = {
    monotonic: () => (call / options.callsPerDay) * DAY_MS,
    now: () => START + (call / options.callsPerDay) * DAY_MS,
    timer: () => ({ cancel() {}, refresh() {} }),
  }
  const learning = createLearning({
    ports: {
      clock,
      createStore,
      digest,
      log: (_level, event, fields = {}) => {
        if (event === 'drift') alarms.push({ call, fields })
      },
    },
    settings: () => ({
      isEnabled: options.isLearning,
      learnsFromSignals: true,
      priorCount: 50,
      forgettingPerDay: 0.99,
      explore: options.explore,
    }),
    isShared: () => false,
    gauges: () => {},
    onOutcome: () => {},
  })
  const live = createLiveMeasures(clock)
  const candidates = Object.entries(options.prices).map(([id, price]) => target(id, { price_in: 0, price_out: price }))
  const kinds = Object.values(options.believed)[0]?.length ?? 0
  for (call = 0; call < options.calls; call += 1) {
    const kind = Math.floor(random() * kinds)
    const router = routerFor(sharesOf(kind, kinds, random), kind, options.believed)
    calls.push(await play({ call, kind, router, candidates, learning, live, random, options, clock }))
  }
  return { calls, alarms }
}

type Turn = {
  readonly call: number
  readonly kind: number
  readonly router: Router
  readonly candidates: readonly Target[]
  readonly learning: Learning
  readonly live: LiveMeasures
  readonly random: () => number
  readonly options: LoopOptions
  readonly clock: Parameters<typeof route>[0]['clock']
}

async function play({
  call,
  kind,
  router,
  candidates,
  learning,
  live,
  random,
  options,
  clock,
}: Turn): Promise<LoopCall> {
  const id = `rt_${call}`
  const { decision, believed } = await route({
    id,
    signals: signals(),
    candidates,
    directives: options.directives,
    policy: { name: 'loop', description: '', directives: {}, fixedOrder: 'listed' },
    router,
    deadlineMs: 1_000,
    live: live.read,
    learned: learning.learned,
    exploration: options.explore > 0 ? { share: options.explore, random } : undefined,
    clock,
    today: TODAY,
    log: () => {},
  })
  const { model } = decision
  const quality = options.world(call)[model]?.[kind] ?? 0
  const isGood = random() < quality
  const known = believed?.qualities.get(model)
  learning.answered({
    id,
    key: 'local',
    model,
    quality: known?.predicted,
    believed: known?.believed,
    predictions: believed?.predictions,
    seen: signalsOf({
      model,
      attempts: [],
      end: 'whole',
      finishReason: 'stop',
      outputTokens: 100,
      maxOutputTokens: undefined,
      isRefusal: false,
      calls: undefined,
    }),
  })
  const chosen = decision.candidates.find((one) => one.model === model)
  const actual = PREDICTED_TOKENS * (options.lengthRatio ?? 1)
  live.record(model, {
    ttftMs: undefined,
    tokensPerSecond: undefined,
    length: { predicted: chosen?.output_tokens ?? PREDICTED_TOKENS, actual },
  })
  const hasFeedback = random() < options.feedback
  if (hasFeedback) learning.told(id, 'local', isGood ? 1 : 0)
  const costUsd = chosen?.cost_usd ?? 0
  return { call, kind, model, isExplored: decision.reason === 'explored', quality, costUsd, hasFeedback }
}

/** Mostly of its own kind, as prompts of the router's 80 clusters are. */
function sharesOf(kind: number, kinds: number, random: () => number): Float32Array {
  const shares = Float32Array.from({ length: kinds }, () => random() * 0.1)
  shares[kind] = 0.5 + random() * 0.4
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / total)
}

function routerFor(shares: Float32Array, kind: number, believed: World): Router {
  return {
    name: 'table@1',
    device: 'none',
    predict: ({ candidates }): Predictions => ({
      predictions: candidates.map(({ id }) => ({
        quality: believed[id]?.[kind] ?? 0.5,
        uncertainty: 0.03,
        outputTokens: PREDICTED_TOKENS,
      })),
      truncated: false,
      shares,
      clusters: 'table',
      strangeness: 0,
    }),
    close: async () => {},
  }
}
