import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const { platform, arch } = process
const require = createRequire(import.meta.url)

/** How a program is started with Bun or Deno, from their npm packages. Throws where those carry none for this machine. */
export function commandOf(runtime: string): readonly [string, ...string[]] {
  switch (runtime) {
    case 'bun':
      return [binary(`@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}`, 'bin/bun')]
    case 'deno':
      return [binary(`@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`, 'deno'), 'run', '-A']
    default:
      throw new Error(`There is no runtime ${runtime}.`)
  }
}

function binary(folder: string, path: string): string {
  const found = join(dirname(require.resolve(`${folder}/package.json`)), path)
  if (!existsSync(found)) throw new Error(`${found} is not there. Run npm ci.`)
  return found
}
