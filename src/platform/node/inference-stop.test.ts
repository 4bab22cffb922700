import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

// In a process of its own: what this guards against takes the whole process with it.
const PROGRAM = `
import { createInference } from '${new URL('./inference-onnx.ts', import.meta.url)}'
const encoder = new URL('${new URL('../../../routers/clusters/weights/encoder.onnx', import.meta.url)}')
const dims = [1, 256]
const inputs = {
  input_ids: { type: 'int64', data: new BigInt64Array(256).fill(1000n), dims },
  attention_mask: { type: 'int64', data: new BigInt64Array(256).fill(1n), dims },
}
for (let round = 0; round < 5; round += 1) {
  const inference = createInference()
  const session = await inference.open(encoder, { device: 'cpu' })
  await session.run(inputs)
  const unfinished = session.run(inputs).catch((error) => error.message)
  await new Promise((resolve) => setTimeout(resolve, round))
  await inference.close()
  console.log(await unfinished)
}
`

test('closing in the middle of a run fails the run and not the process', () => {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    encoding: 'utf8',
  })
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
  expect(stdout).toBe('The inference thread is closed.\n'.repeat(5))
})
