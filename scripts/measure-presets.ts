import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Policy } from '../src/core/policy.ts'
import type { Facts } from '../src/core/target.ts'
import { builtInPolicies } from '../src/directives/built-in-policies.ts'
import { type Run, resultsOf } from '../src/eval/evaluate.ts'
import { modelMeans, type Outcomes, pickModels } from '../src/eval/outcomes.ts'
import type { MethodResult } from '../src/eval/over-seeds.ts'
import { against } from '../src/eval/policy/draw-sweep.ts'
import { type Measure, measurePolicies } from '../src/eval/policy/measure-policies.ts'
import { SEEDS, splitInThree } from '../src/eval/split.ts'
import { openSubject } from '../src/platform/node/cli/open-subject.ts'
import { pricedCandidates, routerMethod, signalsOf } from '../src/platform/node/cli/router-method.ts'
import { readComparable } from '../src/platform/node/read-comparable.ts'
import { readPrices, USUAL_OUTPUT_TOKENS } from '../src/platform/node/read-prices.ts'
import { createKeptInference } from './kept-inference.ts'
import { latenciesOf, sizeInName } from './preset-facts.ts'

// What the presets keep and save on outcome data: writes policies/presets.figures.json, from which `npm run gen` makes
// the presets' READMEs. Half an hour on two cores; embeddings are kept for the next time.
// Usage: node scripts/measure-presets.ts [--data ../shared/data/routing] [--seeds 42,999] [--most 3000] [--no-write]

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(process.env['THALAMUS_DATA'] ?? '../shared/data', 'routing') },
    seeds: { type: 'string', default: SEEDS.join() },
    most: { type: 'string', default: '3000' },
    'no-write': { type: 'boolean', default: false },
  },
})
const ROUTER = 'clusters'
const OUT = new URL('../policies/presets.figures.json', import.meta.url)
/** How the router comes to know the models, and whether it is told their names. */
const ROWS = [
  { learned: 'fitted', probe: 'all', isUnnamed: true },
  { learned: '400 probes', probe: 400, isUnnamed: true },
  { learned: '120 probes', probe: 120, isUnnamed: true },
  { learned: 'shipped', probe: undefined, isUnnamed: false },
] as const
type Row = (typeof ROWS)[number]

type SetPlan = {
  readonly id: string
  readonly presets: readonly string[]
  /** Narrows the set, where what is measured is not known of all models. */
  prepare?(outcomes: Outcomes): {
    readonly outcomes: Outcomes
    readonly facts: (outcomes: Outcomes, train: Outcomes) => readonly Facts[]
    readonly measures: Readonly<Record<string, Measure>>
  }
}

const bySize: SetPlan['prepare'] = (outcomes) => {
  const sizes = outcomes.models.map(sizeInName)
  return {
    outcomes,
    facts: () => sizes,
    measures: { size: (_, model) => sizes[model]?.active_params_b ?? sizes[model]?.params_b ?? Number.NaN },
  }
}

const byLatency: SetPlan['prepare'] = (outcomes) => {
  const latencies = latenciesOf(join(values.data, outcomes.id))
  const at = (id: string, model: string): number => latencies.get(`${id}\n${model}`) ?? Number.NaN
  const timed = outcomes.models.filter((model) => outcomes.prompts.some(({ id }) => at(id, model) > 0))
  const part = pickModels(outcomes, timed)
  return {
    outcomes: part,
    facts: (_, { prompts }) =>
      timed.map((model) => {
        const known = prompts.map(({ id }) => at(id, model)).filter((value) => value > 0)
        const mean = known.reduce((sum, value) => sum + value, 0) / known.length
        // The log has the whole call alone: all of it stands before the first token.
        return { ttft_ms: mean, tokens_per_second: 1e9 }
      }),
    measures: { latency: ({ id }, model) => at(id, timed[model] ?? '') },
  }
}

const SETS: readonly SetPlan[] = [
  { id: 'routerbench_subset', presets: ['best', 'balanced', 'cheap'] },
  { id: 'ulab_llmrouter', presets: ['best', 'balanced', 'cheap', 'small'], prepare: bySize },
  { id: 'open_llm_leaderboard_v2', presets: ['best', 'balanced', 'cheap', 'small'], prepare: bySize },
  { id: 'bfcl', presets: ['best', 'fast'], prepare: byLatency },
]

