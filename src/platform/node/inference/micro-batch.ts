import type { Tensors } from '../../../core/ports.ts'
import { queueFull } from '../../../core/queue-full.ts'
import { abortReason } from './abort-reason.ts'

export type MicroBatchOptions = {
  /** Inputs that run together at most. */
  readonly maxBatch: number
  /** Batches under way at once. */
  readonly maxRunning: number
  /** Inputs that may wait; one more is refused at once. */
  readonly maxQueued: number
  /** How long a lone input waits for company. While all lanes are busy it waits anyway. */
  readonly windowMs: number
  /** One output an input. `signal` aborts when nobody waits for any of them any more. */
  readonly runBatch: (inputs: readonly Tensors[], signal: AbortSignal) => Promise<readonly Tensors[]>
}

export type Run = (inputs: Tensors, signal?: AbortSignal) => Promise<Tensors>

type Waiting = {
  readonly inputs: Tensors
  readonly resolve: (outputs: Tensors) => void
  readonly reject: (reason: Error) => void
  /** Called when the caller gives up; it has been told by then. */
  left: () => void
}

/** Gathers what comes in at nearly the same time and runs it together. Who gives up while waiting is never run. */
export function createMicroBatcher(options: MicroBatchOptions): Run {
  const { maxBatch, maxRunning, maxQueued, windowMs, runBatch } = options
  const queue: Waiting[] = []
  let running = 0
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    while (queue.length > 0 && running < maxRunning) {
      running += 1
      void runTogether(queue.splice(0, maxBatch)).finally(() => {
        running -= 1
        flush()
      })
    }
  }

  function schedule(): void {
    if (running >= maxRunning) return
    if (windowMs === 0 || queue.length >= maxBatch) flush()
    else timer ??= setTimeout(flush, windowMs)
  }

  async function runTogether(batch: readonly Waiting[]): Promise<void> {
    const controller = new AbortController()
    let wanted = batch.length
    for (const waiting of batch) {
      waiting.left = () => {
        wanted -= 1
        if (wanted === 0) controller.abort()
      }
    }
    try {
      const outputs = await runBatch(
        batch.map(({ inputs }) => inputs),
        controller.signal,
      )
      for (const [index, { resolve, reject }] of batch.entries()) {
        const output = outputs[index]
        if (output === undefined) reject(new Error(`A batch of ${batch.length} gave ${outputs.length} outputs.`))
        else resolve(output)
      }
    } catch (cause) {
      const reason = cause instanceof Error ? cause : new Error(String(cause))
      for (const { reject } of batch) reject(reason)
    }
  }

  return (inputs, signal) => {
    if (signal?.aborted) return Promise.reject(abortReason(signal))
    if (queue.length >= maxQueued) return Promise.reject(queueFull(maxQueued))
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.left()
        reject(abortReason(signal))
      }
      const settle = (act: () => void) => {
        signal?.removeEventListener('abort', leave)
        act()
      }
      const waiting: Waiting = {
        inputs,
        resolve: (outputs) => settle(() => resolve(outputs)),
        reject: (reason) => settle(() => reject(reason)),
        left: () => void queue.splice(queue.indexOf(waiting), 1),
      }
      signal?.addEventListener('abort', leave, { once: true })
      queue.push(waiting)
      schedule()
    })
  }
}
