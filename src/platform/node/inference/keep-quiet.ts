import { createRequire } from 'node:module'

const NAME = 'ORT_DISABLE_TELEMETRY'
const C_LIBRARIES = [
  'libc.so.6',
  'libSystem.B.dylib',
  `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`,
]

/**
 * Keeps onnxruntime from reporting its use to its makers, which it does unasked: it writes an id of this machine into
 * the user's folder and sends to mobile.events.data.microsoft.com (1.30). Called on the main thread, before the library
 * is loaded: other threads have copies of the environment, and the library reads the process's own.
 */
export function keepLibraryQuiet(): void {
  const value = process.env[NAME] ?? '1'
  process.env[NAME] = value
  // Bun's `process.env` is a copy as well.
  if ('bun' in process.versions) setForLibraries(NAME, value)
}

type ForeignFunctions = {
  dlopen(
    path: string,
    symbols: Readonly<Record<'setenv', { readonly args: readonly string[]; readonly returns: string }>>,
  ): { readonly symbols: { setenv(name: Uint8Array, value: Uint8Array, replaces: number): number } }
}

function setForLibraries(name: string, value: string): void {
  const { dlopen } = createRequire(import.meta.url)('bun:ffi') as ForeignFunctions
  for (const path of C_LIBRARIES) {
    try {
      const { symbols } = dlopen(path, { setenv: { args: ['ptr', 'ptr', 'i32'], returns: 'i32' } })
      symbols.setenv(Buffer.from(`${name}\0`), Buffer.from(`${value}\0`), 1)
      return
    } catch {
      // Another system's.
    }
  }
}
