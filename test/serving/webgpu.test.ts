import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { LEAST_COSINE } from '../../src/platform/node/inference/choose-device.ts'
import { runProgram } from '../cli/program.ts'
import { isMissing, VULKAN } from './prepared.ts'

const PROGRAM = fileURLToPath(new URL('golden-on-device.ts', import.meta.url))
const SLOW_MS = 300_000

type Report = {
  device: string
  log: { level: string; event: string; device: string; refused: Record<string, string> }[]
  cosines: number[]
  /** Of three prompts that were asked at once. */
  together: number[]
  predictions: { prompt: string; model: string; quality: number; expected: number }[]
}

function run(device: string, environment: Readonly<Record<string, string>>): Promise<Report> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [PROGRAM, device], { env: { PATH, HOME, ...environment } })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => {
      if (status === 0) resolve(JSON.parse(stdout))
      else reject(new Error(`It ended with ${status ?? signal}: ${stdout}${stderr}`))
    })
  })
}

describe.skipIf(isMissing(VULKAN.VK_ICD_FILENAMES, 'a Vulkan driver'))(
  'WebGPU on a Vulkan driver without a GPU',
  () => {
    test('the golden prompts run on webgpu and give what the CPU gives', { timeout: SLOW_MS }, async () => {
      const { device, log, cosines, together, predictions } = await run('webgpu', VULKAN)
      expect(device).toBe('webgpu')
      expect(log).toMatchObject([{ level: 'info', event: 'router_device', asked: 'webgpu', device: 'webgpu' }])
      // One a prompt, and the warm-up.
      expect(cosines.length).toBeGreaterThan(10)
      expect(Math.min(...cosines)).toBeGreaterThanOrEqual(LEAST_COSINE)
      expect(together).toHaveLength(3)
      expect(Math.min(...together)).toBeGreaterThanOrEqual(LEAST_COSINE)
      expect(predictions.length).toBeGreaterThan(40)
      for (const { prompt, model, quality, expected } of predictions) {
        expect(Math.abs(quality - expected), `${prompt.slice(0, 30)} ▶ ${model}`).toBeLessThan(0.02)
      }
    })

    test('auto refuses a driver that is slower than the CPU, and says so in its one line', {
      timeout: SLOW_MS,
    }, async () => {
      const { device, log } = await run('auto', VULKAN)
      expect(device).toBe('cpu')
      expect(log).toHaveLength(1)
      expect(log[0]?.refused['webgpu']).toMatch(/slower than the CPU/)
    })

    test('check lists the device with its time on the golden prompts', { timeout: SLOW_MS }, async () => {
      const { status, stdout } = await runProgram(['check', '--json'], {
        config:
          'providers: { up: { base_url: "http://127.0.0.1:9/v1" } }\nmodels: [up/a]\nrouter: { use: clusters, device: webgpu }\n',
        environment: VULKAN,
      })
      const { devices, router, problems } = JSON.parse(stdout)
      expect(problems).toEqual([])
      expect(devices).toContainEqual({ device: 'cpu', runs: true, ms: expect.any(Number) })
      expect(devices).toContainEqual({
        device: 'webgpu',
        runs: true,
        ms: expect.any(Number),
        cosine: expect.any(Number),
        batches: expect.any(Boolean),
      })
      expect(router).toMatchObject({ device: 'webgpu' })
      expect(status).toBe(0)
    })
  },
)

test('a driver that is named and cannot be loaded ends on the CPU, and the process lives', async () => {
  const { device, log } = await run('webgpu', { VK_ICD_FILENAMES: PROGRAM })
  expect(device).toBe('cpu')
  expect(log).toMatchObject([{ level: 'warn', event: 'router_device', asked: 'webgpu', device: 'cpu' }])
  expect(log[0]?.refused['webgpu']).toBeTruthy()
})
