import type { InferenceSession, Log } from '../../../core/ports.ts'
import { isQueueFull } from '../../../core/queue-full.ts'
import type { LocalModels } from './local-models.ts'
import { createMicroBatcher, type Run } from './micro-batch.ts'
import { splitTensors, stackTensors } from './stack-tensors.ts'

export type LocalSessionOptions = {
  readonly models: LocalModels
  readonly path: string
  readonly device?: string
  /** Whether inputs run together give what they give alone. */
  readonly batches?: boolean
  readonly maxQueued: number
  readonly log: Log
}

const MAX_BATCH = 16
const WINDOW_MS = 1
/** Failures in a row after which a device is given up: a driver that was reset does not come back. */
const MAX_FAILURES = 3

/**
 * A model on a device of this machine. On the CPU each input runs by itself: there a batch of four costs four times
 * one, and int8 activations are scaled per run, so company would change the result. Other devices run what comes in
 * together as one batch.
 */
export async function openLocalSession(options: LocalSessionOptions): Promise<InferenceSession> {
  const { models, path, batches = false, maxQueued, log } = options
  let device = options.device ?? 'cpu'
  const alone = await models.open(path, device)
  if (device === 'cpu') return { device, run: alone }

  let run = createMicroBatcher({
    maxBatch: batches ? MAX_BATCH : 1,
    maxRunning: 1,
    maxQueued,
    windowMs: batches ? WINDOW_MS : 0,
    async runBatch(inputs) {
      const [only] = inputs
      // Nothing can stop a run under way in the thread, so nobody's leaving is passed on.
      if (inputs.length === 1 && only !== undefined) return [await alone(only)]
      return splitTensors(await alone(stackTensors(inputs)), inputs.length)
    },
  })
  let failures = 0
  let onCpu: Promise<Run> | undefined

  async function giveUp(cause: unknown): Promise<void> {
    if (onCpu !== undefined) return
    log('warn', 'router_device', { asked: device, device: 'cpu', refused: { [device]: String(cause) } })
    device = 'cpu'
    onCpu = models.open(path, 'cpu')
    run = await onCpu
  }

  return {
    get device() {
      return device
    },
    async run(inputs, signal) {
      try {
        const outputs = await run(inputs, signal)
        failures = 0
        return outputs
      } catch (cause) {
        if (signal?.aborted || isQueueFull(cause)) throw cause
        failures += 1
        if (failures >= MAX_FAILURES) await giveUp(cause)
        throw cause
      }
    },
  }
}
