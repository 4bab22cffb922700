import type { Router } from '../../../core/router.ts'
import { evaluate, evaluateSplit, type Run, resultsOf } from '../../../eval/evaluate.ts'
import { type Grouping, heldOutModels, holdOutGroups, withoutFamily } from '../../../eval/hold-out.ts'
import { fromProbes, type Method, promptLength, subsetTable } from '../../../eval/methods.ts'
import { cleanPart, type Outcomes, pickModels } from '../../../eval/outcomes.ts'
import type { MethodResult } from '../../../eval/over-seeds.ts'
import { SEEDS } from '../../../eval/split.ts'
import { createTextMethods } from '../../../eval/text-methods.ts'
import { DataProblem } from '../read-outcomes.ts'
import { routerMethod } from './router-method.ts'

export type SetOptions = {
  readonly seeds?: readonly number[]
  readonly probe?: number
  readonly holdOut?: Grouping | 'models'
}

/** Figures on one set, or on what was held out of it. */
export type SetResult = {
  readonly id: string
  readonly heldOut?: string
  readonly prompts: number
  readonly models: readonly string[]
  readonly methods: readonly (MethodResult & { readonly latencyMs?: number })[]
}

/** Scores the router and the baselines on one set: one result, or more where parts are held out or contaminated. */
export async function evaluateSet(outcomes: Outcomes, router: Router, options: SetOptions): Promise<SetResult[]> {
  const { prompts, models, id } = outcomes
  if (prompts.length < LEAST_PROMPTS || models.length < 2) {
    throw new DataProblem(
      `${id} has ${prompts.length} prompts that all of ${models.length} models answered; too few to compare.`,
    )
  }
  const { holdOut } = options
  if (holdOut === 'models') return onHeldOutModels(outcomes, router, options)
  if (holdOut !== undefined) return onHeldOutGroups(outcomes, router, holdOut, options)
  const clean = cleanPart(outcomes)
  const parts = clean === undefined || clean.prompts.length < LEAST_PROMPTS ? [outcomes] : [outcomes, clean]
  const results: SetResult[] = []
  for (const part of parts) results.push(await onSplits(part, router, options))
  return results
}

const LEAST_PROMPTS = 10
const USUAL_PROBES = 120

async function onSplits(outcomes: Outcomes, router: Router, { seeds = SEEDS, probe }: SetOptions): Promise<SetResult> {
  const took: number[] = []
  const method = routerMethod(router, { probe, isUnnamed: false, took })
  const methods = await evaluate(outcomes, [...baselines(), method], seeds)
  const { id, prompts, models } = outcomes
  return { id, prompts: prompts.length, models, methods: withLatency(methods, method.id, took) }
}

/** One result a group, and their mean; nothing for a set of one group. */
async function onHeldOutGroups(
  outcomes: Outcomes,
  router: Router,
  grouping: Grouping,
  { seeds = SEEDS, probe }: SetOptions,
): Promise<SetResult[]> {
  const unlisted = grouping === 'family' ? withoutFamily(outcomes) : []
  if (unlisted.length > 0) process.stderr.write(`in no family and left out: ${unlisted.join(', ')}\n`)
  const groups = holdOutGroups(outcomes, grouping)
  const took: number[] = []
  const method = routerMethod(router, { probe: probe ?? 'all', isUnnamed: true, took })
  const methods = [...baselines(), method]
  const { id, models } = outcomes
  const runs: Run[] = []
  const results: SetResult[] = []
  for (const { label, split } of groups) {
    const run = await evaluateSplit({ split, seed: seeds[0] ?? 0 }, methods)
    runs.push(run)
    results.push({ id, heldOut: label, prompts: split.test.prompts.length, models, methods: resultsOf([run]) })
  }
  if (runs.length === 0) {
    process.stderr.write(`${id} is all of one ${grouping}: nothing to hold out.\n`)
    return []
  }
  const prompts = results.reduce((sum, result) => sum + result.prompts, 0)
  const mean = withLatency(resultsOf(runs), method.id, took)
  return [...results, { id, heldOut: `each ${grouping}, mean`, prompts, models, methods: mean }]
}

/** Choices among a third of the models, each learned from a few prompts, beside the same learned from all. */
async function onHeldOutModels(
  outcomes: Outcomes,
  router: Router,
  { seeds = SEEDS, probe = USUAL_PROBES }: SetOptions,
): Promise<SetResult[]> {
  const held = heldOutModels(outcomes.models)
  if (held.length < 2) {
    process.stderr.write(`${outcomes.id} has ${outcomes.models.length} models: a third of them is no choice.\n`)
    return []
  }
  const part = pickModels(outcomes, held)
  const took: number[] = []
  const onboarded = routerMethod(router, { probe, isUnnamed: true, took })
  const fitted = routerMethod(router, { probe: 'all', isUnnamed: true, took: [] })
  const learners = baselines().map((method) => fromProbes(method, probe))
  const methods = await evaluate(part, [...learners, onboarded, fitted], seeds)
  return [
    {
      id: outcomes.id,
      heldOut: `${held.length} of ${outcomes.models.length} models`,
      prompts: part.prompts.length,
      models: held,
      methods: withLatency(methods, onboarded.id, took),
    },
  ]
}

function baselines(): Method[] {
  return [subsetTable, promptLength, ...createTextMethods()]
}

function withLatency(methods: readonly MethodResult[], id: string, took: number[]): SetResult['methods'] {
  const latencyMs = took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0
  return methods.map((result) => (result.id === id ? { ...result, latencyMs } : result))
}
