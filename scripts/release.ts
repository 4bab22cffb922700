import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildPackage } from './build-package.ts'
import { sha256, shippedModels } from './shipped-models.ts'

// node scripts/release.ts [--out DIR] [--allow-dirty] [--publish]
// Writes what is released: the tarball, the lockfile it was tested with, a bill of materials and their checksums. The same
// commit makes the same bytes. Publishes only with --publish, and then with provenance, which npm signs in CI alone.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'dist' },
    publish: { type: 'boolean', default: false },
    'allow-dirty': { type: 'boolean', default: false },
  },
})
const out = resolve(values.out)

if (!values['allow-dirty'] && run('git', ['status', '--porcelain']).trim() !== '') {
  process.stderr.write('There are changes that are not committed. A release is made of a commit (or: --allow-dirty).\n')
  process.exit(1)
}

mkdirSync(out, { recursive: true })
const built = mkdtempSync(join(tmpdir(), 'thalamus-package-'))
buildPackage(ROOT, built)
const tarball = pack(built, out)
copyFileSync(join(ROOT, 'package-lock.json'), join(out, 'package-lock.json'))
writeFileSync(join(out, 'sbom.cdx.json'), `${JSON.stringify(billOfMaterials(shippedModels(built)), null, 2)}\n`)
rmSync(built, { recursive: true })
const sums = [tarball, 'package-lock.json', 'sbom.cdx.json'].map((name) => `${sha256(join(out, name))}  ${name}\n`)
writeFileSync(join(out, 'SHA256SUMS'), sums.join(''))
process.stdout.write(sums.join(''))

const publish = ['publish', join(out, tarball), '--provenance', '--access', 'public']
if (values.publish) run('npm', publish)
else process.stdout.write(`not published; --publish runs: npm ${publish.join(' ')}\n`)

/** The name of the package file. npm sets every time in it to the same moment. */
function pack(built: string, folder: string): string {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const packed: unknown = JSON.parse(run('npm', args, built))
  const [first] = Array.isArray(packed) ? packed : Object.values(packed ?? {})
  return String(first.filename).replace('@', '').replace('/', '-')
}

/** What runs in production, in CycloneDX, with the models that are shipped; dated by the commit, and numbered by what it lists. */
function billOfMaterials(models: readonly Record<string, unknown>[]): Record<string, unknown> {
  const written = run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], productionOnly())
  const { metadata, components: packages, ...rest } = JSON.parse(written)
  const bill = { ...rest, components: [...packages, ...models] }
  const digest = createHash('sha256')
    .update(JSON.stringify([bill.components, bill.dependencies]))
    .digest('hex')
  const uuid = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `a${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ]
  const { name } = readJson('package.json')
  return {
    ...bill,
    serialNumber: `urn:uuid:${uuid.join('-')}`,
    metadata: {
      ...metadata,
      timestamp: new Date(Number(run('git', ['log', '-1', '--format=%ct'])) * 1_000).toISOString(),
      component: { ...metadata.component, name },
    },
  }
}

/**
 * A folder with what runs in production alone: `npm sbom --omit dev` leaves out what packages for development need as well
 * (npm 11.19).
 */
function productionOnly(): string {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-sbom-'))
  const { devDependencies: _, ...manifest } = readJson('package.json')
  const lock = readJson('package-lock.json')
  const packages = Object.entries<Record<string, unknown>>(lock.packages).filter(([, one]) => one['dev'] !== true)
  const root = { ...lock.packages[''] }
  delete root.devDependencies
  const kept = { ...lock, packages: { ...Object.fromEntries(packages), '': root } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(kept))
  return folder
}

function readJson(name: string) {
  return JSON.parse(readFileSync(join(ROOT, name), 'utf8'))
}

function run(command: string, args: readonly string[], cwd = ROOT): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}
