import { queueFull } from '../../../core/queue-full.ts'
import type { ThreadReply, ThreadRequest } from '../inference-thread.ts'
import { abortReason } from './abort-reason.ts'
import type { Run } from './micro-batch.ts'
import { ownTensors } from './own-tensors.ts'
import { type Job, startThread, type Thread } from './worker.ts'

export type LocalOptions = {
  readonly maxQueued: number
  readonly threads: number
  readonly maxRestarts: number
  readonly script: URL
}

/** Models in the worker thread, which starts with the first question and is replaced when it dies. */
export type LocalModels = {
  devices(): Promise<readonly string[]>
  open(path: string, device: string): Promise<Run>
  close(): Promise<void>
}

/** The worker thread as something that opens and runs models. */
export function createLocalModels({ maxQueued, threads, maxRestarts, script }: LocalOptions): LocalModels {
  // A model is loaded once a device: a reload of the configuration must not load it again.
  const models = new Map<string, Promise<Run>>()
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

  async function openOn(on: Thread, path: string, device: string): Promise<number> {
    const reply = await ask(on, { type: 'open', job: nextJob++, path, device, threads }, [])
    if (reply.type !== 'opened') throw new Error(`The inference thread answered ${reply.type} to open.`)
    return reply.session
  }

  async function load(path: string, device: string): Promise<Run> {
    let home = liveThread()
    let opened = openOn(home, path, device)
    await opened

    return async (inputs, signal) => {
      if (signal?.aborted) throw abortReason(signal)
      const current = liveThread()
      if (current !== home) {
        home = current
        opened = openOn(current, path, device)
      }
      const session = await opened
      if (signal?.aborted) throw abortReason(signal)
      if (home.queued() >= maxQueued) throw queueFull(maxQueued)
      const owned = ownTensors(inputs)
      const request: ThreadRequest = { type: 'run', job: nextJob++, session, inputs: owned.tensors }
      const reply = await ask(home, request, owned.buffers, signal)
      if (reply.type !== 'ran') throw new Error(`The inference thread answered ${reply.type} to run.`)
      return reply.outputs
    }
  }

  return {
    async devices() {
      const reply = await ask(liveThread(), { type: 'devices', job: nextJob++ }, [])
      if (reply.type !== 'devices') throw new Error(`The inference thread answered ${reply.type} to devices.`)
      return reply.devices
    },
    open(path, device) {
      const key = `${device} ${path}`
      const known = models.get(key)
      if (known !== undefined) return known
      const model = load(path, device)
      models.set(key, model)
      model.catch(() => models.delete(key))
      return model
    },
    async close() {
      closed = true
      await thread?.stop()
    },
  }
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
