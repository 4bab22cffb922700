import { execFileSync } from 'node:child_process'
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Outcomes } from '../../../eval/outcomes.ts'
import { deferralChart, qualityCostChart, reliabilityChart } from '../../../eval/plot/charts.ts'
import { SEEDS } from '../../../eval/split.ts'
import { DataProblem } from '../data-problem.ts'
import { findDataSets } from '../find-data-sets.ts'
import { readComparable } from '../read-comparable.ts'
import type { SetResult, Subject } from './evaluate-set.ts'
import { measureAttacks } from './measure-attacks.ts'
import { publicShape } from './print-evaluation.ts'
import { reportCommand } from './report-commands.ts'
import { type Finding, reportMarkdown } from './report-markdown.ts'
import { planOf, type SetSize, type Step, seedsOf } from './report-plan.ts'
import { runSteps } from './run-steps.ts'

export type ReportOptions = {
  readonly data: string
  readonly router: string
  readonly report: string
  readonly seeds?: readonly number[]
  readonly most?: number
}

const THREADS = 2
const USUAL_MOST = 3_000
const HELD_OUT_SHARE = 0.4

/** `thalamus eval --report`: every table and plot of a router, as Markdown, SVG and JSON in one folder. */
export async function writeReport({ router, neverSeen }: Subject, options: ReportOptions): Promise<void> {
  const startedAt = performance.now()
  const { seeds = SEEDS, most = USUAL_MOST } = options
  makeFolder(options.report)
  const mostHeldOut = Math.round(most * HELD_OUT_SHARE)
  const folders = new Map(findDataSets(options.data).map((folder) => [basename(resolve(folder)), folder]))
  const sets = [...folders].map(([id, folder]) => sizesOf(id, readComparable(folder, { neverSeen }).outcomes))
  const plan = planOf(sets, { most, mostHeldOut })
  const sizeOf = ({ set, most: limit = Number.POSITIVE_INFINITY }: Step): number =>
    Math.min(limit, sets.find(({ id }) => id === set)?.prompts ?? 0)
  const workOf = (steps: readonly Step[]): number => steps.reduce((sum, step) => sum + sizeOf(step), 0)
  const progress = createProgress(workOf(plan))
  const found = await runSteps({
    router: options.router,
    threads: THREADS,
    groups: [...Map.groupBy(plan, ({ set }) => set).values()].toSorted((a, b) => workOf(b) - workOf(a)),
    orderOf: (step) => ({ step, folder: folders.get(step.set) ?? step.set, seeds: seedsOf(step, seeds) }),
    done: (step) => progress(sizeOf(step), `${step.set} ${step.section}`),
  })
  const findings = plan.flatMap((step): Finding[] =>
    (found.get(step) ?? []).map((result) => ({ step, result, plots: plotsOf(step, result, options.report) })),
  )
  const behaviour = await measureAttacks(options)
  const facts = {
    router: router.name,
    date: new Date().toISOString().slice(0, 10),
    commit: commitOf(),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    command: reportCommand(options),
    seeds,
    most,
    mostHeldOut,
    minutes: (performance.now() - startedAt) / 60_000,
  }
  const guide = guideFrom(options.report)
  const places = { router: options.router, data: options.data, folders }
  writeFileSync(join(options.report, 'README.md'), reportMarkdown({ ...facts, guide, places }, findings, behaviour))
  const figures = { ...facts, sets: findings.map(({ result }) => publicShape(result)), attack: behaviour }
  writeFileSync(join(options.report, 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`)
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

/** docs/eval.md as a report in `folder` links to it; nowhere outside of the repository. */
function guideFrom(folder: string): string | undefined {
  const inside = relative(ROOT, resolve(folder))
  if (inside.startsWith('..') || isAbsolute(inside)) return undefined
  return relative(resolve(folder), join(ROOT, 'docs', 'eval.md'))
    .split(sep)
    .join('/')
}

/** Before minutes of work: where nothing can be written, nothing is worth computing. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DataProblem(`The report cannot be written to ${folder}: ${reason}. Give --report a folder.`, { cause })
  }
}

function sizesOf(id: string, { prompts, models }: Outcomes): SetSize {
  const datasets = new Set(prompts.map(({ dataset }) => dataset)).size
  return { id, datasets, models: models.length, prompts: prompts.length }
}

/** Draws what there is to draw of a result; parts of held-out groups get none. */
function plotsOf({ section }: Step, result: SetResult, folder: string): Finding['plots'] {
  if (section !== 'sets' && section !== 'published') return []
  const subjects = result.methods.map(({ id }) => id).filter((id) => id.includes('@'))
  const name = result.id.replaceAll(/[^\w-]+/g, '-')
  const charts = [
    ['quality-cost', qualityCostChart(result.id, result.methods, subjects)],
    ['reliability', reliabilityChart(result.id, result.methods, subjects)],
    ['deferral', deferralChart(result.id, result.methods, subjects)],
  ] as const
  return charts.flatMap(([kind, drawn]) =>
    drawn.map((svg) => {
      const file = `${name}-${kind}.svg`
      writeFileSync(join(folder, file), svg)
      return { alt: `${result.id}, ${kind}`, file }
    }),
  )
}

/** Says on stderr what is done, how fast, and how long the rest takes. */
function createProgress(total: number): (prompts: number, what: string) => void {
  const startedAt = performance.now()
  let done = 0
  return (prompts, what) => {
    done += prompts
    const seconds = (performance.now() - startedAt) / 1_000
    const left = ((total - done) * seconds) / done / 60
    process.stderr.write(
      `${what}: ${done} of ${total} prompts, ${(done / seconds).toFixed(0)} a second, ${left.toFixed(1)} minutes left\n`,
    )
  }
}

function commitOf(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    // A package without its repository has no commit to name.
    return 'unknown'
  }
}
