import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { ThreadReply, ThreadRequest } from '../inference-thread.ts'

/** A request to the thread, and who waits for its answer. */
export type Job = {
  readonly request: ThreadRequest
  readonly transfer: readonly ArrayBuffer[]
  readonly settle: (reply: ThreadReply) => void
  readonly fail: (reason: Error) => void
}

/** The thread that runs models: one job at a time. */
export type Thread = {
  readonly isAlive: () => boolean
  /** Jobs run one at a time, in order; leaving the queue costs the worker nothing. */
  readonly enqueue: (job: Job) => void
  readonly remove: (job: Job) => void
  readonly queued: () => number
  readonly stop: () => Promise<void>
}

const STOP_MS = 5_000

/** Starts the thread; what waits when it dies fails with the reason. */
export function startThread(script: URL): Thread {
  const worker = new Worker(script, {
    // The loader flags of the main thread (test runners, debuggers) are not the worker's.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 2 },
  })
  worker.unref()
  const waiting: Job[] = []
  let running: Job | undefined
  let isAlive = true

  const pump = () => {
    if (running !== undefined || !isAlive) return
    running = waiting.shift()
    if (running === undefined) {
      worker.unref()
      return
    }
    // A pending run keeps the process alive, an idle thread does not.
    worker.ref()
    worker.postMessage(running.request, [...running.transfer])
  }
  const die = (reason: Error) => {
    if (!isAlive) return
    isAlive = false
    const lost = running === undefined ? waiting.splice(0) : [running, ...waiting.splice(0)]
    running = undefined
    for (const job of lost) job.fail(reason)
  }

  worker.on('message', (reply: ThreadReply) => {
    const done = running
    running = undefined
    if (done?.request.job === reply.job) done.settle(reply)
    pump()
  })
  worker.on('error', (cause) => die(new Error('The inference thread failed.', { cause })))
  worker.on('exit', (code) => die(new Error(`The inference thread ended with status ${code}.`)))

  return {
    isAlive: () => isAlive,
    enqueue(job) {
      if (!isAlive) {
        job.fail(new Error('The inference thread is gone.'))
        return
      }
      waiting.push(job)
      pump()
    },
    remove(job) {
      const index = waiting.indexOf(job)
      if (index >= 0) waiting.splice(index, 1)
    },
    queued: () => waiting.length,
    async stop() {
      const isBusy = isAlive && running !== undefined
      const idle = new Promise<void>((resolve) => {
        worker.once('message', () => resolve())
        worker.once('exit', () => resolve())
      })
      die(new Error('The inference thread is closed.'))
      // onnxruntime aborts the whole process when its thread is ended in the middle of a run.
      if (isBusy) await Promise.race([idle, sleep(STOP_MS, undefined, { ref: false })])
      await worker.terminate()
    },
  }
}
