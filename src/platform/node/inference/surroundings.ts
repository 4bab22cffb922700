import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Surroundings } from './devices.ts'

/** This process's surroundings, with the devices that onnxruntime-node names here. */
export function surroundings(supported: readonly string[]): Surroundings {
  const { platform, arch, env } = process
  return { platform, arch, environment: env, supported, libraries: librariesOf(platform, arch) }
}

/** `bin/napi-v6/linux/x64` of the package; the number is that of its releases. */
function librariesOf(platform: string, arch: string): string {
  const binaries = join(dirname(fileURLToPath(import.meta.resolve('onnxruntime-node'))), '../bin')
  const version = readdirSync(binaries).find((name) => name.startsWith('napi-')) ?? ''
  return join(binaries, version, platform, arch)
}
