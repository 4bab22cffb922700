import { routers } from '../../../../routers/index.ts'
import type { Store } from '../../../core/ports.ts'
import { commonPart } from '../../../eval/outcomes.ts'
import { pickSome } from '../../../eval/split.ts'
import { createInference } from '../inference-onnx.ts'
import { digest } from '../ports.ts'
import { readSeenData } from '../read-card.ts'
import { DataProblem, findDataSets, readOutcomes } from '../read-outcomes.ts'
import { evaluateSet, type SetOptions, type SetResult, type Subject } from './evaluate-set.ts'
import { measureAttacks, printBehaviour } from './measure-attacks.ts'
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
  const definition = routers.get(options.router)
  if (definition === undefined) {
    process.stderr.write(
      `error: there is no router "${options.router}". The routers are ${[...routers.keys()].join(', ')}.\n`,
    )
    return 2
  }
  if (options.attack === true) return attack(options)
  const inference = createInference()
  try {
    const folders = findDataSets(options.data)
    const { seen, neverSeen } = readSeenData(options.router)
    const settings = definition.settings.parse({})
    const subject: Subject = {
      router: await definition.open(settings, { inference, createStore: keepAll, digest }),
      timed: await definition.open(settings, { inference, createStore: keepNothing, digest }),
      seen,
    }
    if (options.report !== undefined) {
      await writeReport(subject, neverSeen, { ...options, report: options.report })
      return 0
    }
    const sets: SetResult[] = []
    for (const folder of folders) {
      process.stderr.write(`${folder} …\n`)
      const results = await evaluateSet(
        pickSome(
          commonPart(readOutcomes(folder, { score: options.score, neverSeen })),
          options.most ?? Number.POSITIVE_INFINITY,
        ),
        subject,
        options,
      )
      sets.push(...results)
      if (options.json !== true) results.forEach(printSet)
    }
    if (options.json === true) process.stdout.write(`${JSON.stringify({ sets: sets.map(publicShape) }, null, 2)}\n`)
    await subject.router.close()
    await subject.timed.close()
    return 0
  } catch (thrown) {
    return said(thrown)
  } finally {
    await inference.close()
  }
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

/** Every split asks for the same prompts: what was read of one is kept as long as the command runs. */
export function keepAll<Value>(): Store<Value> {
  const kept = new Map<string, Value>()
  return { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) }
}

/** A prompt that is read again must cost what it costs, or the latencies would be of the cache. */
const keepNothing = () => ({ get: () => undefined, set: () => undefined })
