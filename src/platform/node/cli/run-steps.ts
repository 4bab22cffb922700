import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { DataProblem } from '../data-problem.ts'
import type { SetResult } from './evaluate-set.ts'
import type { Step } from './report-plan.ts'
import type { Order, Reply, ThreadData } from './report-thread.ts'

export type Work = {
  readonly router: string
  readonly threads: number
  /** Steps of one set stand together: a thread that has read its prompts keeps what it read. */
  readonly groups: readonly (readonly Step[])[]
  readonly orderOf: (step: Step) => Order
  readonly done: (step: Step) => void
}

/** The results of each step, several threads at work, the first groups first. */
export async function runSteps(work: Work): Promise<ReadonlyMap<Step, readonly SetResult[]>> {
  const found = new Map<Step, readonly SetResult[]>()
  const waiting = [...work.groups]
  async function serve(): Promise<void> {
    const data: ThreadData = { router: work.router }
    const thread = new Worker(new URL('./report-thread.ts', import.meta.url), { workerData: data })
    try {
      for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
        for (const step of group) {
          thread.postMessage(work.orderOf(step))
          const [reply]: Reply[] = await once(thread, 'message')
          if (reply?.type !== 'found') throw new DataProblem(`${step.set}: ${reply?.reason ?? 'no answer'}`)
          found.set(step, reply.results)
          work.done(step)
        }
      }
      const closed = once(thread, 'exit')
      thread.postMessage('close')
      await closed
    } finally {
      await thread.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(work.threads, work.groups.length) }, serve))
  return found
}
