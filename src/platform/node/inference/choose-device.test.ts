import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ChooseOptions, chooseDevice } from './choose-device.ts'
import type { Surroundings } from './devices.ts'
import type { ProbeAnswer } from './probe-exchange.ts'

const DRIVER = join(mkdtempSync(join(tmpdir(), 'thalamus-icd-')), 'driver.json')
writeFileSync(DRIVER, '{}')
const CUDA = mkdtempSync(join(tmpdir(), 'thalamus-cuda-'))
for (const part of ['shared', 'cuda', 'tensorrt']) writeFileSync(join(CUDA, `libonnxruntime_providers_${part}.so`), '')

const around: Surroundings = {
  platform: 'linux',
  arch: 'x64',
  environment: { VK_ICD_FILENAMES: DRIVER },
  supported: ['cpu', 'webgpu', 'cuda', 'tensorrt'],
  libraries: CUDA,
}
const good: ProbeAnswer = { type: 'ran', cosine: 0.9998, batchCosine: 0.9997, ms: 1, cpuMs: 3 }

/** Chooses among devices that answer as given; those not named end with a crash. */
async function choose(answers: Readonly<Record<string, ProbeAnswer>>, options: Partial<ChooseOptions> = {}) {
  const tried: string[] = []
  const choice = await chooseDevice({
    asked: 'auto',
    path: '/model.onnx',
    threads: 1,
    golden: [],
    around,
    triesAll: false,
    async probe({ device }) {
      tried.push(device)
      return answers[device] ?? { type: 'failed', reason: 'its process ended by SIGSEGV' }
    },
    ...options,
  })
  return { ...choice, tried, refused: choice.reports.flatMap(({ reason }) => reason ?? []) }
}

describe('auto', () => {
  test('takes the first device that proves itself, and tries no other', async () => {
    expect(await choose({ cuda: good, webgpu: good })).toMatchObject({ device: 'cuda', batches: true, tried: ['cuda'] })
  })

  test('goes on after a device that crashes', async () => {
    const { device, tried, refused } = await choose({ webgpu: good })
    expect([device, tried]).toEqual(['webgpu', ['cuda', 'tensorrt', 'webgpu']])
    expect(refused).toEqual(['its process ended by SIGSEGV', 'its process ended by SIGSEGV'])
  })

  test('refuses a device that computes something else', async () => {
    const wrong: ProbeAnswer = { ...good, cosine: 0.98 }
    const { device, refused } = await choose({ cuda: wrong, tensorrt: wrong, webgpu: wrong })
    expect(device).toBe('cpu')
    expect(refused[0]).toContain('cosine 0.9800')
  })

  test('refuses a device that is slower than the CPU', async () => {
    const slow: ProbeAnswer = { ...good, ms: 3.1 }
    const hopeless: ProbeAnswer = { type: 'slow', ms: 900, cpuMs: 3 }
    const { device, refused } = await choose({ cuda: slow, tensorrt: slow, webgpu: hopeless })
    expect(device).toBe('cpu')
    expect(refused[0]).toContain('3.1 ms a run, 3.0 there')
    expect(refused[2]).toContain('900.0 ms a run')
  })

  test('loads nothing for a device whose library or driver is not there', async () => {
    const bare = {
      ...around,
      libraries: tmpdir(),
      environment: { HOME: CUDA, XDG_DATA_DIRS: CUDA, VK_ICD_FILENAMES: '' },
    }
    const { device, tried, refused } = await choose({ cuda: good, webgpu: good }, { around: bare })
    expect([device, tried]).toEqual(['cpu', []])
    expect(refused).toEqual([
      'libonnxruntime_providers_shared.so is not installed',
      'libonnxruntime_providers_shared.so is not installed',
      'there is no Vulkan driver',
    ])
  })
})

describe('a device by its name', () => {
  test('is used though it is slower: who names it knows why', async () => {
    expect((await choose({ webgpu: { ...good, ms: 900 } }, { asked: 'webgpu' })).device).toBe('webgpu')
  })

  test('is used one input at a time where a batch gives something else', async () => {
    const { device, batches } = await choose({ cuda: { ...good, batchCosine: 0.9 } }, { asked: 'cuda' })
    expect([device, batches]).toEqual(['cuda', false])
  })

  test('that this build does not have ends on the CPU with the reason and a remedy', async () => {
    const { device, tried, reports } = await choose({ dml: good }, { asked: 'dml' })
    expect([device, tried]).toEqual(['cpu', []])
    expect(reports).toMatchObject([
      { device: 'dml', reason: expect.stringContaining('linux/x64 has no dml'), remedy: expect.any(String) },
    ])
  })

  test('in a report all others are tried, and none is used instead', async () => {
    const { device, tried } = await choose({ cuda: good, webgpu: good }, { asked: 'cpu', triesAll: true })
    expect([device, tried]).toEqual(['cpu', ['cuda', 'tensorrt', 'webgpu']])
  })
})
