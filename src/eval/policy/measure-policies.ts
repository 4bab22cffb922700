import type { Policy } from '../../core/policy.ts'
import type { Signals } from '../../core/router.ts'
import type { Target } from '../../core/target.ts'
import type { Point } from '../curve.ts'
import type { Run } from '../evaluate.ts'
import { createDraws, type Draws, drawnSums } from '../interval.ts'
import type { Estimates, Method } from '../methods.ts'
import type { EvalPrompt, Outcomes } from '../outcomes.ts'
import type { Seeded } from '../over-seeds.ts'
import { costOf, oracle, pointOf, type Scene, sceneOf } from '../scene.ts'
import type { ThreeParts } from '../split.ts'
import { type Asked, decide, pricedAsIn } from './decide.ts'
import { drawSweep, sweepFigures } from './draw-sweep.ts'
import { atCostWeight, SWEPT_WEIGHTS } from './sweep.ts'

/** What an answer came to in another unit than money, such as milliseconds. NaN: nobody measured it. */
export type Measure = (prompt: EvalPrompt, model: number) => number

export type PolicyTrial = {
  readonly split: ThreeParts
  /** Of the resampling. */
  readonly seed: number
  /** Predicts, and has learned from the training part at most. */
  readonly method: Method
  readonly policies: readonly Policy[]
  /** The set's models as candidates, with the facts that are known of them, prices among them where the set has some. */
  readonly targets: readonly Target[]
  /** Of an answer, where the set tells no lengths: what its costs were reckoned with. */
  readonly usualTokens: number
  readonly signalsOf: (text: string) => Signals
  /** ISO date on which a model's age is counted. */
  readonly today: string
  readonly measures?: Readonly<Record<string, Measure>>
  readonly weights?: readonly number[]
}

/**
 * One split under the gateway's own policy code. `sweep`: a point a cost weight, its figures against the hull of the
 * single models. Each policy by its name: `quality`, `cost`, and beside the best single model of the training part
 * `kept` (of its quality) and `saved` (of its cost), and `saved_NAME` a measure; the same with `calibration_` before
 * it on the calibration part. `singles`: a point a model. `oracle`: the best choice.
 */
export async function measurePolicies(trial: PolicyTrial): Promise<Run> {
  const { split, seed, policies, weights = SWEPT_WEIGHTS } = trial
  const { train, calibration, test } = split
  const [ofCalibration, ofTest] = await estimateBoth(trial)
  const scene = sceneOf({ train, test })
  const calibrationScene = sceneOf({ train, test: calibration })
  const draws = createDraws(test.prompts, seed)
  const calibrationDraws = createDraws(calibration.prompts, seed)
  const run = new Map<string, Seeded>()
  for (const policy of policies) {
    const onTest = figuresOfChoice(scene, await decide(ofTest, policy), draws, trial)
    const choices = await decide(ofCalibration, policy)
    const before = prefixed('calibration_', figuresOfChoice(calibrationScene, choices, calibrationDraws, trial))
    run.set(policy.name, {
      figures: { ...onTest.figures, ...before.figures },
      drawn: new Map([...onTest.drawn, ...before.drawn]),
      curve: [],
      bins: [],
    })
  }
  if (test.costs === undefined) return run
  const settings: number[][] = []
  for (const weight of weights) settings.push(await decide(ofTest, atCostWeight(weight)))
  run.set('sweep', {
    figures: sweepFigures(scene, settings),
    drawn: drawSweep(scene, settings, draws),
    curve: settings.map((choices) => pointOf(scene, choices)),
    bins: [],
  })
  run.set('singles', { figures: {}, drawn: new Map(), curve: singlesOf(scene), bins: [] })
  run.set('oracle', { figures: {}, drawn: new Map(), curve: [pointOf(scene, oracle(scene))], bins: [] })
  const best = figuresOfChoice(
    scene,
    test.prompts.map(() => scene.best),
    draws,
    trial,
  )
  run.set('best-single', { ...best, curve: [], bins: [] })
  return run
}

/** A point a model, always taken. */
function singlesOf(scene: Scene): Point[] {
  return scene.test.models.map((_, model) =>
    pointOf(
      scene,
      scene.test.prompts.map(() => model),
    ),
  )
}