const seeds = values.seeds.split(',').map(Number)
const today = new Date().toISOString().slice(0, 10)
const inference = createKeptInference()
const { router } = await openSubject(ROUTER, inference)
const sets = []
for (const plan of SETS) sets.push(await measureSet(plan))
await inference.close()
const command = ['node scripts/measure-presets.ts', ...process.argv.slice(2)].join(' ')
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
const text = `${JSON.stringify({ command, commit, date: today, router: router.name, seeds, sets }, undefined, 1)}\n`
if (!values['no-write']) writeFileSync(OUT, text)

async function measureSet(plan: SetPlan): Promise<object> {
  const whole = readComparable(join(values.data, plan.id), { most: Number(values.most) }).outcomes
  const prepared = plan.prepare?.(whole)
  const outcomes = prepared?.outcomes ?? whole
  const rows = []
  for (const row of ROWS) {
    const startedAt = performance.now()
    rows.push(await measureRow(plan, row, outcomes, prepared))
    console.error(`${plan.id}, ${row.learned}: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`)
  }
  const best = seeds.map((seed) => bestOf(splitInThree(outcomes, seed).train))
  return {
    id: plan.id,
    prompts: outcomes.prompts.length,
    models: outcomes.models.length,
    best_single: [...new Set(best)],
    rows,
  }
}

function bestOf({ scores, models }: Outcomes): string {
  const means = modelMeans(scores, models.length)
  return models[means.indexOf(Math.max(...means))] ?? ''
}

async function measureRow(
  { presets }: SetPlan,
  { learned, probe, isUnnamed }: Row,
  outcomes: Outcomes,
  prepared: ReturnType<NonNullable<SetPlan['prepare']>> | undefined,
): Promise<object> {
  const method = routerMethod(router, { probe, isUnnamed })
  const policies = presets.map((name): Policy => {
    const policy = builtInPolicies.get(name)
    if (policy === undefined) throw new Error(`There is no preset ${name}.`)
    return policy
  })
  const prices = readPrices(join(values.data, outcomes.id))
  const runs: Run[] = []
  for (const seed of seeds) {
    const split = splitInThree(outcomes, seed)
    const facts = prepared?.facts(outcomes, split.train) ?? []
    const targets = pricedCandidates(outcomes.models, isUnnamed, prices).map((target, place) => ({
      ...target,
      facts: { ...target.facts, ...facts[place] },
    }))
    const measures = prepared?.measures ?? {}
    runs.push(
      await measurePolicies({
        split,
        seed,
        method,
        policies,
        targets,
        signalsOf,
        today,
        usualTokens: USUAL_OUTPUT_TOKENS,
        measures,
      }),
    )
  }
  const results = new Map(resultsOf(runs).map((result) => [result.id, result]))
  return {
    learned,
    ...sweepOf(results),
    presets: Object.fromEntries(
      presets.flatMap((name) => {
        const result = results.get(name)
        return result === undefined
          ? []
          : [[name, { calibration: shares(result, 'calibration_'), test: shares(result, '') }]]
      }),
    ),
  }
}

/** The sweep against the hull of the single models: means of the splits' test parts, and the spread of AIQ over resamples. */
function sweepOf(results: ReadonlyMap<string, MethodResult>): object {
  const sweep = results.get('sweep')
  const versus = against(sweep?.curve ?? [], results.get('singles')?.curve ?? [])
  if (sweep === undefined || versus === undefined) return {}
  const { share, logShare, aiq, otherAiq, worst } = versus
  return {
    sweep: {
      share: rounded(share),
      share_log_cost: rounded(logShare ?? Number.NaN),
      share_mean_of_splits: rounded(sweep.figures['dominates'] ?? Number.NaN),
      aiq: rounded(aiq),
      aiq_hull: rounded(otherAiq),
      aiq_gain: rounded(sweep.figures['aiq_gain'] ?? Number.NaN),
      aiq_gain_ci: sweep.ci['aiq_gain']?.map(rounded),
      ...(worst === undefined
        ? {}
        : { worst: { cost: Number(worst.cost.toPrecision(3)), behind: rounded(worst.behind) } }),
    },
  }
}

/** What is kept and saved beside the best single model, each with its 95 % interval. */
function shares({ figures, ci }: MethodResult, prefix: string): object {
  const names = ['kept', 'saved', 'saved_size', 'saved_latency'].filter((name) => figures[prefix + name] !== undefined)
  return Object.fromEntries(
    names.map((name) => {
      const key = prefix + name
      return [name, [figures[key] ?? Number.NaN, ...(ci[key] ?? [])].map(rounded)]
    }),
  )
}

function rounded(value: number): number {
  return Number(value.toFixed(4))
}
