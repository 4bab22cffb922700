import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

// In a process of its own: what this guards against takes the whole process with it.
const PROGRAM = `
import { createInference } from '${new URL('./inference-onnx.ts', import.meta.url)}'
const encoder = new URL('${new URL('../../../routers/clusters/weights/encoder.onnx', import.meta.url)}')
const dims = [1, 128]
const inputs = {
  input_ids: { type: 'int64', data: new BigInt64Array(128).fill(1000n), dims },
  attention_mask: { type: 'int64', data: new BigInt64Array(128).fill(1n), dims },
}
for (let round = 0; round < 5; round += 1) {
  const inference = createInference()
  const session = await inference.open(encoder, { device: 'cpu' })
  await session.run(inputs)
  const unfinished = session.run(inputs).then(() => 'finished', () => 'failed')
  await new Promise((resolve) => setTimeout(resolve, round))
  await inference.close()
  await unfinished
}
console.log('alive')
`

test('closing in the middle of a run settles the run and does not end the process', () => {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    encoding: 'utf8',
  })
  expect({ status, signal, stdout, stderr }).toEqual({ status: 0, signal: null, stdout: 'alive\n', stderr: '' })
})
