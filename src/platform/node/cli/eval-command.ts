import { routers } from '../../../../routers/index.ts'
import { classify } from '../../../classify/classify.ts'
import type { Router, Signals } from '../../../core/router.ts'
import type { Target } from '../../../core/target.ts'
import type { MethodResult } from '../../../eval/evaluate.ts'
import { evaluate } from '../../../eval/evaluate.ts'
import type { Method } from '../../../eval/methods.ts'
import { promptLength, subsetTable } from '../../../eval/methods.ts'
import type { Outcomes } from '../../../eval/outcomes.ts'
import { commonPart } from '../../../eval/outcomes.ts'
import { pickProbes, SEEDS } from '../../../eval/split.ts'
import { openaiChat } from '../../../wire/openai-chat/index.ts'
import { createInference } from '../inference-onnx.ts'
import { digest } from '../ports.ts'
import { DataProblem, findDataSets, readOutcomes } from '../read-outcomes.ts'
import type { ExitStatus } from './program.ts'
import { columns, createPaint } from './terminal.ts'

type EvalOptions = {
  readonly data: string
  readonly router: string
  readonly seeds?: readonly number[]
  readonly probe?: number
  readonly json?: boolean
}

type SetResult = {
  readonly id: string
  readonly prompts: number
  readonly models: readonly string[]
  readonly methods: readonly (MethodResult & { readonly latencyMs?: number })[]
}

/** `thalamus eval`: a router against the baselines, on outcomes that are known. */
export async function evalCommand(options: EvalOptions): Promise<ExitStatus> {
  const definition = routers.get(options.router)
  if (definition === undefined) {
    process.stderr.write(
      `error: there is no router "${options.router}". The routers are ${[...routers.keys()].join(', ')}.\n`,
    )
    return 2
  }
  const inference = createInference()
  try {
    const folders = findDataSets(options.data)
    const router = await definition.open(definition.settings.parse({}), { inference, createStore: keepNothing, digest })
    const sets: SetResult[] = []
    for (const folder of folders) {
      process.stderr.write(`${folder} …\n`)
      const result = await evaluateSet(commonPart(readOutcomes(folder)), router, options)
      sets.push(result)
      if (options.json !== true) print(result)
    }
    if (options.json === true) process.stdout.write(`${JSON.stringify({ sets: sets.map(publicShape) }, null, 2)}\n`)
    await router.close()
    return 0
  } catch (thrown) {
    if (!(thrown instanceof DataProblem)) throw thrown
    process.stderr.write(`error: ${thrown.message}\n`)
    return 1
  } finally {
    await inference.close()
  }
}

async function evaluateSet(
  outcomes: Outcomes,
  router: Router,
  { seeds = SEEDS, probe }: EvalOptions,
): Promise<SetResult> {
  const { prompts, models, id } = outcomes
  if (prompts.length < 10 || models.length < 2) {
    throw new DataProblem(
      `${id} has ${prompts.length} prompts that all of ${models.length} models answered; too few to compare.`,
    )
  }
  const took: number[] = []
  const method = routerMethod(router, probe, took)
  const results = await evaluate(outcomes, [subsetTable, promptLength, method], seeds)
  const latencyMs = took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0
  return {
    id,
    prompts: prompts.length,
    models,
    methods: results.map((result) => (result.id === method.id ? { ...result, latencyMs } : result)),
  }
}

/** The router, as it is shipped or with every model onboarded from `probe` prompts of the training part. */
function routerMethod(router: Router, probe: number | undefined, took: number[]): Method {
  return {
    id: probe === undefined ? router.name : `${router.name} probe ${probe}`,
    isCalibrated: true,
    async estimate(train, test) {
      const candidates = test.models.map(targetOf)
      const asked = probe === undefined ? router : await onboarded(router, candidates, pickProbes(train, probe))
      const estimates = new Float64Array(test.prompts.length * candidates.length)
      for (const [row, { text }] of test.prompts.entries()) {
        const signals = signalsOf(text)
        const startedAt = performance.now()
        const { predictions } = await asked.predict({ signals, candidates, signal: AbortSignal.timeout(LONGEST_MS) })
        took.push(performance.now() - startedAt)
        for (const [column, { quality }] of predictions.entries()) estimates[row * candidates.length + column] = quality
      }
      return estimates
    },
  }
}

const LONGEST_MS = 60_000

/** A prompt that is read again must cost what it costs, or the latencies would be of the cache. */
const keepNothing = () => ({ get: () => undefined, set: () => undefined })

function onboarded(router: Router, candidates: readonly Target[], probes: Outcomes): Promise<Router> {
  if (router.onboard === undefined) throw new DataProblem(`${router.name} cannot learn a model: leave --probe out.`)
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

function publicShape(set: SetResult): object {
  return {
    ...set,
    methods: set.methods.map(({ id, figures, ci, latencyMs }) => ({
      id,
      ...figures,
      ...(latencyMs === undefined ? {} : { latency_ms_p50: latencyMs }),
      ci,
    })),
  }
}

const SHOWN = [
  'quality',
  'gain',
  'regret',
  'selection_accuracy_tie',
  'cost',
  'aiq',
  'qnc',
  'apgr',
  'auroc',
  'ece',
] as const

function print(set: SetResult): void {
  const paint = createPaint(process.stdout)
  const shown = SHOWN.filter((name) => set.methods.some(({ figures }) => figures[name] !== undefined))
  const rows = set.methods.map(({ id, figures, ci }) => [
    id,
    ...shown.map((name) => text(name, figures[name], ci[name])),
  ])
  const head = ['method', ...shown.map((name) => name.replace('selection_accuracy_tie', 'tie-aware'))]
  const [title = '', ...lines] = columns([head, ...rows], [...head.keys()].slice(1))
  process.stdout.write(
    `\n${paint('bold', set.id)}  ${set.prompts} prompts, ${set.models.length} models\n${paint('dim', title)}\n${lines.join('\n')}\n`,
  )
}

function text(name: string, value: number | undefined, interval: readonly [number, number] | undefined): string {
  if (value === undefined) return '–'
  if (name === 'cost') return `$${value.toPrecision(3)}`
  const shown = value.toFixed(3)
  return name === 'gain' && interval !== undefined
    ? `${shown} [${interval.map((end) => end.toFixed(3)).join(', ')}]`
    : shown
}
