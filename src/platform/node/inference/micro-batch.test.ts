import { describe, expect, test } from 'vitest'
import type { Tensors } from '../../../core/ports.ts'
import { isQueueFull } from '../../../core/queue-full.ts'
import { createMicroBatcher, type MicroBatchOptions } from './micro-batch.ts'

const input = (id: number): Tensors => ({ x: { type: 'float32', data: Float32Array.of(id), dims: [1] } })
const idOf = (tensors: Tensors): number => Number(tensors['x']?.data[0])

type Batch = { readonly ids: readonly number[]; readonly signal: AbortSignal; end(): void; fail(reason: Error): void }

/** A device whose batches end when the test says so. */
function start(options: Partial<MicroBatchOptions> = {}) {
  const batches: Batch[] = []
  const run = createMicroBatcher({
    maxBatch: 4,
    maxRunning: 1,
    maxQueued: 8,
    windowMs: 1,
    runBatch: (inputs, signal) =>
      new Promise((resolve, reject) => {
        batches.push({ ids: inputs.map(idOf), signal, end: () => resolve(inputs), fail: reject })
      }),
    ...options,
  })
  return { batches, run: (id: number, signal?: AbortSignal) => run(input(id), signal) }
}

/** Resolves once there are so many batches. */
async function until(batches: readonly Batch[], count: number): Promise<void> {
  while (batches.length < count) await new Promise((resolve) => setImmediate(resolve))
}

describe('the micro-batcher', () => {
  test('runs together what comes within the window, and gives each its own output', async () => {
    const { batches, run } = start()
    const runs = [run(1), run(2), run(3)]
    await until(batches, 1)
    expect(batches[0]?.ids).toEqual([1, 2, 3])
    batches[0]?.end()
    expect((await Promise.all(runs)).map(idOf)).toEqual([1, 2, 3])
  })

  test('a full batch waits for nothing, and what comes meanwhile is the next one', async () => {
    const { batches, run } = start({ windowMs: 60_000 })
    const runs = Array.from({ length: 7 }, (_, id) => run(id))
    expect(batches.map(({ ids }) => ids)).toEqual([[0, 1, 2, 3]])
    batches[0]?.end()
    await until(batches, 2)
    expect(batches[1]?.ids).toEqual([4, 5, 6])
    batches[1]?.end()
    expect((await Promise.all(runs)).map(idOf)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('a full queue refuses at once', async () => {
    const { batches, run } = start({ maxQueued: 2, maxBatch: 1, windowMs: 0 })
    const runs = [run(1), run(2), run(3)]
    const refused = await run(4).catch((cause: unknown) => cause)
    expect(isQueueFull(refused)).toBe(true)
    for (const index of [0, 1, 2]) {
      await until(batches, index + 1)
      batches[index]?.end()
    }
    expect((await Promise.all(runs)).map(idOf)).toEqual([1, 2, 3])
  })

  test('who gives up while waiting is never run', async () => {
    const { batches, run } = start({ maxBatch: 1, windowMs: 0 })
    const late = new AbortController()
    const first = run(1)
    const second = run(2, late.signal)
    const third = run(3)
    late.abort(new Error('too late'))
    await expect(second).rejects.toThrow('too late')
    batches[0]?.end()
    await until(batches, 2)
    batches[1]?.end()
    await Promise.all([first, third])
    expect(batches.map(({ ids }) => ids)).toEqual([[1], [3]])
  })

  test('a batch under way is told to stop once the last of it has left', async () => {
    const { batches, run } = start({ maxBatch: 2 })
    const [one, two] = [new AbortController(), new AbortController()]
    const runs = Promise.allSettled([run(1, one.signal), run(2, two.signal)])
    one.abort()
    expect(batches[0]?.signal.aborted).toBe(false)
    two.abort()
    expect(batches[0]?.signal.aborted).toBe(true)
    expect((await runs).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  test('a failed batch fails all of its own and none of the next', async () => {
    const { batches, run } = start({ maxBatch: 2 })
    const failed = Promise.allSettled([run(1), run(2)])
    const next = run(3)
    batches[0]?.fail(new Error('device lost'))
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await until(batches, 2)
    batches[1]?.end()
    expect(idOf(await next)).toBe(3)
  })
})
