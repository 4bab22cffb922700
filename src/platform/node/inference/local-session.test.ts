import { expect, test } from 'vitest'
import type { Tensors } from '../../../core/ports.ts'
import type { LocalModels } from './local-models.ts'
import { openLocalSession } from './local-session.ts'

const input: Tensors = { x: { type: 'int64', data: BigInt64Array.of(1n), dims: [1, 1] } }

/** Models whose device stops working when the test says so; each run tells how many rows it was given. */
function start() {
  const rows: Record<string, number[]> = {}
  let isBroken = false
  const models: LocalModels = {
    devices: () => Promise.resolve(['cpu', 'cuda']),
    close: () => Promise.resolve(),
    async open(_, device) {
      return async (inputs) => {
        if (isBroken && device !== 'cpu') throw new Error('device lost')
        const count = inputs['x']?.dims[0] ?? 0
        rows[device] = [...(rows[device] ?? []), count]
        return { y: { type: 'float32', data: new Float32Array(count), dims: [count, 1] } }
      }
    },
  }
  const log: unknown[][] = []
  const open = (device: string, batches: boolean) =>
    openLocalSession({ models, path: '/m.onnx', device, batches, maxQueued: 64, log: (...line) => void log.push(line) })
  return {
    open,
    rows,
    log,
    breakDevice: () => {
      isBroken = true
    },
  }
}

const together = (run: (inputs: Tensors) => Promise<Tensors>) => Promise.all([run(input), run(input), run(input)])

test('a device that batches runs together what comes together; the CPU never does', async () => {
  const { open, rows } = start()
  await together((await open('cuda', true)).run)
  await together((await open('cuda', false)).run)
  await together((await open('cpu', true)).run)
  expect(rows).toEqual({ cuda: [3, 1, 1, 1], cpu: [1, 1, 1] })
})

test('a device that fails three times in a row is given up for the CPU, with one line', async () => {
  const { open, rows, log, breakDevice } = start()
  const session = await open('cuda', true)
  await session.run(input)
  breakDevice()
  for (let index = 0; index < 3; index += 1) await expect(session.run(input)).rejects.toThrow('device lost')
  expect(session.device).toBe('cpu')
  await session.run(input)
  expect(rows['cpu']).toEqual([1])
  expect(log).toEqual([
    [
      'warn',
      'router_device',
      { asked: 'cuda', device: 'cpu', refused: { cuda: expect.stringContaining('device lost') } },
    ],
  ])
})
