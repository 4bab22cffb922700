// Writes what a container image holds, in the folders of its layers: node scripts/image-files.ts FOLDER
// Run by deploy/docker/Dockerfile in a folder with a checkout and its node_modules (npm ci --omit=dev).
import { copyFileSync, cpSync, existsSync, lutimesSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPackage } from './build-package.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('usage: node scripts/image-files.ts FOLDER\n')
  process.exit(2)
}

const node = join(folder, 'node')
const libraries = join(folder, 'libraries')
const weights = join(folder, 'weights')
const program = join(folder, 'program')

copyNode(node)
cpSync(join(ROOT, 'node_modules'), join(libraries, 'node_modules'), {
  recursive: true,
  verbatimSymlinks: true,
  filter: (path) => !isForeignBinding(path),
})
buildPackage(ROOT, program)
for (const router of readdirSync(join(program, 'routers'))) move(join('routers', router, 'weights'))
// The same files make the same layer, whenever they are checked out.
for (const layer of [node, libraries, weights, program]) forgetTimes(layer)

/** Node, and of the libraries that it loads the one that images for C++ programs lack. */
function copyNode(to: string): void {
  const report = process.report.getReport() as { readonly sharedObjects?: readonly string[] }
  const libraries = (report.sharedObjects ?? []).filter((path) => basename(path).startsWith('libatomic.so'))
  for (const [from, below] of [
    [process.execPath, 'local/bin/node'],
    ...libraries.map((path) => [path, `lib/${basename(path)}`]),
  ]) {
    if (from === undefined || below === undefined) continue
    mkdirSync(dirname(join(to, below)), { recursive: true })
    copyFileSync(from, join(to, below))
  }
}

/** A folder of onnxruntime-node for another platform; all of them are 240 MB. */
function isForeignBinding(path: string): boolean {
  const [, platform, architecture] = /onnxruntime-node\/bin\/[^/]+\/([^/]+)\/?([^/]*)/.exec(path) ?? []
  if (platform === undefined) return false
  return platform !== process.platform || (architecture !== '' && architecture !== process.arch)
}

function move(path: string): void {
  if (!existsSync(join(program, path))) return
  mkdirSync(dirname(join(weights, path)), { recursive: true })
  renameSync(join(program, path), join(weights, path))
}

function forgetTimes(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const below = join(path, entry.name)
    if (entry.isDirectory()) forgetTimes(below)
    else lutimesSync(below, 0, 0)
  }
  lutimesSync(path, 0, 0)
}
