import type { Figures } from './figures.ts'
import { calibration, deferral, figuresOf } from './figures.ts'
import { bootstrap } from './interval.ts'
import type { Method } from './methods.ts'
import type { Outcomes } from './outcomes.ts'
import type { Scene } from './scene.ts'
import { extreme, oracle, sceneOf } from './scene.ts'
import type { Split } from './split.ts'
import { splitByKey } from './split.ts'

export type MethodResult = {
  readonly id: string
  readonly figures: Figures
  readonly ci: Readonly<Record<string, readonly [number, number]>>
}

// How much quality is worth the whole range of costs, from nothing to everything.
const WEIGHTS = [0, ...Array.from({ length: 41 }, (_, step) => 10 ** (step / 8 - 4))]

type Seeded = { readonly figures: Figures; readonly drawn: ReadonlyMap<string, Float64Array> }

/** Every method and the usual baselines on one set: means over the seeds, 95 % intervals over keys and seeds. */
export async function evaluate(
  outcomes: Outcomes,
  methods: readonly Method[],
  seeds: readonly number[],
): Promise<MethodResult[]> {
  const results = new Map<string, Seeded[]>()
  for (const seed of seeds) {
    for (const [id, seeded] of await evaluateSplit(splitByKey(outcomes, seed), methods, seed)) {
      const known = results.get(id) ?? []
      known.push(seeded)
      results.set(id, known)
    }
  }
  return [...results].map(([id, runs]) => ({ id, figures: meanFigures(runs), ci: intervals(runs) }))
}

async function evaluateSplit(split: Split, methods: readonly Method[], seed: number): Promise<Map<string, Seeded>> {
  const { test } = split
  const scene = sceneOf(split)
  const found = new Map<string, Seeded>()
  const add = (id: string, settings: readonly (readonly number[])[], more: Figures = {}): void => {
    const [first = []] = settings
    found.set(id, {
      figures: { ...figuresOf(scene, settings), ...more },
      drawn: bootstrap(scene, first, scene.best, seed),
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
    const estimates = await method.estimate(split.train, test)
    const settings = WEIGHTS.slice(0, scene.costs === undefined ? 1 : undefined).map((weight) =>
      choose(scene, estimates, weight),
    )
    const more = { ...deferral(scene, estimates), ...(method.isCalibrated ? calibration(test, estimates) : {}) }
    add(method.id, settings, more)
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
  return { figures: Object.fromEntries(figures), drawn: new Map() }
}

function meanFigures(runs: readonly Seeded[]): Figures {
  const names = new Set(runs.flatMap(({ figures }) => Object.keys(figures)))
  return Object.fromEntries(
    [...names].map((name) => {
      const values = runs.flatMap(({ figures }) => figures[name] ?? [])
      return [name, values.reduce((sum, value) => sum + value, 0) / values.length]
    }),
  )
}

/** 2.5 and 97.5 percentiles of the mean over seeds, draw by draw. */
function intervals(runs: readonly Seeded[]): Record<string, readonly [number, number]> {
  const names = [...(runs[0]?.drawn.keys() ?? [])]
  return Object.fromEntries(
    names.map((name) => {
      const draws = runs.flatMap(({ drawn }) => drawn.get(name) ?? [])
      const means = Array.from(
        { length: draws[0]?.length ?? 0 },
        (_, draw) => draws.reduce((sum, one) => sum + (one[draw] ?? 0), 0) / draws.length,
      ).sort((a, b) => a - b)
      const at = (share: number): number => means[Math.round(share * (means.length - 1))] ?? Number.NaN
      return [name, [at(0.025), at(0.975)] as const]
    }),
  )
}
