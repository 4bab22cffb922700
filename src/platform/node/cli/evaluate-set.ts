import type { Router } from '../../../core/router.ts'
import { evaluate, evaluateSplit, type Run, resultsOf } from '../../../eval/evaluate.ts'
import { type Grouping, heldOutModels, holdOutGroups, withoutFamily } from '../../../eval/hold-out.ts'
import { fromProbes, type Method, only, promptLength, rawLength, subsetTable } from '../../../eval/methods.ts'
import { cleanPart, type Outcomes, partsOf, pickModels, withoutDatasets } from '../../../eval/outcomes.ts'
import type { MethodResult } from '../../../eval/over-seeds.ts'
import { SEEDS, splitGiven } from '../../../eval/split.ts'
import { createTextMethods } from '../../../eval/text-methods.ts'
import { DataProblem } from '../data-problem.ts'
import type { DataFacts } from '../describe-data.ts'
import type { Comparable } from '../read-comparable.ts'
import { routerMethod, timePredictions } from './router-method.ts'
import {
  fewerProbes,
  hasTestPart,
  type Probes,
  probesOf,
  requireSides,
  requireTestPart,
  splitsOf,
} from './training-parts.ts'

export type SetOptions = {
  readonly seeds?: readonly number[]
  readonly probe?: number
  readonly holdOut?: Grouping | 'models'
  /** `given`: the publisher's own split instead of one by key. */
  readonly split?: 'key' | 'given'
  readonly leaveOut?: readonly string[]
  /** Only what a set's data sets give apart, where they are reported apart. */
  readonly partsOnly?: boolean
  /** Leaves the fitted row out: for sets that no router may learn from. */
  readonly shippedOnly?: boolean
}

/** The router under test, once as a gateway has it and once with every answer kept: figures do not hang on time. */
export type Subject = {
  readonly router: Router
  /** The same, keeping nothing: asked for its time alone. */
  readonly timed: Router
  /** Data folders the router was made from. */
  readonly seen: ReadonlySet<string>
  /** Data folders that its card says it was not made from. */
  readonly neverSeen: ReadonlySet<string>
}

export type MethodRow = MethodResult & {
  readonly latencyMs?: { readonly p50: number; readonly p95: number }
  /** True when what is asked as shipped was made from this set. */
  readonly wasSeen?: boolean
}

/** Figures on one set, or on what was held out of it. */
export type SetResult = {
  readonly id: string
  readonly heldOut?: string
  readonly prompts: number
  readonly models: readonly string[]
  readonly methods: readonly MethodRow[]
  /** What became of the set's files; not said where the result is not of files. */
  readonly data?: DataFacts
  /** Where a training part holds fewer prompts than `--probe` asked for: those it has. */
  readonly probes?: Probes
}

/** Scores the router and the baselines on one set: one result, or more where parts are held out or contaminated. */
export async function evaluateSet(
  { outcomes, data }: Comparable,
  subject: Subject,
  options: SetOptions,
): Promise<SetResult[]> {
  const results = await resultsOfSet(outcomes, subject, options)
  return results.map((result) => ({ ...result, data }))
}

async function resultsOfSet(outcomes: Outcomes, subject: Subject, options: SetOptions): Promise<SetResult[]> {
  const kept = withoutDatasets(outcomes, options.leaveOut ?? [])
  const { prompts, models, id } = kept
  if (prompts.length === 0) {
    process.stderr.write(`${id}: --leave-out leaves nothing of it.\n`)
    return []
  }
  if (prompts.length < LEAST_PROMPTS || models.length < 2) {
    throw new DataProblem(
      `${id} has too few prompts to compare ${models.length} models on: ${prompts.length}, where ${LEAST_PROMPTS} are the least.`,
    )
  }
  const { holdOut } = options
  if (holdOut === 'models') return onHeldOutModels(kept, subject, options)
  if (holdOut !== undefined) return onHeldOutGroups(kept, subject, holdOut, options)
  if (options.split === 'given') return [await onGivenSplit(kept, subject, options)]
  const clean = cleanPart(kept)
  const apart = partsOf(kept)
  const together = [kept, ...(clean === undefined ? [] : [clean])]
  const parts = options.partsOnly === true && apart.length > 0 ? apart : [...together, ...apart]
  const { seeds = SEEDS } = options
  requireTestPart(kept, seeds)
  const results: SetResult[] = []
  for (const part of parts) {
    if (part.prompts.length >= LEAST_PROMPTS && hasTestPart(part, seeds)) {
      results.push(await onSplits(part, outcomes.id, subject, options))
    } else {
      process.stderr.write(`${part.id}: ${part.prompts.length} prompts are too few to be reported apart.\n`)
    }
  }
  return results
}

const LEAST_PROMPTS = 10
const USUAL_PROBES = 120
const TIMED_PROMPTS = 200

async function onSplits(part: Outcomes, source: string, subject: Subject, options: SetOptions): Promise<SetResult> {
  const { seeds = SEEDS } = options
  const probes = options.probe === undefined ? undefined : probesOf(options.probe, splitsOf(part, seeds))
  const rows = routerRows(subject.router, probes?.used, options)
  const methods = await evaluate(part, [...baselines(part), ...rows], seeds)
  const { id, prompts, models } = part
  return {
    id,
    prompts: prompts.length,
    models,
    methods: await described(methods, rows, part, source, subject),
    ...fewerProbes(probes),
  }
}

