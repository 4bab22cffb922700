import type { Bin } from './calibration.ts'
import { auroc, expectedCalibrationError, logLoss, squaredError } from './calibration.ts'
import type { Point } from './curve.ts'
import { aiq, deferralArea, qualityNeutralCost } from './curve.ts'
import type { Columns } from './interval.ts'
import type { Outcomes } from './outcomes.ts'
import { modelMeans } from './outcomes.ts'
import type { Scene } from './scene.ts'
import { costOf, extreme, pointOf } from './scene.ts'

/** Figures of one method; names are public (contract.md, `eval --json`). A figure that does not apply is absent. */
export type Figures = Readonly<Record<string, number>>

/** Figures of choosing `settings[0]`, with the other settings as further points of its curve. */
export function figuresOf(scene: Scene, settings: readonly (readonly number[])[]): Figures {
  const [choices = []] = settings
  const points = settings.map((one) => pointOf(scene, one))
  const columns = columnsOf(scene, choices)
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
  const means = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, mean(values)]))
  const reference = alwaysPoint(scene, scene.best)
  return { ...means, gain: (points[0]?.quality ?? Number.NaN) - reference.quality, ...costFigures(scene, points) }
}

/** What `choices`, a model a prompt, mean for each prompt: the figures that are means over prompts. */
export function columnsOf(scene: Scene, choices: readonly number[]): Columns {
  const { test, width } = scene
  const rows = choices.map((model, row) => {
    const cells = test.scores.subarray(row * width, (row + 1) * width)
    const most = Math.max(...cells)
    const score = cells[model] ?? 0
    const tied = [...cells.keys()].filter((index) => cells[index] === most)
    const cheapest = tied.toSorted((a, b) => costOf(scene, row, a) - costOf(scene, row, b))[0]
    return { score, regret: most - score, first: tied[0] === model, tie: score === most, cheap: cheapest === model }
  })
  return {
    quality: rows.map(({ score }) => score),
    selection_accuracy: rows.map(({ first }) => Number(first)),
    selection_accuracy_tie: rows.map(({ tie }) => Number(tie)),
    regret: rows.map(({ regret }) => regret),
    ...(scene.costs === undefined
      ? {}
      : {
          selection_accuracy_cost: rows.map(({ cheap }) => Number(cheap)),
          cost: choices.map((model, row) => costOf(scene, row, model)),
        }),
  }
}

/** Errors of probabilities for each prompt, means over the models. */
export function errorColumns(test: Outcomes, probabilities: readonly number[]): Columns {
  const width = test.models.length
  const mean = (of: (probability: number, label: number) => number) =>
    test.prompts.map((_, row) => {
      let sum = 0
      for (let cell = row * width; cell < (row + 1) * width; cell += 1) {
        sum += of(probabilities[cell] ?? 0, test.scores[cell] ?? 0)
      }
      return sum / width
    })
  return { brier: mean(squaredError), log_loss: mean(logLoss) }
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
    // Of a reference that costs nothing, or is never right, nothing is a share.
    ...(reference.cost > 0 ? { qnc: qualityNeutralCost(points, reference.quality, reference.cost) } : {}),
    ...(reference.quality > 0 ? { perf_gain: most / reference.quality - 1 } : {}),
    ...(reference.cost > 0 && neutral.length > 0 ? { cost_save: 1 - Math.min(...neutral) / reference.cost } : {}),
  }
}

/** Mean heights of the curve over the costs of the single models; none where these all cost the same. */
function areas(scene: Scene, points: readonly Point[]): Figures {
  const singles = modelMeans(scene.test.costs ?? new Float64Array(), scene.width)
  const least = Math.min(...singles)
  const most = Math.max(...singles)
  if (most <= least) return {}
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

/** How good the estimates are as probabilities. */
export function calibration(test: Outcomes, probabilities: readonly number[], bins: readonly Bin[]): Figures {
  const labels = [...test.scores]
  const width = test.models.length
  const areas = test.models.flatMap((_, model) => modelAuroc(probabilities, labels, width, model) ?? [])
  return {
    ...(areas.length === 0 ? {} : { auroc: areas.reduce((sum, area) => sum + area, 0) / areas.length }),
    ece: expectedCalibrationError(bins),
    ...Object.fromEntries(
      Object.entries(errorColumns(test, probabilities)).map(([name, values]) => [
        name,
        Array.from(values).reduce((sum, value) => sum + value, 0) / values.length,
      ]),
    ),
  }
}

/** How well the answers of each model are told apart; a model whose answers are all alike is left out. */
export function aurocOfModels({ models, scores }: Outcomes, probabilities: readonly number[]): Figures {
  return Object.fromEntries(
    models.flatMap((name, model) => {
      const area = modelAuroc(probabilities, [...scores], models.length, model)
      return area === undefined ? [] : [[name, area]]
    }),
  )
}

function modelAuroc(
  probabilities: readonly number[],
  labels: readonly number[],
  width: number,
  model: number,
): number | undefined {
  const own = (values: readonly number[]): number[] => values.filter((_, cell) => cell % width === model)
  return auroc(own(probabilities), own(labels))
}
