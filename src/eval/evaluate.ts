import type { Bin } from './calibration.ts'
import { calibrationBins } from './calibration.ts'
import { DEFERRAL_FIGURES, type Deferral } from './curve.ts'
import { createDeferral } from './deferral.ts'
import { drawCurve, drawDeferral, drawMeans, drawRanks } from './draw-figures.ts'
import type { Figures } from './figures.ts'
import { aurocOfModels, calibration, columnsOf, errorColumns, figuresOf, lengthError } from './figures.ts'
import { hash } from './hash.ts'
import { createDraws } from './interval.ts'
import type { Estimates, Method } from './methods.ts'
import type { EvalPrompt, Outcomes } from './outcomes.ts'
import type { MethodResult, Seeded } from './over-seeds.ts'
import { overSeeds } from './over-seeds.ts'
import type { Scene } from './scene.ts'
import { extreme, oracle, pointOf, sceneOf } from './scene.ts'
import type { Split } from './split.ts'
import { splitByKey } from './split.ts'
import { datasetFigures } from './tasks.ts'

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
  const results = resultsOf(runs)
  if (outcomes.models.length !== 2) return results
  const whole = new Map<string, DeferralOfAll>()
  for (const method of methods.filter(({ isFixed }) => isFixed === true)) {
    whole.set(method.id, await deferralOfAll(outcomes, method, seeds[0] ?? 0))
  }
  return results.map((result) => {
    const found = whole.get(result.id)
    return found === undefined ? result : withDeferral(result, found)
  })
}

type DeferralOfAll = Pick<MethodResult, 'figures' | 'ci' | 'withoutCi' | 'deferral'>

/** Two-model figures of the splits give way to those of all prompts, and so do their intervals. */
function withDeferral(result: MethodResult, { figures, ci, withoutCi, deferral }: DeferralOfAll): MethodResult {
  const isOther = (name: string): boolean => !DEFERRAL_FIGURES.some((one) => one === name)
  return {
    ...result,
    figures: { ...result.figures, ...figures },
    ci: { ...Object.fromEntries(Object.entries(result.ci).filter(([name]) => isOther(name))), ...ci },
    withoutCi: [...result.withoutCi.filter(isOther), ...withoutCi],
    deferral,
  }
}

/** Two-model figures of a method that learns nothing from the set: all of its prompts are test prompts. */
async function deferralOfAll(outcomes: Outcomes, method: Method, seed: number): Promise<DeferralOfAll> {
  const { quality } = await method.estimate(outcomes, outcomes)
  const scene = sceneOf({ train: outcomes, test: outcomes })
  const found = deferralOf(scene, quality)
  const drawn = drawDeferral(scene, quality, createDraws(outcomes.prompts, seed))
  const { ci, withoutCi } = overSeeds(method.id, [{ figures: found.figures, drawn, curve: [], bins: [] }])
  return { figures: found.figures, ci, withoutCi, deferral: found.curve }
}

