import type { Bin } from './calibration.ts'
import { auroc, brier, expectedCalibrationError, logLoss } from './calibration.ts'
import type { Point } from './curve.ts'
import { aiq, deferralArea, deferralFigures, qualityNeutralCost } from './curve.ts'
import type { Outcomes } from './outcomes.ts'
import { modelMeans } from './outcomes.ts'
import type { Scene } from './scene.ts'
import { costOf, extreme, pointOf } from './scene.ts'

/** Figures of one method; names are public (contract.md, `eval --json`). A figure that does not apply is absent. */
export type Figures = Readonly<Record<string, number>>

/** Figures of choosing `settings[0]`, with the other settings as further points of its curve. */
export function figuresOf(scene: Scene, settings: readonly (readonly number[])[]): Figures {
  const { test, width } = scene
  const [choices = []] = settings
  const points = settings.map((one) => pointOf(scene, one))
  const rows = choices.map((model, row) => {
    const cells = test.scores.subarray(row * width, (row + 1) * width)
    const most = Math.max(...cells)
    const score = cells[model] ?? 0
    const tied = [...cells.keys()].filter((index) => cells[index] === most)
    const cheapest = tied.toSorted((a, b) => costOf(scene, row, a) - costOf(scene, row, b))[0]
    return { regret: most - score, first: tied[0] === model, tie: score === most, cheap: cheapest === model }
  })
  const mean = (of: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length
  const quality = points[0]?.quality ?? Number.NaN
  const reference = alwaysPoint(scene, scene.best)
  return {
    quality,
    gain: quality - reference.quality,
    selection_accuracy: mean((row) => Number(row.first)),
    selection_accuracy_tie: mean((row) => Number(row.tie)),
    regret: mean((row) => row.regret),
    ...(scene.costs === undefined ? {} : { selection_accuracy_cost: mean((row) => Number(row.cheap)) }),
    ...costFigures(scene, points),
  }
}

function costFigures(scene: Scene, points: readonly Point[]): Figures {
  const { test } = scene
  if (test.costs === undefined) return {}
  const reference = alwaysPoint(scene, scene.best)
  const most = Math.max(...points.map(({ quality }) => quality))
  const neutral = points.filter(({ quality }) => quality >= reference.quality).map(({ cost }) => cost)
  return {
    cost: points[0]?.cost ?? Number.NaN,
    // A method without a knob has a point, not a curve.
    ...(points.length === 1 ? {} : areas(scene, points)),
    qnc: qualityNeutralCost(points, reference.quality, reference.cost),
    perf_gain: most / reference.quality - 1,
    ...(neutral.length === 0 ? {} : { cost_save: 1 - Math.min(...neutral) / reference.cost }),
  }
}

/** Mean heights of the curve over the costs of the single models. */
function areas(scene: Scene, points: readonly Point[]): Figures {
  const singles = modelMeans(scene.test.costs ?? new Float64Array(), scene.width)
  const least = Math.min(...singles)
  const most = Math.max(...singles)
  // Who cares for cost alone takes the cheapest model, whatever the method.
  const curve = [...points, alwaysPoint(scene, extreme(singles, -1))]
  return {
    aiq: aiq(points, least, most),
    area: deferralArea(curve, least, most),
    ...(most / 2 > least ? { area_50: deferralArea(curve, least, most / 2) } : {}),
  }
}

function alwaysPoint(scene: Scene, model: number): Point {
  return pointOf(
    scene,
    scene.test.prompts.map(() => model),
  )
}

/** Mean distance of estimated and true log tokens, over the answers whose length is known. */
export function lengthError({ lengths }: Outcomes, logTokens: Float64Array | undefined): Figures {
  if (lengths === undefined || logTokens === undefined) return {}
  const errors = [...lengths].flatMap((tokens, cell) => {
    const estimate = logTokens[cell] ?? Number.NaN
    return tokens > 0 && !Number.isNaN(estimate) ? [Math.abs(Math.log(tokens) - estimate)] : []
  })
  if (errors.length === 0) return {}
  return { length_mae_log: errors.reduce((sum, error) => sum + error, 0) / errors.length }
}

/** RouteLLM's figures, for sets of two models. */
export function deferral(scene: Scene, estimates: Float64Array): Figures {
  const { test, width, best } = scene
  if (width !== 2) return {}
  const weak = 1 - best
  const gap = (row: number): number => (estimates[row * 2 + best] ?? 0) - (estimates[row * 2 + weak] ?? 0)
  const { quality: least } = alwaysPoint(scene, weak)
  // Where the stronger model is not the better one here, there is no gap to recover.
  if (alwaysPoint(scene, best).quality <= least) return {}
  const order = [...test.prompts.keys()].sort((a, b) => gap(b) - gap(a))
  let total = least * order.length
  const curve = [{ calls: 0, quality: least }]
  for (const [index, row] of order.entries()) {
    total += (test.scores[row * 2 + best] ?? 0) - (test.scores[row * 2 + weak] ?? 0)
    // Prompts that look the same go together: a constant method is a coin.
    const next = order[index + 1]
    if (next !== undefined && gap(next) === gap(row)) continue
    curve.push({ calls: (index + 1) / order.length, quality: total / order.length })
  }
  return deferralFigures(curve)
}

/** How good the estimates are as probabilities. */
export function calibration(test: Outcomes, probabilities: readonly number[], bins: readonly Bin[]): Figures {
  const labels = [...test.scores]
  const width = test.models.length
  const areas = test.models.flatMap((_, model) => {
    const own = (values: readonly number[]): number[] => values.filter((_, cell) => cell % width === model)
    return auroc(own(probabilities), own(labels)) ?? []
  })
  return {
    ...(areas.length === 0 ? {} : { auroc: areas.reduce((sum, area) => sum + area, 0) / areas.length }),
    ece: expectedCalibrationError(bins),
    brier: brier(probabilities, labels),
    log_loss: logLoss(probabilities, labels),
  }
}
