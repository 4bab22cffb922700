import type { Weight } from './calibration.ts'
import { type Deferral, deferralFigures } from './curve.ts'
import type { Scene } from './scene.ts'

/** RouteLLM's figures for two models, and the curve that they are of. */
export type DeferralResult = {
  readonly figures: ReturnType<typeof deferralFigures>
  readonly curve: readonly Deferral[]
}

/**
 * Calls to the better model against the quality that comes of it, prompts taken by how much better it is said to do;
 * under one weighting after another. `undefined` unless there are two models and the better one is better here.
 */
export function createDeferral(
  { test, width, best }: Scene,
  estimates: ArrayLike<number>,
): ((weight: Weight) => DeferralResult) | undefined {
  if (width !== 2) return undefined
  const weak = 1 - best
  const score = (row: number, model: number): number => test.scores[row * 2 + model] ?? 0
  const gained = test.prompts.reduce((sum, _, row) => sum + score(row, best) - score(row, weak), 0)
  // Where the stronger model is not the better one here, there is no gap to recover.
  if (gained <= 0) return undefined
  const gap = (row: number): number => (estimates[row * 2 + best] ?? 0) - (estimates[row * 2 + weak] ?? 0)
  const order = [...test.prompts.keys()].sort((a, b) => gap(b) - gap(a))
  return (weight) => {
    const mass = order.reduce((sum, row) => sum + weight(row), 0)
    let total = order.reduce((sum, row) => sum + weight(row) * score(row, weak), 0)
    let called = 0
    const curve = [{ calls: 0, quality: total / mass }]
    for (const [index, row] of order.entries()) {
      total += weight(row) * (score(row, best) - score(row, weak))
      called += weight(row)
      // Prompts that look the same go together: a constant method is a coin.
      const next = order[index + 1]
      if (next !== undefined && gap(next) === gap(row)) continue
      curve.push({ calls: called / mass, quality: total / mass })
    }
    return { figures: deferralFigures(curve), curve }
  }
}
