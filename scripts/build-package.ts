import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'

// Node runs no TypeScript below node_modules (ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING), so what is installed is JavaScript:
// the same files in the same places, so that whatever is found beside a file is found there too.

/** Members of package.json that whoever installs the package has a use for. */
const MANIFEST = [
  'name',
  'version',
  'description',
  'license',
  'type',
  'engines',
  'bin',
  'imports',
  'dependencies',
] as const

// A path in quotes that a module, a worker or a program is loaded from.
const OWN_MODULE = /(['"])((?:\.{1,2}|#core)\/[\w./-]+)\.ts\1/g

/** Writes into `folder` what is packed: the files that `root`'s package.json names, its TypeScript without types. */
export function buildPackage(root: string, folder: string): void {
  for (const path of packedFiles(root)) {
    const from = join(root, path)
    const to = join(folder, path)
    mkdirSync(dirname(to), { recursive: true })
    if (path === 'package.json') writeFileSync(to, manifestOf(readFileSync(from, 'utf8')))
    else if (path.endsWith('.ts')) writeFileSync(asJavaScript(to), withoutTypes(readFileSync(from, 'utf8')))
    else copyFileSync(from, to)
    // npm packs a file as it is: of its rights only the right to run it, which nothing but the program needs.
    if (!path.endsWith('.ts')) chmodSync(to, 0o644)
  }
}

function packedFiles(root: string): readonly string[] {
  const args = ['pack', '--json', '--dry-run', '--ignore-scripts']
  const packed: unknown = JSON.parse(
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  const [first] = Array.isArray(packed) ? packed : Object.values(packed ?? {})
  return first.files.map(({ path }: { readonly path: string }) => path)
}

function withoutTypes(source: string): string {
  return stripTypeScriptTypes(source).replace(OWN_MODULE, '$1$2.js$1')
}

function manifestOf(text: string): string {
  const whole = JSON.parse(text)
  const kept = Object.fromEntries(MANIFEST.map((name) => [name, whole[name]]))
  const bin = Object.fromEntries(Object.entries<string>(whole.bin).map(([name, path]) => [name, asJavaScript(path)]))
  return `${JSON.stringify({ ...kept, bin }, null, 2)}\n`
}

function asJavaScript(path: string): string {
  return path.replace(/\.ts$/, '.js')
}