/** The publisher's own split, with averages over the data sets: those whose task is in the training part, and others. */
async function onGivenSplit(outcomes: Outcomes, subject: Subject, options: SetOptions): Promise<SetResult> {
  const { id, models } = outcomes
  requireSides(outcomes)
  const split = splitGiven(outcomes)
  const { train, test } = split
  if (train.prompts.length < LEAST_PROMPTS || test.prompts.length < LEAST_PROMPTS) {
    throw new DataProblem(
      `${id} has ${train.prompts.length} training and ${test.prompts.length} test prompts. --split given needs "split": "train" or "test" on the rows of prompts.jsonl, or data sets named NAME_train and NAME_test.`,
    )
  }
  const probes = options.probe === undefined ? undefined : probesOf(options.probe, [split])
  const rows = routerRows(subject.router, probes?.used, options)
  // Averages over data sets rank the single models otherwise than the mean over prompts that chooses one of them.
  const others = [...models.map(only), ...baselines(test)]
  const run = await evaluateSplit({ split, seed: (options.seeds ?? SEEDS)[0] ?? 0 }, [...others, ...rows])
  const methods = await described(resultsOf([run]), rows, test, id, subject)
  return { id: `${id}, given split`, prompts: test.prompts.length, models, methods, ...fewerProbes(probes) }
}

/** The router as it is shipped, or from probes; and with its models learned from the whole training part. */
function routerRows(router: Router, probe: number | undefined, { shippedOnly }: SetOptions): Method[] {
  const first = routerMethod(router, { probe, isUnnamed: false })
  return router.onboard === undefined || shippedOnly === true
    ? [first]
    : [first, routerMethod(router, { probe: 'all', isUnnamed: true })]
}

/** One result a group, and their mean; nothing for a set of one group. */
async function onHeldOutGroups(
  outcomes: Outcomes,
  { router }: Subject,
  grouping: Grouping,
  { seeds = SEEDS, probe }: SetOptions,
): Promise<SetResult[]> {
  const unlisted = grouping === 'family' ? withoutFamily(outcomes) : []
  if (unlisted.length > 0) process.stderr.write(`in no family and left out: ${unlisted.join(', ')}\n`)
  const groups = holdOutGroups(outcomes, grouping)
  const splits = groups.map(({ split }) => split)
  const probes = probe === undefined ? undefined : probesOf(probe, splits)
  const methods = [...baselines(outcomes), routerMethod(router, { probe: probes?.used ?? 'all', isUnnamed: true })]
  const { id, models } = outcomes
  const runs: Run[] = []
  const results: SetResult[] = []
  for (const { label, split } of groups) {
    const run = await evaluateSplit({ split, seed: seeds[0] ?? 0 }, methods)
    runs.push(run)
    results.push({
      id,
      heldOut: label,
      prompts: split.test.prompts.length,
      models,
      methods: resultsOf([run]),
      ...fewerProbes(probes),
    })
  }
  if (runs.length === 0) {
    process.stderr.write(`${id} is all of one ${grouping}, or has too few prompts of each: nothing to hold out.\n`)
    return []
  }
  const prompts = results.reduce((sum, result) => sum + result.prompts, 0)
  const mean = {
    id,
    heldOut: `each ${grouping}, mean`,
    prompts,
    models,
    methods: resultsOf(runs),
    ...fewerProbes(probes),
  }
  return [...results, mean]
}

/** Choices among a third of the models, each learned from a few prompts, beside the same learned from all. */
async function onHeldOutModels(
  outcomes: Outcomes,
  { router }: Subject,
  { seeds = SEEDS, probe = USUAL_PROBES }: SetOptions,
): Promise<SetResult[]> {
  const held = heldOutModels(outcomes.models)
  if (held.length < 2) {
    process.stderr.write(`${outcomes.id} has ${outcomes.models.length} models: a third of them is no choice.\n`)
    return []
  }
  const part = pickModels(outcomes, held)
  requireTestPart(part, seeds)
  const probes = probesOf(probe, splitsOf(part, seeds))
  const onboarded = routerMethod(router, { probe: probes.used, isUnnamed: true })
  const fitted = routerMethod(router, { probe: 'all', isUnnamed: true })
  const learners = baselines(part).map((method) => fromProbes(method, probes.used))
  const methods = await evaluate(part, [...learners, onboarded, fitted], seeds)
  return [
    {
      id: outcomes.id,
      heldOut: `${held.length} of ${outcomes.models.length} models`,
      prompts: part.prompts.length,
      models: held,
      methods,
      ...fewerProbes(probes),
    },
  ]
}

function baselines({ models }: Outcomes): Method[] {
  return [subsetTable, promptLength, ...(models.length === 2 ? [rawLength] : []), ...createTextMethods()]
}

/** What is to be said of the router's first row beyond its figures. */
async function described(
  methods: readonly MethodResult[],
  [first]: readonly Method[],
  part: Outcomes,
  source: string,
  { timed, seen }: Subject,
): Promise<MethodRow[]> {
  const took = await timePredictions(timed, part.prompts.slice(0, TIMED_PROMPTS), part.models)
  const sorted = took.sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? 0
  return methods.map((result) =>
    result.id === first?.id
      ? { ...result, latencyMs: { p50: at(0.5), p95: at(0.95) }, wasSeen: first.isFixed === true && seen.has(source) }
      : result,
  )
}