function deferralOf(
  scene: Scene,
  quality: Float64Array,
): { readonly figures: Figures; readonly curve: readonly Deferral[] } {
  const found = createDeferral(scene, quality)?.(() => 1)
  if (found === undefined) return { figures: {}, curve: [] }
  const curve = Array.from(found.calls, (calls, place) => ({ calls, quality: found.quality[place] ?? 0 }))
  return { figures: found.figures, curve }
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
  const { test, train } = split
  const scene = sceneOf(split)
  const draws = createDraws(test.prompts, seed)
  const reference = test.prompts.map((_, row) => test.scores[row * scene.width + scene.best] ?? 0)
  const found = new Map<string, Seeded>()
  const add = (id: string, settings: readonly (readonly number[])[], estimated?: Estimated): void => {
    const [first = []] = settings
    const datasets = datasetFigures(train, test, columnsOf(scene, first)['quality'] ?? [], draws)
    const means = { ...columnsOf(scene, first), ...estimated?.columns }
    found.set(id, {
      ...estimated,
      figures: { ...figuresOf(scene, settings), ...datasets.figures, ...estimated?.figures },
      drawn: new Map([
        ...drawMeans(draws, means, reference),
        ...datasets.drawn,
        ...drawCurve(scene, settings, draws),
        ...(estimated?.drawn ?? []),
      ]),
      curve: scene.costs === undefined ? [] : settings.map((choices) => pointOf(scene, choices)),
      bins: estimated?.bins ?? [],
      datasets: datasets.qualities,
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
    const estimates = await method.estimate(train, test)
    const settings = WEIGHTS.slice(0, scene.costs === undefined ? 1 : undefined).map((weight) =>
      choose(scene, estimates.quality, weight, method.isFixed === true ? byHash : byMean),
    )
    add(method.id, settings, estimatedBy(method, scene, estimates, draws))
  }
  found.set('random', random(scene))
  return found
}

/** What is to be said of the estimates themselves. */
type Estimated = Pick<Seeded, 'figures' | 'drawn' | 'bins' | 'deferral' | 'aurocs'> & {
  readonly columns: Parameters<typeof drawMeans>[1]
}

function estimatedBy(
  method: Method,
  scene: Scene,
  { quality, logTokens }: Estimates,
  draws: ReturnType<typeof createDraws>,
): Estimated {
  const { test } = scene
  const probabilities = [...quality].map((value) => Math.min(Math.max(value, 0), 1))
  const bins: Bin[] = method.isCalibrated ? calibrationBins(probabilities, [...test.scores]) : []
  const deferral = deferralOf(scene, quality)
  return {
    figures: {
      ...deferral.figures,
      ...lengthError(test, logTokens),
      ...(method.isCalibrated ? calibration(test, probabilities, bins) : {}),
    },
    columns: method.isCalibrated ? errorColumns(test, probabilities) : {},
    drawn: new Map([
      ...drawDeferral(scene, quality, draws),
      ...(method.isCalibrated ? drawRanks(test, probabilities, draws) : []),
    ]),
    bins,
    deferral: deferral.curve,
    ...(method.isCalibrated ? { aurocs: aurocOfModels(test, probabilities) } : {}),
  }
}

/** The best estimate less the cost that is to be expected, as a share of the dearest model's. */
function choose(scene: Scene, estimates: Float64Array, weight: number, firstOf: FirstOf): number[] {
  const { test, width, costs } = scene
  const dearest = Math.max(...(costs ?? []))
  // Where every call is free, cost tells no model from another.
  const shares = test.models.map((_, model) => (dearest > 0 ? (costs?.[model] ?? 0) / dearest : 0))
  return test.prompts.map((prompt, row) => {
    const values = shares.map((share, model) => (estimates[row * width + model] ?? 0) - weight * share)
    const most = Math.max(...values)
    const tied = [...values.keys()].filter((model) => values[model] === most)
    return tied.length === 1 ? (tied[0] ?? 0) : firstOf(tied, prompt, scene)
  })
}

/** Which of models that tie is taken for a prompt. */
type FirstOf = (tied: readonly number[], prompt: EvalPrompt, scene: Scene) => number

/** Who has learned, and rates models the same, as the few neighbours of a prompt often do, takes the better on the whole. */
const byMean: FirstOf = (tied, prompt, scene) => {
  const most = Math.max(...tied.map((model) => scene.means[model] ?? 0))
  return byHash(
    tied.filter((model) => scene.means[model] === most),
    prompt,
    scene,
  )
}

/** Who knows nothing of a set says the same of many models: the first of the list would be chosen for its name. */
const byHash: FirstOf = (tied, { key }, { test }) =>
  tied[
    extreme(
      tied.map((model) => hash(`${key} ${test.models[model]}`)),
      -1,
    )
  ] ?? 0

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