/** What is asked of either part: the router is fitted once. */
async function estimateBoth(trial: PolicyTrial): Promise<readonly [calibration: Asked, test: Asked]> {
  const { split, method, signalsOf, today, usualTokens } = trial
  const { train, calibration, test } = split
  const { targets, tokens } = pricedAsIn(train, trial.targets, usualTokens)
  const all = await method.estimate(train, joined(calibration, test))
  const middle = calibration.prompts.length * targets.length
  const ask = ({ prompts }: Outcomes, estimates: Estimates): Asked => ({
    signals: prompts.map(({ text }) => signalsOf(text)),
    targets,
    tokens,
    estimates,
    today,
  })
  return [ask(calibration, sliced(all, 0, middle)), ask(test, sliced(all, middle))]
}

function sliced({ quality, uncertainty }: Estimates, from: number, to?: number): Estimates {
  return {
    quality: quality.subarray(from, to),
    ...(uncertainty === undefined ? {} : { uncertainty: uncertainty.subarray(from, to) }),
  }
}

/** Two parts of one set, one after the other; their outcomes are not for whoever predicts. */
function joined(first: Outcomes, second: Outcomes): Outcomes {
  const prompts = [...first.prompts, ...second.prompts]
  const scores = new Float64Array(prompts.length * first.models.length).fill(Number.NaN)
  return { id: first.id, prompts, models: first.models, scores, costs: undefined, lengths: undefined }
}

type Choice = Pick<Seeded, 'figures' | 'drawn'>

function figuresOfChoice(
  scene: Scene,
  choices: readonly number[],
  draws: Draws,
  { measures = {} }: PolicyTrial,
): Choice {
  const { test, width } = scene
  const quality = (model: number, row: number): number => test.scores[row * width + model] ?? 0
  const cost = (model: number, row: number): number => costOf(scene, row, model)
  const of = (figure: (model: number, row: number) => number) => ({
    own: choices.map(figure),
    best: choices.map((_, row) => figure(scene.best, row)),
  })
  const columns = {
    quality: of(quality),
    ...(scene.costs === undefined ? {} : { cost: of(cost) }),
    ...Object.fromEntries(
      Object.entries(measures).map(([name, measure]) => {
        const at = (model: number, row: number): number => {
          const prompt = test.prompts[row]
          return prompt === undefined ? Number.NaN : measure(prompt, model)
        }
        return [name, onlyKnown(of(at))]
      }),
    ),
  }
  const figures: Record<string, number> = {}
  const drawn = new Map<string, Float64Array>()
  for (const [name, { own, best }] of Object.entries(columns)) {
    const [total, reference] = [sum(own), sum(best)]
    figures[name] = total / choices.length
    const [ratio, of] = name === 'quality' ? ['kept', kept] : [name === 'cost' ? 'saved' : `saved_${name}`, saved]
    if (!(reference > 0)) continue
    figures[ratio] = of(total / reference)
    const sums = drawnSums(draws, { own, best, rows: own.map(() => 1) })
    const at = (column: string, draw: number): number => sums.get(column)?.[draw] ?? Number.NaN
    drawn.set(
      name,
      Float64Array.from(draws.counts, (_, draw) => at('own', draw) / at('rows', draw)),
    )
    drawn.set(
      ratio,
      Float64Array.from(draws.counts, (_, draw) => of(at('own', draw) / at('best', draw))),
    )
  }
  return { figures, drawn }
}

/** Prompts on which either side was not measured count for neither. */
function onlyKnown({ own, best }: { readonly own: number[]; readonly best: number[] }): {
  own: number[]
  best: number[]
} {
  const isKnown = (row: number): boolean =>
    !Number.isNaN(own[row] ?? Number.NaN) && !Number.isNaN(best[row] ?? Number.NaN)
  const known = (values: number[]): number[] => values.map((value, row) => (isKnown(row) ? value : 0))
  return { own: known(own), best: known(best) }
}

function kept(ratio: number): number {
  return ratio
}

function saved(ratio: number): number {
  return 1 - ratio
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function prefixed(prefix: string, { figures, drawn }: Choice): Choice {
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}${name}`, value])),
    drawn: new Map([...drawn].map(([name, values]) => [`${prefix}${name}`, values])),
  }
}
