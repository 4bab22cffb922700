import { afterEach, describe, expect, test } from 'vitest'
import type { Inference, Tensors } from '../../core/ports.ts'
import { createInference, type InferenceOptions } from './inference-onnx.ts'

const ENCODER = new URL('../../../routers/clusters/weights/encoder.onnx', import.meta.url)
const opened: Inference[] = []

function start(options: InferenceOptions = {}): Inference {
  const inference = createInference(options)
  opened.push(inference)
  return inference
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((inference) => inference.close()))
})

function tokens(count: number): Tensors {
  const ids = Array.from({ length: count }, (_, index) => BigInt(1_000 + index))
  const dims = [1, count]
  return {
    input_ids: { type: 'int64', data: BigInt64Array.from(ids), dims },
    attention_mask: { type: 'int64', data: new BigInt64Array(count).fill(1n), dims },
  }
}

describe('onnxruntime in a worker thread', () => {
  test('a run gives the embedding, of length one', async () => {
    const session = await start().open(ENCODER, { device: 'auto' })
    expect(session.device).toBe('cpu')
    const { embedding } = await session.run(tokens(12))
    expect(embedding?.dims).toEqual([1, 384])
    const length = Array.from(embedding?.data ?? [], Number).reduce((sum, value) => sum + value * value, 0)
    expect(length).toBeCloseTo(1, 4)
  })

  test('the inputs stay usable: a second run on them gives the same', async () => {
    const session = await start().open(ENCODER, { device: 'cpu' })
    const inputs = tokens(9)
    expect(await session.run(inputs)).toEqual(await session.run(inputs))
  })

  test.each(['cuda', 'dml', 'abacus'])(
    '%s, which is not there, ends on the cpu with one line of why',
    async (device) => {
      const lines: unknown[][] = []
      const session = await start({ log: (...line) => void lines.push(line) }).open(ENCODER, {
        device,
        golden: [tokens(4)],
      })
      expect(session.device).toBe('cpu')
      expect(lines).toEqual([
        ['warn', 'router_device', { asked: device, device: 'cpu', refused: { [device]: expect.any(String) } }],
      ])
      await expect(session.run(tokens(4))).resolves.toBeDefined()
    },
  )

  test('auto says in one line what it took and what it refused; the cpu by its name says nothing', async () => {
    const lines: unknown[][] = []
    const inference = start({ log: (...line) => void lines.push(line) })
    await inference.open(ENCODER, { device: 'cpu' })
    expect(lines).toEqual([])
    const { device } = await inference.open(ENCODER, { device: 'auto', golden: [tokens(4)] })
    expect(lines).toEqual([['info', 'router_device', { asked: 'auto', device, refused: expect.any(Object) }]])
  })

  test('a missing file is a rejection, and the thread serves on', async () => {
    const inference = start()
    await expect(inference.open(new URL('file:///no/such/model.onnx'), { device: 'cpu' })).rejects.toThrow()
    await expect(inference.open(ENCODER, { device: 'cpu' })).resolves.toBeDefined()
  })

  test('wrong inputs are a rejection, and the next run succeeds', async () => {
    const session = await start().open(ENCODER, { device: 'cpu' })
    await expect(session.run({})).rejects.toThrow()
    await expect(session.run(tokens(4))).resolves.toBeDefined()
  })

  test('a full queue refuses at once and still answers those before', async () => {
    const session = await start({ maxQueued: 2 }).open(ENCODER, { device: 'cpu' })
    const runs = await Promise.allSettled(Array.from({ length: 12 }, () => session.run(tokens(64))))
    const refused = runs.filter((run) => run.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(runs.length - refused.length).toBeGreaterThanOrEqual(2)
    for (const run of refused) expect(String(run.reason)).toContain('queue is full')
  })

  test('an aborted run rejects with the reason, waiting or not yet sent', async () => {
    const session = await start().open(ENCODER, { device: 'cpu' })
    await expect(session.run(tokens(4), AbortSignal.abort(new Error('late')))).rejects.toThrow('late')
    const waiting = new AbortController()
    const first = session.run(tokens(128))
    const second = session.run(tokens(128), waiting.signal)
    waiting.abort(new Error('gave up'))
    await expect(second).rejects.toThrow('gave up')
    await expect(first).resolves.toBeDefined()
  })

  test('after close every run is refused', async () => {
    const inference = start()
    const session = await inference.open(ENCODER, { device: 'cpu' })
    await inference.close()
    await expect(session.run(tokens(4))).rejects.toThrow('closed')
  })
})

describe('a worker thread that dies', () => {
  // Speaks the thread's protocol and ends the thread on a poisoned input.
  const script = new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads'
      parentPort.on('message', (request) => {
        if (request.type === 'open') parentPort.postMessage({ type: 'opened', job: request.job, session: 0 })
        else if (request.inputs.x.data[0] === 13) process.exit(3)
        else parentPort.postMessage({ type: 'ran', job: request.job, outputs: request.inputs })
      })`)}`,
  )
  const input = (value: number): Tensors => ({ x: { type: 'float32', data: Float32Array.of(value), dims: [1] } })

  test('rejects all that waited, is replaced once, then refuses', async () => {
    const session = await start({ script }).open(ENCODER, { device: 'cpu' })
    const lost = await Promise.allSettled([session.run(input(13)), session.run(input(1)), session.run(input(2))])
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await session.run(input(7))).toEqual(input(7))
    await expect(session.run(input(13))).rejects.toThrow('ended with status 3')
    await expect(session.run(input(7))).rejects.toThrow('not restarted')
  })

  test('two sessions both come back after the restart', async () => {
    const inference = start({ script })
    const one = await inference.open(ENCODER, { device: 'cpu' })
    const two = await inference.open(ENCODER, { device: 'cpu' })
    await expect(one.run(input(13))).rejects.toThrow()
    expect(await two.run(input(1))).toEqual(input(1))
    expect(await one.run(input(2))).toEqual(input(2))
  })
})
