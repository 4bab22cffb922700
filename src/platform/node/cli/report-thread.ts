import { parentPort, workerData } from 'node:worker_threads'
import { createInference } from '../inference-onnx.ts'
import { readComparable } from '../read-comparable.ts'
import { evaluateSet, type SetResult } from './evaluate-set.ts'
import { closeSubject, openSubject } from './open-subject.ts'
import type { Step } from './report-plan.ts'

/** What a thread is started with. */
export type ThreadData = { readonly router: string }

/** A step, with where its data is. */
export type Order = { readonly step: Step; readonly folder: string; readonly seeds: readonly number[] }

export type Reply =
  | { readonly type: 'found'; readonly results: readonly SetResult[] }
  | { readonly type: 'failed'; readonly reason: string }

const { router: id }: ThreadData = workerData
const inference = createInference()
const subject = await openSubject(id, inference)

parentPort?.on('message', (order: Order | 'close') => {
  void (order === 'close' ? close() : run(order).then((reply) => parentPort?.postMessage(reply)))
})

async function run({ step, folder, seeds }: Order): Promise<Reply> {
  try {
    const { score, most = Number.POSITIVE_INFINITY } = step
    const set = readComparable(folder, { score, neverSeen: subject.neverSeen, most })
    return { type: 'found', results: await evaluateSet(set, subject, { ...step.options, seeds }) }
  } catch (thrown) {
    return { type: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

async function close(): Promise<void> {
  await closeSubject(subject)
  await inference.close()
  parentPort?.close()
}
