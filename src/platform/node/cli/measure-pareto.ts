import type { Policy } from '../../../core/policy.ts'
import type { Router } from '../../../core/router.ts'
import { builtInPolicies } from '../../../directives/built-in-policies.ts'
import type { Point } from '../../../eval/curve.ts'
import { type Run, resultsOf } from '../../../eval/evaluate.ts'
import { modelMeans, type Outcomes } from '../../../eval/outcomes.ts'
import type { MethodResult } from '../../../eval/over-seeds.ts'
import type { Dominance } from '../../../eval/policy/dominance.ts'
import { against } from '../../../eval/policy/draw-sweep.ts'
import { measurePolicies } from '../../../eval/policy/measure-policies.ts'
import { SWEPT_WEIGHTS } from '../../../eval/policy/sweep.ts'
import { extreme } from '../../../eval/scene.ts'
import { splitInThree, type ThreeParts } from '../../../eval/split.ts'
import { type Price, USUAL_OUTPUT_TOKENS } from '../read-prices.ts'
import type { LateProgress } from './late-progress.ts'
import { pricedCandidates, routerMethod, signalsOf } from './router-method.ts'
import { requireTestPart } from './training-parts.ts'

export type ParetoOptions = {
  readonly seeds: readonly number[]
  /** Graded prompts each model is learned from, `all` of the training part, or `undefined`: as shipped, by name. */
  readonly probe: number | 'all' | undefined
  /** Of the set's models, where it has them: calls then cost what their prompts are long. */
  readonly prices: ReadonlyMap<string, Price>
  /** ISO date on which a model's age is counted. */
  readonly today: string
}

/** One set under the swept cost weight: means over the splits. */
export type ParetoResult = {
  readonly id: string
  readonly prompts: number
  readonly models: readonly string[]
  /** The router, and how it learned the models. */
  readonly method: string
  readonly sweep: readonly (Point & { readonly weight: number })[]
  readonly singles: readonly (Point & { readonly model: string })[]
  readonly oracle: Point
  readonly bestSingle: Point & {
    /** Chosen on the training parts: more than one where they differ. */ readonly models: readonly string[]
  }
  readonly presets: readonly MethodResult[]
  /** Of the mean curves. `undefined` where all models cost the same. */
  readonly versus: Dominance | undefined
  /** Figures of each split's own sweep, as means with intervals. */
  readonly sweepResult: MethodResult
}

/** Presets that trade what every set with costs can tell: quality against cost, and no other goal or limit. */
export const COST_PRESETS = ['best', 'balanced', 'cheap'] as const

/** Sweeps the cost weight through the policy code on the test part of each split. The set has costs. */
export async function measurePareto(
  outcomes: Outcomes,
  router: Router,
  { seeds, probe, prices, today }: ParetoOptions,
  progress: LateProgress,
): Promise<ParetoResult> {
  requireTestPart(outcomes, seeds)
  // By its name a model could bring a profile that was made from these very answers.
  const isUnnamed = probe !== undefined
  const method = routerMethod(router, { probe, isUnnamed })
  await readAll(outcomes, router, progress)
  const policies = [...COST_PRESETS].flatMap((name): readonly Policy[] => {
    const policy = builtInPolicies.get(name)
    return policy === undefined ? [] : [policy]
  })
  const targets = pricedCandidates(outcomes.models, isUnnamed, prices)
  const runs: Run[] = []
  const best = new Set<string>()
  for (const [turn, seed] of seeds.entries()) {
    progress.at(READING + ((1 - READING) * turn) / seeds.length, `${outcomes.id}: split ${turn + 1} of ${seeds.length}`)
    const split = splitInThree(outcomes, seed)
    best.add(bestSingle(split))
    runs.push(
      await measurePolicies({
        split,
        seed,
        method,
        policies,
        targets,
        signalsOf,
        today,
        usualTokens: USUAL_OUTPUT_TOKENS,
      }),
    )
  }
  const results = new Map(resultsOf(runs).map((result) => [result.id, result]))
  const of = (id: string): MethodResult => {
    const found = results.get(id)
    if (found === undefined) throw new Error(`There are no figures of ${id}.`)
    return found
  }
  const sweep = of('sweep').curve
  const singles = of('singles').curve
  const { cost = Number.NaN, quality = Number.NaN } = of('best-single').figures
  return {
    id: outcomes.id,
    prompts: outcomes.prompts.length,
    models: outcomes.models,
    method: method.id,
    sweep: sweep.map((point, index) => ({ weight: SWEPT_WEIGHTS[index] ?? Number.NaN, ...point })),
    singles: singles.map((point, index) => ({ model: outcomes.models[index] ?? '', ...point })),
    oracle: of('oracle').curve[0] ?? { cost: Number.NaN, quality: Number.NaN },
    bestSingle: { cost, quality, models: [...best] },
    presets: COST_PRESETS.map(of),
    versus: against(sweep, singles),
    sweepResult: of('sweep'),
  }
}

/** Its share of the time, about. */
const READING = 0.7

/** Most of the time goes into what an encoder makes of the prompts: done first, so that it can be told how far it is. */
async function readAll({ id, prompts }: Outcomes, router: Router, progress: LateProgress): Promise<void> {
  for (const [row, { text }] of prompts.entries()) {
    progress.at((READING * row) / prompts.length, `${id}: ${row} of ${prompts.length} prompts read`)
    await router.predict({ signals: signalsOf(text), candidates: [], signal: new AbortController().signal })
  }
}

function bestSingle({ train }: ThreeParts): string {
  return train.models[extreme(modelMeans(train.scores, train.models.length), 1)] ?? ''
}
