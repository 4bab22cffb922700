import { classify } from '../../../classify/classify.ts'
import type { Router, Signals } from '../../../core/router.ts'
import type { Target } from '../../../core/target.ts'
import type { Method } from '../../../eval/methods.ts'
import type { Outcomes } from '../../../eval/outcomes.ts'
import { pickProbes } from '../../../eval/split.ts'
import { openaiChat } from '../../../wire/openai-chat/index.ts'
import { DataProblem } from '../read-outcomes.ts'

export type RouterMethodOptions = {
  /** Prompts of the training part every model is onboarded from; `undefined` asks the router as it is shipped. */
  readonly probe: number | 'all' | undefined
  /** Gives the router no names: what it already knows of a model by name would be no news. */
  readonly isUnnamed: boolean
  /** Receives the milliseconds of every prediction. */
  readonly took: number[]
}

/** A router as a method of `eval`. */
export function routerMethod(router: Router, { probe, isUnnamed, took }: RouterMethodOptions): Method {
  return {
    id: methodId(router, probe),
    isCalibrated: true,
    async estimate(train, test) {
      const candidates = test.models.map((model, index) => targetOf(isUnnamed ? `unnamed-${index}` : model))
      const probes = typeof probe === 'number' ? pickProbes(train, probe) : train
      const asked = probe === undefined ? router : await onboarded(router, candidates, probes)
      const quality = new Float64Array(test.prompts.length * candidates.length)
      const logTokens = new Float64Array(quality.length)
      for (const [row, { text }] of test.prompts.entries()) {
        const signals = signalsOf(text)
        const startedAt = performance.now()
        const { predictions } = await asked.predict({ signals, candidates, signal: AbortSignal.timeout(LONGEST_MS) })
        took.push(performance.now() - startedAt)
        for (const [column, prediction] of predictions.entries()) {
          const cell = row * candidates.length + column
          quality[cell] = prediction.quality
          logTokens[cell] = Math.log(prediction.outputTokens ?? Number.NaN)
        }
      }
      return { quality, logTokens }
    },
  }
}

const LONGEST_MS = 60_000

function methodId(router: Router, probe: RouterMethodOptions['probe']): string {
  if (probe === undefined) return router.name
  return probe === 'all' ? `${router.name} fitted on all` : `${router.name} probe ${probe}`
}

function onboarded(router: Router, candidates: readonly Target[], probes: Outcomes): Promise<Router> {
  if (router.onboard === undefined) {
    throw new DataProblem(`${router.name} cannot learn a model: leave --probe and --hold-out out.`)
  }
  const signals = probes.prompts.map(({ text }) => signalsOf(text))
  return router.onboard(
    candidates.map((target, column) => ({
      target,
      graded: signals.map((one, row) => ({
        signals: one,
        score: probes.scores[row * candidates.length + column] ?? 0,
      })),
    })),
  )
}

function signalsOf(text: string): Signals {
  return classify(openaiChat.readRequest({ model: 'auto', messages: [{ role: 'user', content: text }] }))
}

/** A model of the data as a candidate: by its name alone, with no facts but what the router itself knows. */
function targetOf(model: string): Target {
  return { id: model, provider: 'data', model, format: 'openai-chat', baseUrl: '', catalogId: undefined, facts: {} }
}
