import type { Weight } from './calibration.ts'
import { type DeferralFigures, figuresOfRising } from './curve.ts'
import type { Scene } from './scene.ts'

/** RouteLLM's figures for two models, and the curve that they are of, by rising calls. */
export type DeferralResult = {
  readonly figures: DeferralFigures
  readonly calls: Float64Array
  readonly quality: Float64Array
}

const LEAST_GAIN = 1e-9

/**
 * Calls to the better model against the quality that comes of it, prompts taken by how much better it is said to do;
 * under one weighting after another. `undefined` unless there are two models, and under a weighting by which the better
 * one is not better here: there is no gap to recover.
 */
export function createDeferral(
  { test, width, best }: Scene,
  estimates: ArrayLike<number>,
): ((weight: Weight) => DeferralResult | undefined) | undefined {
  if (width !== 2) return undefined
  const weak = 1 - best
  const score = (row: number, model: number): number => test.scores[row * 2 + model] ?? 0
  const gap = (row: number): number => (estimates[row * 2 + best] ?? 0) - (estimates[row * 2 + weak] ?? 0)
  const gaps = Float64Array.from(test.prompts, (_, row) => gap(row))
  const order = Uint32Array.from(test.prompts.keys()).sort((a, b) => (gaps[b] ?? 0) - (gaps[a] ?? 0))
  const least = Float64Array.from(order, (row) => score(row, weak))
  const more = Float64Array.from(order, (row) => score(row, best) - score(row, weak))
  // Prompts that look the same go together: a constant method is a coin.
  const isEnd = Array.from(
    order,
    (row, place) => place === order.length - 1 || gaps[row] !== gaps[order[place + 1] ?? 0],
  )
  return (weight) => {
    const calls = new Float64Array(1 + isEnd.filter(Boolean).length)
    const quality = new Float64Array(calls.length)
    let total = 0
    let mass = 0
    let gained = 0
    for (let place = 0; place < order.length; place += 1) {
      const times = weight(order[place] ?? 0)
      mass += times
      total += times * (least[place] ?? 0)
      gained += times * (more[place] ?? 0)
    }
    // Sums of shares such as .1 and .3 are not exact: a gap of a billionth of a prompt is none.
    if (gained <= LEAST_GAIN * mass) return undefined
    quality[0] = total / mass
    let called = 0
    let step = 0
    for (let place = 0; place < order.length; place += 1) {
      const times = weight(order[place] ?? 0)
      called += times
      total += times * (more[place] ?? 0)
      if (isEnd[place] !== true) continue
      step += 1
      calls[step] = called / mass
      quality[step] = total / mass
    }
    return { figures: figuresOfRising(calls, quality), calls, quality }
  }
}
