import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

// What onnxruntime-node may run on, and what can be told of it without touching a driver: loading one costs time and,
// where it is broken, the process.

/** Devices beside the CPU, best first: `auto` takes the first that proves itself. */
export const DEVICES = ['cuda', 'tensorrt', 'coreml', 'dml', 'webgpu'] as const
export type Device = (typeof DEVICES)[number]

/** True for the name of a device beside the CPU. */
export function isDevice(name: string): name is Device {
  return DEVICES.some((device) => device === name)
}

/** Where this process runs and what onnxruntime-node there is. */
export type Surroundings = {
  readonly platform: NodeJS.Platform
  readonly arch: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Devices this build of onnxruntime-node names, the CPU included. */
  readonly supported: readonly string[]
  /** Folder of its native libraries. */
  readonly libraries: string
}

/** Why a device cannot run here, found without loading anything; `undefined` where only trying can tell. */
export function absence(device: Device, around: Surroundings): string | undefined {
  const { platform, arch, supported, libraries } = around
  if (!supported.includes(device)) {
    return `onnxruntime-node for ${platform}/${arch} has no ${device}, only ${supported.join(', ')}`
  }
  if (device === 'cuda' || device === 'tensorrt') {
    const missing = ['shared', device]
      .map((part) => `${platform === 'win32' ? '' : 'lib'}onnxruntime_providers_${part}.${SUFFIX[platform] ?? 'so'}`)
      .find((file) => !existsSync(join(libraries, file)))
    if (missing !== undefined) return `${missing} is not installed`
  }
  if (device === 'webgpu' && platform === 'linux' && !hasVulkanDriver(around.environment)) {
    return 'there is no Vulkan driver'
  }
  return undefined
}

const SUFFIX: Readonly<Partial<Record<NodeJS.Platform, string>>> = { win32: 'dll', darwin: 'dylib' }

/** What to do so that a device can be used. */
export const REMEDIES: Readonly<Record<Device, string>> = {
  cuda: 'Install CUDA 12, cuDNN 9 and its provider: docs/router-serving.md has the command.',
  tensorrt: 'Install TensorRT, CUDA 12 and their provider: docs/router-serving.md has the command.',
  coreml: 'Use it on macOS, or write router.device: auto.',
  dml: 'Use it on Windows, or write router.device: auto.',
  webgpu: 'Install the graphics driver (on Linux its Vulkan part and libvulkan1), or write router.device: auto.',
}

const NAMED_DRIVERS = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'] as const

/** Whether the Vulkan loader would find a driver's manifest: github.com/KhronosGroup/Vulkan-Loader, LoaderDriverInterface.md. */
function hasVulkanDriver(environment: Surroundings['environment']): boolean {
  const named = NAMED_DRIVERS.flatMap((name) => environment[name]?.split(':') ?? []).filter((path) => path !== '')
  if (named.some((path) => existsSync(path))) return true
  if (environment['VK_DRIVER_FILES'] !== undefined || environment['VK_ICD_FILENAMES'] !== undefined) return false
  const home = environment['HOME'] ?? homedir()
  const folders = [
    environment['XDG_CONFIG_HOME'] ?? join(home, '.config'),
    ...(environment['XDG_CONFIG_DIRS'] ?? '/etc/xdg').split(':'),
    '/etc',
    environment['XDG_DATA_HOME'] ?? join(home, '.local/share'),
    ...(environment['XDG_DATA_DIRS'] ?? '/usr/local/share:/usr/share').split(':'),
  ]
  return folders.some((folder) => holdsManifest(join(folder, 'vulkan/icd.d')))
}

function holdsManifest(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('.json'))
  } catch {
    // No such folder: no driver there.
    return false
  }
}
