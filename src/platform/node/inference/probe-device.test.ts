import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { Tensors } from '../../../core/ports.ts'
import { probeDevice } from './probe-device.ts'
import type { ProbeQuestion } from './probe-exchange.ts'

const path = fileURLToPath(new URL('../../../../routers/clusters/weights/encoder.onnx', import.meta.url))
const tokens = (count: number): Tensors => {
  const dims = [1, count]
  return {
    input_ids: {
      type: 'int64',
      data: BigInt64Array.from({ length: count }, (_, index) => BigInt(1_000 + index)),
      dims,
    },
    attention_mask: { type: 'int64', data: new BigInt64Array(count).fill(1n), dims },
  }
}
const question: ProbeQuestion = { path, device: 'cpu', threads: 1, mustBeatCpu: false, golden: [tokens(5), tokens(12)] }

/** A program that stands in for a broken driver. */
function program(text: string): URL {
  const file = join(mkdtempSync(join(tmpdir(), 'thalamus-probe-')), 'probe.mjs')
  writeFileSync(file, text)
  return pathToFileURL(file)
}

test('T-57 the CPU agrees with itself, and a batch of the golden inputs agrees well enough', async () => {
  const answer = await probeDevice(question, { maxMs: 20_000 })
  expect(answer).toMatchObject({ type: 'ran', ms: expect.any(Number), cpuMs: expect.any(Number) })
  if (answer.type !== 'ran') return
  expect(answer.cosine).toBeCloseTo(1, 6)
  expect(answer.batchCosine).toBeGreaterThan(0.99)
})

test('a device without its library is a reason, not an exception', async () => {
  const answer = await probeDevice({ ...question, device: 'cuda' }, { maxMs: 20_000 })
  expect(answer).toEqual({ type: 'failed', reason: expect.stringContaining('Failed to load shared library') })
})

test('a driver that crashes takes its own process only', async () => {
  const script = program("process.stderr.write('driver: oh no\\n'); process.kill(process.pid, 'SIGSEGV')")
  expect(await probeDevice(question, { maxMs: 20_000, script })).toEqual({
    type: 'failed',
    reason: 'its process ended by SIGSEGV: driver: oh no',
  })
})

test('a driver that crashes after its answer is not trusted', async () => {
  const script = program(
    'process.stdout.write(\'{"type":"ran","cosine":1,"ms":1,"cpuMs":2}\\n\'); process.exitCode = 7',
  )
  expect(await probeDevice(question, { maxMs: 20_000, script })).toEqual({
    type: 'failed',
    reason: 'its process ended with status 7',
  })
})

test('a driver that hangs is ended', async () => {
  const script = program('setInterval(() => undefined, 1_000)')
  expect(await probeDevice(question, { maxMs: 300, script })).toEqual({
    type: 'failed',
    reason: 'it did not finish within 0.3 s',
  })
})
