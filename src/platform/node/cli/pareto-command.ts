import { writeFileSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { routers } from '../../../../routers/index.ts'
import { paretoChart } from '../../../eval/plot/pareto-chart.ts'
import { SEEDS } from '../../../eval/split.ts'
import { DataProblem } from '../data-problem.ts'
import { describeData } from '../describe-data.ts'
import { findDataSets } from '../find-data-sets.ts'
import { createInference } from '../inference-onnx.ts'
import { nodeClock } from '../ports.ts'
import { readComparable } from '../read-comparable.ts'
import { readPrices } from '../read-prices.ts'
import type { Subject } from './evaluate-set.ts'
import { createLateProgress } from './late-progress.ts'
import { measurePareto, type ParetoResult } from './measure-pareto.ts'
import { closeSubject, openSubject } from './open-subject.ts'
import { paretoShape, pointsOf, printPareto } from './print-pareto.ts'
import type { ExitStatus } from './program.ts'

type ParetoCommandOptions = {
  readonly data: string
  readonly router: string
  readonly out?: string
  readonly json?: boolean
  readonly score: string
  readonly probe?: number
  readonly shipped?: boolean
  readonly most?: number
  readonly seeds?: readonly number[]
}

/** `thalamus pareto`: the cost weight swept over data sets, as plots and figures. */
export async function paretoCommand(options: ParetoCommandOptions): Promise<ExitStatus> {
  if (!routers.has(options.router)) {
    process.stderr.write(
      `error: there is no router "${options.router}". The routers are ${[...routers.keys()].join(', ')}.\n`,
    )
    return 2
  }
  if (options.out !== undefined && extname(options.out).toLowerCase() !== '.svg') {
    process.stderr.write(`error: --out writes SVG: name the file so, such as front.svg, not "${options.out}".\n`)
    return 2
  }
  const inference = createInference()
  try {
    const folders = findDataSets(options.data)
    const subject = await openSubject(options.router, inference)
    await sweepSets(folders, subject, options)
    await closeSubject(subject)
    return 0
  } catch (thrown) {
    if (!(thrown instanceof DataProblem)) throw thrown
    process.stderr.write(`error: ${thrown.message}\n`)
    return 1
  } finally {
    await inference.close()
  }
}

async function sweepSets(folders: readonly string[], subject: Subject, options: ParetoCommandOptions): Promise<void> {
  const { score, most = Number.POSITIVE_INFINITY, seeds = SEEDS, out, json = false, shipped = false } = options
  const { router, seen, neverSeen } = subject
  const canLearn = router.onboard !== undefined
  const probe = shipped || (!canLearn && options.probe === undefined) ? undefined : (options.probe ?? 'all')
  const today = new Date().toISOString().slice(0, 10)
  const shapes: object[] = []
  for (const folder of folders) {
    const { outcomes, data } = readComparable(folder, { score, neverSeen, most })
    if (outcomes.costs === undefined) {
      if (folders.length > 1) process.stderr.write(`${outcomes.id} has no costs: passed over.\n`)
      continue
    }
    const progress = createLateProgress(process.stderr, nodeClock)
    const result = await measurePareto(outcomes, router, { seeds, probe, prices: readPrices(folder), today }, progress)
    progress.done()
    const wasSeen = probe === undefined && seen.has(outcomes.id)
    shapes.push(paretoShape(result, wasSeen))
    if (!json) printPareto(result, { wasSeen, notes: describeData(data) })
    if (out !== undefined) writeChart(result, folders.length > 1 ? numbered(out, outcomes.id) : out)
  }
  if (shapes.length === 0) throw new DataProblem(withoutCosts(folders))
  if (json) process.stdout.write(`${JSON.stringify({ sets: shapes }, null, 2)}\n`)
}

/** `front.svg` of several sets: `front-SET.svg` each. */
function numbered(out: string, id: string): string {
  return `${out.slice(0, -extname(out).length)}-${id.replaceAll(/[^\w-]+/g, '-')}${extname(out)}`
}

function writeChart(result: ParetoResult, file: string): void {
  const title = `${result.id}: the cost weight swept, ${result.method}`
  try {
    writeFileSync(file, paretoChart(title, pointsOf(result)))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DataProblem(`The plot cannot be written to ${file}: ${reason}. Give --out another place.`, { cause })
  }
  process.stderr.write(`${file} written\n`)
}

function withoutCosts(folders: readonly string[]): string {
  const what =
    folders.length === 1 ? `${basename(resolve(folders[0] ?? ''))} has no costs` : 'None of the sets has costs'
  return `${what}: there is nothing to trade quality against. Add a "cost" column (USD a call) to outcomes.csv, or prices.json (docs/eval.md).`
}
