import type { InferenceSession, Log, RemoteModel, Tensors } from '../../../core/ports.ts'
import { isQueueFull } from '../../../core/queue-full.ts'
import { agreement } from './agreement.ts'
import { LEAST_COSINE } from './choose-device.ts'
import { createMicroBatcher, type Run } from './micro-batch.ts'
import type { OpenInferenceClient } from './open-inference.ts'
import { splitTensors, stackTensors } from './stack-tensors.ts'

export type RemoteSessionOptions = {
  readonly client: OpenInferenceClient
  readonly remote: RemoteModel
  /** The same model on the CPU here: what answers when the server does not. */
  readonly local: Run
  readonly golden: readonly Tensors[]
  readonly maxQueued: number
  readonly log: Log
  readonly now: () => number
}

/** Calls in a row that fail or are late before the server is left alone: one may be a connection that grew old. */
const MAX_FAILURES = 3
const RETRY_MS = 1_000
const PROBE_MS = 5_000
const WINDOW_MS = 1

export type RemoteSession = InferenceSession & {
  /** Why the server is not used at this moment. */
  readonly problem: () => string | undefined
}

/**
 * A model on a server, with the CPU here behind it. A call that fails or is late is answered by the CPU. A server that
 * is gone is left alone, and asked again by the traffic itself, once a second at most: it is used again when it is
 * ready and gives what the CPU gives for the golden inputs.
 */
export async function openRemoteSession(options: RemoteSessionOptions): Promise<RemoteSession> {
  const { client, remote, local, golden, log, now } = options
  let problem: string | undefined
  let failures = 0
  let retryAt = 0
  let probing: Promise<void> | undefined
  let known: readonly Tensors[] | undefined

  const ask = createMicroBatcher({
    maxBatch: remote.maxBatch,
    maxRunning: remote.maxConcurrent,
    maxQueued: options.maxQueued,
    windowMs: remote.maxBatch > 1 ? WINDOW_MS : 0,
    async runBatch(inputs, unwanted) {
      const signal = AbortSignal.any([unwanted, AbortSignal.timeout(remote.timeoutMs)])
      const [only] = inputs
      if (inputs.length === 1 && only !== undefined) return [await client.infer(only, signal)]
      return splitTensors(await client.infer(stackTensors(inputs), signal), inputs.length)
    },
  })

  function goDown(reason: string): void {
    retryAt = now() + RETRY_MS
    if (problem !== undefined) {
      problem = reason
      return
    }
    problem = reason
    log('warn', 'router_remote_down', { url: remote.url, model: remote.model, problem: reason, used: 'cpu' })
  }

  /** What the CPU gives for the golden inputs: asked once, since its queue may be full when the server comes back. */
  async function references(): Promise<readonly Tensors[]> {
    if (known === undefined) {
      const outputs: Tensors[] = []
      for (const input of golden) outputs.push(await local(input))
      known = outputs
    }
    return known
  }

  async function probe(): Promise<void> {
    try {
      const signal = AbortSignal.timeout(PROBE_MS)
      await client.ready(signal)
      const expected = await references()
      for (const [index, input] of golden.entries()) {
        const cosine = agreement(await client.infer(input, signal), expected[index] ?? {})
        demand(cosine, 'its outputs are not those of the router’s own model')
      }
      if (remote.maxBatch > 1 && golden.length > 1) {
        const rows = splitTensors(await client.infer(stackTensors(golden), signal), golden.length)
        const least = Math.min(...rows.map((row, index) => agreement(row, expected[index] ?? {})))
        demand(least, 'inputs run together do not give what they give alone; set router.remote.max_batch: 1')
      }
      const wasDown = problem !== undefined
      problem = undefined
      failures = 0
      if (wasDown) log('info', 'router_remote_up', { url: remote.url, model: remote.model })
    } catch (cause) {
      goDown(reasonOf(cause))
    }
  }

  function probeOnce(): Promise<void> {
    probing ??= probe().finally(() => {
      probing = undefined
    })
    return probing
  }

  function failed(cause: unknown): void {
    // Our own queue says nothing of the server; every other failure of a server that is down is known already.
    if (isQueueFull(cause) || problem !== undefined) return
    failures += 1
    if (failures >= MAX_FAILURES) goDown(reasonOf(cause))
  }

  await probeOnce()
  return {
    get device() {
      return problem === undefined ? 'remote' : 'cpu'
    },
    problem: () => problem,
    async run(inputs, signal) {
      if (problem !== undefined) {
        if (now() >= retryAt) void probeOnce()
        return local(inputs, signal)
      }
      try {
        const outputs = await ask(inputs, signal)
        failures = 0
        return outputs
      } catch (cause) {
        if (signal?.aborted) throw cause
        failed(cause)
        return local(inputs, signal)
      }
    },
  }
}

function demand(cosine: number, problem: string): void {
  if (cosine < LEAST_COSINE) throw new Error(`${problem} (cosine ${cosine.toFixed(4)})`)
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message
}
