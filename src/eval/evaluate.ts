import type { Bin } from './calibration.ts'
import { calibrationBins } from './calibration.ts'
import type { Figures } from './figures.ts'
import { calibration, deferral, figuresOf, lengthError } from './figures.ts'
import { bootstrap } from './interval.ts'
import type { Method } from './methods.ts'
import type { Outcomes } from './outcomes.ts'
import type { MethodResult, Seeded } from './over-seeds.ts'
import { overSeeds } from './over-seeds.ts'
import type { Scene } from './scene.ts'
import { extreme, oracle, pointOf, sceneOf } from './scene.ts'
import type { Split } from './split.ts'
import { splitByKey } from './split.ts'

// How much quality is worth the whole range of costs, from nothing to everything.
const WEIGHTS = [0, ...Array.from({ length: 41 }, (_, step) => 10 ** (step / 8 - 4))]

/** A split, and the seed of its resampling. */
export type Trial = { readonly split: Split; readonly seed: number }

/** What every method did on one split. */
export type Run = ReadonlyMap<string, Seeded>

/** Every method and the usual baselines on one set, each seed with a split by key. */
export async function evaluate(
  outcomes: Outcomes,
  methods: readonly Method[],
  seeds: readonly number[],
): Promise<MethodResult[]> {
  const runs: Run[] = []
  for (const seed of seeds) runs.push(await evaluateSplit({ split: splitByKey(outcomes, seed), seed }, methods))
  return resultsOf(runs)
}

/** Means of each method over the runs. */
export function resultsOf(runs: readonly Run[]): MethodResult[] {
  const ids = [...(runs[0]?.keys() ?? [])]
  return ids.map((id) =>
    overSeeds(
      id,
      runs.flatMap((run) => run.get(id) ?? []),
    ),
  )
}

/** Every method and the usual baselines, over a split that someone else made. */
export async function evaluateSplit({ split, seed }: Trial, methods: readonly Method[]): Promise<Run> {
  const { test } = split
  const scene = sceneOf(split)
  const found = new Map<string, Seeded>()
  const add = (
    id: string,
    settings: readonly (readonly number[])[],
    more: Figures = {},
    bins: readonly Bin[] = [],
  ): void => {
    const [first = []] = settings
    found.set(id, {
      figures: { ...figuresOf(scene, settings), ...more },
      drawn: bootstrap(scene, first, scene.best, seed),
      curve: scene.costs === undefined ? [] : settings.map((choices) => pointOf(scene, choices)),
      bins,
    })
  }
  const always = (model: number): number[] => test.prompts.map(() => model)
  if (scene.costs !== undefined) {
    add('cheapest', [always(extreme(scene.costs, -1))])
    add('priciest', [always(extreme(scene.costs, 1))])
    add('zero-router', [always(scene.best), ...test.models.map((_, model) => always(model))])
  }
  add('best-single', [always(scene.best)])
  add('oracle', [oracle(scene)])
  for (const method of methods) {
    const { quality, logTokens } = await method.estimate(split.train, test)
    const settings = WEIGHTS.slice(0, scene.costs === undefined ? 1 : undefined).map((weight) =>
      choose(scene, quality, weight),
    )
    const probabilities = [...quality].map((value) => Math.min(Math.max(value, 0), 1))
    const bins = method.isCalibrated ? calibrationBins(probabilities, [...test.scores]) : []
    const more = {
      ...deferral(scene, quality),
      ...lengthError(test, logTokens),
      ...(method.isCalibrated ? calibration(test, probabilities, bins) : {}),
    }
    add(method.id, settings, more, bins)
  }
  found.set('random', random(scene))
  return found
}

/** The best estimate less the cost that is to be expected, as a share of the dearest model's. */
function choose({ test, width, costs }: Scene, estimates: Float64Array, weight: number): number[] {
  const dearest = costs === undefined ? 1 : Math.max(...costs)
  return test.prompts.map((_, row) => {
    const values = Array.from(
      { length: width },
      (_, model) => (estimates[row * width + model] ?? 0) - (weight * (costs?.[model] ?? 0)) / dearest,
    )
    return extreme(values, 1)
  })
}

/** A fair die, in expectation. */
function random(scene: Scene): Seeded {
  const all = scene.test.models.map((_, model) => figuresOf(scene, [scene.test.prompts.map(() => model)]))
  const names = ['quality', 'cost', 'regret', 'selection_accuracy', 'selection_accuracy_tie', 'selection_accuracy_cost']
  const figures = names.flatMap((name) => {
    const values = all.flatMap((one) => one[name] ?? [])
    return values.length === 0 ? [] : [[name, values.reduce((sum, value) => sum + value, 0) / values.length] as const]
  })
  return { figures: Object.fromEntries(figures), drawn: new Map(), curve: [], bins: [] }
}
