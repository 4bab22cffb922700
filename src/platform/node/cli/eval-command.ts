import { routers } from '../../../../routers/index.ts'
import { commonPart } from '../../../eval/outcomes.ts'
import { pickSome } from '../../../eval/split.ts'
import { createInference } from '../inference-onnx.ts'
import { DataProblem, findDataSets, readOutcomes } from '../read-outcomes.ts'
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
  if (options.attack === true) return attack(options)
  const inference = createInference()
  try {
    const folders = findDataSets(options.data)
    const subject = await openSubject(options.router, inference)
    if (options.report === undefined) await printSets(folders, subject, options)
    else await writeReport(subject, { ...options, report: options.report })
    await closeSubject(subject)
    return 0
  } catch (thrown) {
    return said(thrown)
  } finally {
    await inference.close()
  }
}

async function printSets(folders: readonly string[], subject: Subject, options: EvalOptions): Promise<void> {
  const { score, most = Number.POSITIVE_INFINITY } = options
  const { neverSeen } = subject
  const sets: SetResult[] = []
  for (const folder of folders) {
    process.stderr.write(`${folder} …\n`)
    const outcomes = pickSome(commonPart(readOutcomes(folder, { score, neverSeen })), most)
    const results = await evaluateSet(outcomes, subject, options)
    sets.push(...results)
    if (options.json !== true) results.forEach(printSet)
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify({ sets: sets.map(publicShape) }, null, 2)}\n`)
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
