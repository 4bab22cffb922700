import type { Point } from '../curve.ts'
import type { Drawn } from '../draw-figures.ts'
import type { Figures } from '../figures.ts'
import { type Draws, drawnSums, FEW_DRAWS } from '../interval.ts'
import type { Scene } from '../scene.ts'
import { costOf, pointOf } from '../scene.ts'
import { type Dominance, dominance } from './dominance.ts'

/**
 * A sweep against the hull of the single models on one test part: `aiq`, `aiq_singles`, `aiq_gain`, `dominates` (the
 * share of the costs between the cheapest and the priciest single model). Nothing where all models cost the same.
 */
export function sweepFigures(scene: Scene, settings: readonly (readonly number[])[]): Figures {
  const always = scene.test.models.map((_, model) => scene.test.prompts.map(() => model))
  const found = against(
    settings.map((choices) => pointOf(scene, choices)),
    always.map((choices) => pointOf(scene, choices)),
  )
  if (found === undefined) return {}
  const { aiq, otherAiq, share } = found
  return { aiq, aiq_singles: otherAiq, aiq_gain: aiq - otherAiq, dominates: share }
}

/** Points against single models, from the cheapest of these to the priciest. */
export function against(points: readonly Point[], singles: readonly Point[]): Dominance | undefined {
  const costs = singles.map(({ cost }) => cost)
  return dominance(points, singles, Math.min(...costs), Math.max(...costs))
}

/** The same figures under resampling; both sides of the same draws. */
export function drawSweep(scene: Scene, settings: readonly (readonly number[])[], draws: Draws): Drawn {
  const { test, width } = scene
  // Many weights choose the same models.
  const distinct = [...new Map(settings.map((choices) => [choices.join(), choices])).values()]
  const all = [...distinct, ...test.models.map((_, model) => test.prompts.map(() => model))]
  const columns = all.flatMap((choices, index) => [
    [`q${index}`, choices.map((model, row) => test.scores[row * width + model] ?? 0)] as const,
    [`c${index}`, choices.map((model, row) => costOf(scene, row, model))] as const,
  ])
  const rows = test.prompts.map(() => 1)
  const sums = drawnSums(draws, { ...Object.fromEntries(columns), rows }, FEW_DRAWS)
  const count = Math.min(FEW_DRAWS, draws.counts.length)
  const found = {
    aiq: new Float64Array(count),
    aiq_singles: new Float64Array(count),
    aiq_gain: new Float64Array(count),
  }
  for (let draw = 0; draw < count; draw += 1) {
    const at = (name: string): number => (sums.get(name)?.[draw] ?? 0) / (sums.get('rows')?.[draw] ?? 1)
    const points = all.map((_, index) => ({ quality: at(`q${index}`), cost: at(`c${index}`) }))
    const of = against(points.slice(0, distinct.length), points.slice(distinct.length))
    found.aiq[draw] = of?.aiq ?? Number.NaN
    found.aiq_singles[draw] = of?.otherAiq ?? Number.NaN
    found.aiq_gain[draw] = of === undefined ? Number.NaN : of.aiq - of.otherAiq
  }
  return new Map(Object.entries(found))
}
