import { classify } from '../../../classify/classify.ts'
import type { Prediction, Router, Signals } from '../../../core/router.ts'
import type { Target } from '../../../core/target.ts'
import type { Method } from '../../../eval/methods.ts'
import type { EvalPrompt, Outcomes } from '../../../eval/outcomes.ts'
import { pickProbes } from '../../../eval/split.ts'
import { openaiChat } from '../../../wire/openai-chat/index.ts'
import { DataProblem } from '../data-problem.ts'
import type { Price } from '../read-prices.ts'

export type RouterMethodOptions = {
  /** Prompts of the training part every model is onboarded from; `undefined` asks the router as it is shipped. */
  readonly probe: number | 'all' | undefined
  /** Gives the router no names: what it already knows of a model by name would be no news. */
  readonly isUnnamed: boolean
}

/** A router as a method of `eval`. */
export function routerMethod(router: Router, { probe, isUnnamed }: RouterMethodOptions): Method {
  const asShipped = createAsk()
  return {
    id: methodId(router, probe),
    isCalibrated: true,
    isFixed: probe === undefined,
    async estimate(train, test) {
      const candidates = candidatesOf(test.models, isUnnamed)
      const probes = typeof probe === 'number' ? pickProbes(train, probe) : train
      const asked = probe === undefined ? router : await onboarded(router, candidates, probes)
      // What is learned differs with the split; what is shipped does not, whatever split asks for it.
      const ask = probe === undefined ? asShipped : createAsk()
      const quality = new Float64Array(test.prompts.length * candidates.length)
      const uncertainty = new Float64Array(quality.length)
      const logTokens = new Float64Array(quality.length)
      for (const [row, { text }] of test.prompts.entries()) {
        for (const [column, prediction] of (await ask(asked, text, candidates)).entries()) {
          const cell = row * candidates.length + column
          quality[cell] = prediction.quality
          uncertainty[cell] = prediction.uncertainty
          logTokens[cell] = Math.log(prediction.outputTokens ?? Number.NaN)
        }
      }
      return { quality, uncertainty, logTokens }
    },
  }
}

const LONGEST_MS = 60_000

/** Asks for a text once and keeps the answer. */
function createAsk(): (router: Router, text: string, candidates: readonly Target[]) => Promise<readonly Prediction[]> {
  const known = new Map<string, readonly Prediction[]>()
  return async (router, text, candidates) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const { predictions } = await router.predict({
      signals: signalsOf(text),
      candidates,
      signal: AbortSignal.timeout(LONGEST_MS),
    })
    known.set(text, predictions)
    return predictions
  }
}

/** Milliseconds of a prediction over all models of a set, prompt by prompt. `router` must keep no answers. */
export async function timePredictions(
  router: Router,
  prompts: readonly EvalPrompt[],
  models: readonly string[],
): Promise<number[]> {
  const candidates = candidatesOf(models, false)
  const took: number[] = []
  for (const { text } of prompts) {
    const signals = signalsOf(text)
    const startedAt = performance.now()
    await router.predict({ signals, candidates, signal: AbortSignal.timeout(LONGEST_MS) })
    took.push(performance.now() - startedAt)
  }
  return took
}

function methodId(router: Router, probe: RouterMethodOptions['probe']): string {
  if (probe === undefined) return router.name
  return probe === 'all' ? `${router.name} fitted` : `${router.name} probe ${probe}`
}

/** The models' profiles from graded answers; the data set of each is a label to learn from, never one to ask with. */
function onboarded(router: Router, candidates: readonly Target[], probes: Outcomes): Promise<Router> {
  if (router.onboard === undefined) {
    throw new DataProblem(`${router.name} cannot learn a model: leave --probe and --hold-out out.`)
  }
  const rows = probes.prompts.map(({ text, dataset }) => ({ signals: signalsOf(text), group: dataset }))
  return router.onboard(
    candidates.map((target, column) => ({
      target,
      graded: rows.map((row, index) => ({ ...row, score: probes.scores[index * candidates.length + column] ?? 0 })),
    })),
  )
}

/** A prompt of the data as a request of its own. */
export function signalsOf(text: string): Signals {
  return classify(openaiChat.readRequest({ model: 'auto', messages: [{ role: 'user', content: text }] }))
}

/** The same with the prices that the set has of them, USD per million tokens. */
export function pricedCandidates(
  models: readonly string[],
  isUnnamed: boolean,
  prices: ReadonlyMap<string, Price>,
): Target[] {
  return candidatesOf(models, isUnnamed).map((target, place) => {
    const price = prices.get(models[place] ?? '')
    return price === undefined ? target : { ...target, facts: { price_in: price.input, price_out: price.output } }
  })
}

/** The models of a set as candidates, without facts. */
export function candidatesOf(models: readonly string[], isUnnamed: boolean): Target[] {
  return models.map((model, index) => targetOf(isUnnamed ? `unnamed-${index}` : model))
}

/** A model of the data as a candidate: by its name alone, with no facts but what the router itself knows. */
function targetOf(model: string): Target {
  return { id: model, provider: 'data', model, format: 'openai-chat', baseUrl: '', catalogId: undefined, facts: {} }
}
