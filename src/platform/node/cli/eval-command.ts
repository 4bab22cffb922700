import { rmSync } from 'node:fs'
import { routers } from '../../../../routers/index.ts'
import { DataProblem } from '../data-problem.ts'
import { findDataSets } from '../find-data-sets.ts'
import { createInference } from '../inference-onnx.ts'
import { dataSetOfLog, isDecisionLog } from '../log-data-set.ts'
import { readComparable } from '../read-comparable.ts'
import { readDatasets } from '../read-prompts.ts'
import { evaluateSet, type SetOptions, type SetResult, type Subject } from './evaluate-set.ts'
import { measureAttacks, printBehaviour } from './measure-attacks.ts'
import { closeSubject, openSubject } from './open-subject.ts'
import { printSet, publicShape } from './print-evaluation.ts'
import type { ExitStatus } from './program.ts'
import { writeReport } from './write-report.ts'

type EvalOptions = SetOptions & {
  readonly data: string
  readonly router: string
  readonly json?: boolean
  readonly score: string
  readonly attack?: boolean
  readonly report?: string
  readonly most?: number
}

/** `thalamus eval`: a router against the baselines, on outcomes that are known. */
export async function evalCommand(options: EvalOptions): Promise<ExitStatus> {
  if (!routers.has(options.router)) {
    process.stderr.write(
      `error: there is no router "${options.router}". The routers are ${[...routers.keys()].join(', ')}.\n`,
    )
    return 2
  }
  const unheeded = unheededOption(options)
  if (unheeded !== undefined) {
    process.stderr.write(`error: ${unheeded}\n`)
    return 2
  }
  if (options.attack === true) return attack(options)
  const inference = createInference()
  let fromLog: string | undefined
  try {
    fromLog = isDecisionLog(options.data) ? await dataSetOfLog(options.data) : undefined
    const folders = fromLog === undefined ? findDataSets(options.data) : [fromLog]
    const subject = await openSubject(options.router, inference)
    if (options.report === undefined) await printSets(folders, subject, options)
    else await writeReport(subject, { ...options, report: options.report })
    await closeSubject(subject)
    return 0
  } catch (thrown) {
    return said(thrown)
  } finally {
    // It holds prompts.
    if (fromLog !== undefined) rmSync(fromLog, { recursive: true })
    await inference.close()
  }
}

/** An option that would change nothing beside another, and what to do instead. */
function unheededOption({ holdOut, split, seeds = [] }: EvalOptions): string | undefined {
  if (holdOut !== undefined && split === 'given') {
    return '--split given cannot be used with --hold-out, which is a split of its own. Run one, then the other.'
  }
  const once = split === 'given' ? '--split given' : holdOut === undefined ? '' : `--hold-out ${holdOut}`
  if (seeds.length < 2 || once === '' || holdOut === 'models') return undefined
  return `${once} splits once, whatever the seed. Give --seeds one, from which the intervals are drawn, or leave it out.`
}

async function printSets(folders: readonly string[], subject: Subject, options: EvalOptions): Promise<void> {
  const { score, most = Number.POSITIVE_INFINITY, leaveOut = [] } = options
  const { neverSeen } = subject
  if (leaveOut.length > 0) requireDatasets(leaveOut, folders)
  const sets: SetResult[] = []
  for (const folder of folders) {
    process.stderr.write(`${folder} …\n`)
    const set = readComparable(folder, { score, neverSeen, most })
    const results = await evaluateSet(set, subject, options)
    sets.push(...results)
    if (options.json === true) continue
    for (const [place, result] of results.entries()) printSet(result, place === 0)
  }
  if (sets.length === 0) throw new DataProblem(`${options.data} has nothing that can be scored this way.`)
  if (options.json === true) process.stdout.write(`${JSON.stringify({ sets: sets.map(publicShape) }, null, 2)}\n`)
}

/** Left out by a name that nothing has, a data set would stay in. */
function requireDatasets(names: readonly string[], folders: readonly string[]): void {
  const known = new Set(folders.flatMap(readDatasets))
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length === 0) return
  throw new DataProblem(
    `--leave-out: there is no data set ${unknown.map((name) => `"${name}"`).join(', ')}. There are ${[...known].join(', ')}.`,
  )
}

async function attack(options: EvalOptions): Promise<ExitStatus> {
  try {
    const behaviour = await measureAttacks(options)
    if (options.json === true) process.stdout.write(`${JSON.stringify({ attack: behaviour }, null, 2)}\n`)
    else printBehaviour(behaviour)
    return 0
  } catch (thrown) {
    return said(thrown)
  }
}

function said(thrown: unknown): ExitStatus {
  if (!(thrown instanceof DataProblem)) throw thrown
  process.stderr.write(`error: ${thrown.message}\n`)
  return 1
}
