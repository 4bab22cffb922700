import { createAuroc, createBins, expectedCalibrationError } from './calibration.ts'
import { aiq, DEFERRAL_FIGURES, qualityNeutralCost } from './curve.ts'
import { createDeferral } from './deferral.ts'
import { type Columns, type Draws, drawnSums, FEW_DRAWS } from './interval.ts'
import type { Outcomes } from './outcomes.ts'
import type { Scene } from './scene.ts'

/** Figures under resampling, by name: a number a draw, NaN where the figure does not apply to it. */
export type Drawn = ReadonlyMap<string, Float64Array>

/** Means over the rows of each draw, and quality less that of the best single model, over the same draws. */
export function drawMeans(draws: Draws, columns: Columns, reference: ArrayLike<number>): Drawn {
  const sums = drawnSums(draws, { ...columns, reference, rows: Array.from(draws.groupOf, () => 1) })
  const mean = (name: string): Float64Array =>
    Float64Array.from(sums.get(name) ?? [], (sum, draw) => sum / (sums.get('rows')?.[draw] ?? 1))
  const means = new Map(Object.keys(columns).map((name) => [name, mean(name)]))
  const base = mean('reference')
  means.set(
    'gain',
    mean('quality').map((value, draw) => value - (base[draw] ?? 0)),
  )
  return means
}

/** AIQ and QNC of a method's settings. */
export function drawCurve(scene: Scene, settings: readonly (readonly number[])[], draws: Draws): Drawn {
  const { test, width } = scene
  const { costs } = test
  if (costs === undefined || settings.length < 2) return new Map()
  // Many weights choose the same models.
  const distinct = [...new Map(settings.map((choices) => [choices.join(), choices])).values()]
  const cells = (from: Float64Array, choices: readonly number[]): number[] =>
    choices.map((model, row) => from[row * width + model] ?? 0)
  const always = test.models.map((_, model) => test.prompts.map(() => model))
  const all = [...distinct, ...always]
  const columns = all.flatMap((choices, index) => [
    [`q${index}`, cells(test.scores, choices)] as const,
    [`c${index}`, cells(costs, choices)] as const,
  ])
  const rows = [...test.prompts.keys()].map(() => 1)
  const sums = drawnSums(draws, { ...Object.fromEntries(columns), rows }, FEW_DRAWS)
  const count = Math.min(FEW_DRAWS, draws.counts.length)
  const found = { aiq: new Float64Array(count), qnc: new Float64Array(count) }
  for (let draw = 0; draw < count; draw += 1) {
    const at = (name: string): number => (sums.get(name)?.[draw] ?? 0) / (sums.get('rows')?.[draw] ?? 1)
    const points = all.map((_, index) => ({ quality: at(`q${index}`), cost: at(`c${index}`) }))
    const singles = points.slice(distinct.length)
    const own = points.slice(0, distinct.length)
    const costsOfSingles = singles.map(({ cost }) => cost)
    const best = singles[scene.best] ?? { quality: 0, cost: 1 }
    const [least, most] = [Math.min(...costsOfSingles), Math.max(...costsOfSingles)]
    found.aiq[draw] = most > least ? aiq(own, least, most) : Number.NaN
    found.qnc[draw] = best.cost > 0 ? qualityNeutralCost(own, best.quality, best.cost) : Number.NaN
  }
  return new Map(Object.entries(found))
}

/** AUROC and ECE of probabilities. */
export function drawRanks(test: Outcomes, probabilities: readonly number[], draws: Draws): Drawn {
  const width = test.models.length
  const areas = test.models.map((_, model) => {
    const own = (values: ArrayLike<number>): number[] =>
      Array.from({ length: test.prompts.length }, (_row, row) => values[row * width + model] ?? 0)
    return createAuroc(own(probabilities), own(test.scores))
  })
  const bins = createBins(probabilities, test.scores)
  const count = Math.min(FEW_DRAWS, draws.counts.length)
  const found = { auroc: new Float64Array(count), ece: new Float64Array(count) }
  for (let draw = 0; draw < count; draw += 1) {
    const drawn = draws.counts[draw] ?? new Uint8Array()
    const times = (row: number): number => drawn[draws.groupOf[row] ?? 0] ?? 0
    const values = areas.flatMap((area) => area(times) ?? [])
    found.auroc[draw] = values.reduce((sum, value) => sum + value, 0) / values.length
    found.ece[draw] = expectedCalibrationError(bins((cell) => times(Math.floor(cell / width))))
  }
  return new Map(Object.entries(found))
}

/** APGR and the calls it takes, for two models. */
export function drawDeferral(scene: Scene, estimates: Float64Array, draws: Draws): Drawn {
  const deferral = createDeferral(scene, estimates)
  if (deferral === undefined) return new Map()
  const found = DEFERRAL_FIGURES.map((name) => [name, new Float64Array(draws.counts.length)] as const)
  for (const [draw, drawn] of draws.counts.entries()) {
    const result = deferral((row) => drawn[draws.groupOf[row] ?? 0] ?? 0)
    for (const [name, values] of found) values[draw] = result?.figures[name] ?? Number.NaN
  }
  return new Map(found)
}
