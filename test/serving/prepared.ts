import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Environment of a process that shall see SwiftShader, the Vulkan driver that computes on the CPU. */
export const VULKAN = {
  VK_ICD_FILENAMES: `${ROOT}.cache/vulkan/usr/lib/chromium/vk_swiftshader_icd.json`,
  LD_LIBRARY_PATH: `${ROOT}.cache/vulkan/usr/lib/x86_64-linux-gnu`,
} as const

/** The program of MLServer. */
export const MLSERVER = `${ROOT}.cache/mlserver/bin/mlserver`

/** Whether to skip what needs `file`: never in CI, and elsewhere only with the reason on the terminal. */
export function isMissing(file: string, what: string): boolean {
  if (process.env['CI'] === 'true' || existsSync(file)) return false
  process.stderr.write(`skipped: ${what} is not there; bash .ci/prepare-serving brings it\n`)
  return true
}
