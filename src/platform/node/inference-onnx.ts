import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Inference, InferenceSession, Tensor, Tensors } from '../../core/ports.ts'
import type { ThreadReply, ThreadRequest } from './inference-thread.ts'

export type InferenceOptions = {
  /** Runs that may wait; one more is refused at once. */
  readonly maxQueued?: number
  /** Threads of one run. More than one helps a lone request and hurts all others. */
  readonly threads?: number
  /** How often a thread that died is replaced before its sessions fail for good. */
  readonly maxRestarts?: number
  /** The worker's script, for tests. */
  readonly script?: URL
}

type Job = {
  readonly request: ThreadRequest
  readonly transfer: readonly ArrayBuffer[]
  readonly settle: (reply: ThreadReply) => void
  readonly fail: (reason: Error) => void
}

type Thread = {
  readonly isAlive: () => boolean
  /** Jobs run one at a time, in order; leaving the queue costs the worker nothing. */
  readonly enqueue: (job: Job) => void
  readonly remove: (job: Job) => void
  readonly queued: () => number
  readonly stop: () => Promise<void>
}

/** ONNX models run by onnxruntime-node in one worker thread, which starts with the first `open`. */
export function createInference(options: InferenceOptions = {}): Inference {
  const { maxQueued = 64, threads = 1, maxRestarts = 1 } = options
  const script = options.script ?? new URL('./inference-thread.ts', import.meta.url)
  let thread: Thread | undefined
  let restarts = 0
  let closed = false
  let nextJob = 0

  function liveThread(): Thread {
    if (closed) throw new Error('The inference thread is closed.')
    if (thread?.isAlive()) return thread
    if (thread !== undefined) {
      if (restarts >= maxRestarts) throw new Error('The inference thread died and is not restarted again.')
      restarts += 1
    }
    thread = startThread(script)
    return thread
  }

  function ask(
    on: Thread,
    request: ThreadRequest,
    transfer: readonly ArrayBuffer[],
    signal?: AbortSignal,
  ): Promise<ThreadReply> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        signal?.removeEventListener('abort', abandon)
        act()
      }
      const job: Job = {
        request,
        transfer,
        settle: (reply) => finish(() => (reply.type === 'failed' ? reject(new Error(reply.reason)) : resolve(reply))),
        fail: (reason) => finish(() => reject(reason)),
      }
      const abandon = () => {
        on.remove(job)
        reject(abortReason(signal))
      }
      signal?.addEventListener('abort', abandon, { once: true })
      on.enqueue(job)
    })
  }

  async function openOn(on: Thread, path: string): Promise<{ readonly session: number; readonly device: string }> {
    const reply = await ask(on, { type: 'open', job: nextJob++, path, threads }, [])
    if (reply.type !== 'opened') throw new Error(`The inference thread answered ${reply.type} to open.`)
    return reply
  }

  return {
    async open(model): Promise<InferenceSession> {
      const path = fileURLToPath(model)
      let home = liveThread()
      let opened = openOn(home, path)
      const { device } = await opened

      return {
        device,
        async run(inputs, signal) {
          if (signal?.aborted) throw abortReason(signal)
          const current = liveThread()
          if (current !== home) {
            home = current
            opened = openOn(current, path)
          }
          const { session } = await opened
          if (signal?.aborted) throw abortReason(signal)
          if (home.queued() >= maxQueued) throw new Error(`The inference queue is full (${maxQueued} runs wait).`)
          const owned = mapTensors(inputs)
          const request: ThreadRequest = { type: 'run', job: nextJob++, session, inputs: owned.tensors }
          const reply = await ask(home, request, owned.buffers, signal)
          if (reply.type !== 'ran') throw new Error(`The inference thread answered ${reply.type} to run.`)
          return reply.outputs
        },
      }
    },
    async close() {
      closed = true
      await thread?.stop()
    },
  }
}

const STOP_MS = 5_000

function startThread(script: URL): Thread {
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

/** Inputs with buffers of their own, so that moving them to the worker takes nothing else along. */
function mapTensors(inputs: Tensors): { readonly tensors: Tensors; readonly buffers: readonly ArrayBuffer[] } {
  const tensors: Record<string, Tensor> = {}
  const buffers: ArrayBuffer[] = []
  for (const [name, tensor] of Object.entries(inputs)) {
    if (tensor.type === 'float32') {
      const data = new Float32Array(tensor.data)
      tensors[name] = { type: 'float32', data, dims: tensor.dims }
      buffers.push(data.buffer)
    } else {
      const data = new BigInt64Array(tensor.data)
      tensors[name] = { type: 'int64', data, dims: tensor.dims }
      buffers.push(data.buffer)
    }
  }
  return { tensors, buffers }
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new Error('The run was aborted.')
}
