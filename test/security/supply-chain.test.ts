import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

// T-79: what is installed is known, bounded and the same each time.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

type Manifest = { readonly dependencies: Record<string, string>; readonly devDependencies: Record<string, string> }
type Locked = { readonly integrity?: string; readonly resolved?: string }
const json = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8'))
const REGISTRY = 'https://registry.npmjs.org/'
const manifest = json<Manifest>(join(ROOT, 'package.json'))

test('T-79 at most 25 packages are needed at run time', () => {
  expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(25)
})

test('T-79 every package is locked to a hash, and comes from the registry', () => {
  const { packages } = json<{ readonly packages: Record<string, Locked> }>(join(ROOT, 'package-lock.json'))
  const locked = Object.entries(packages).filter(([path]) => path !== '')
  expect(locked.length).toBeGreaterThan(100)
  // Without an address it is the registry that npm is told to use.
  const loose = locked.filter(
    ([, { integrity = '', resolved = REGISTRY }]) => !integrity.startsWith('sha512-') || !resolved.startsWith(REGISTRY),
  )
  expect(loose.map(([path]) => path)).toEqual([])
  for (const name of [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)])
    expect(packages[`node_modules/${name}`], name).toBeDefined()
})

test('T-79 a release is a tarball that runs, its bill of materials and checksums, the same each time', async () => {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'thalamus-release-')))
  for (const out of folders) {
    const { stdout } = await run('node', ['scripts/release.ts', '--allow-dirty', '--out', out], { cwd: ROOT })
    expect(stdout).toContain('not published')
  }
  const [folder = '', again = ''] = folders
  const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
  expect(readFileSync(join(again, 'SHA256SUMS'), 'utf8')).toBe(sums)
  for (const line of sums.trim().split('\n')) {
    const [sum, name = ''] = line.split('  ')
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ).toBe(sum)
  }

  type Component = { readonly name: string; readonly group?: string; readonly type: string }
  type Shipped = Component & { readonly hashes: readonly { readonly alg: string; readonly content: string }[] }
  type Bill = { readonly components: readonly (Component & { readonly components?: readonly Shipped[] })[] }
  const { components } = json<Bill>(join(folder, 'sbom.cdx.json'))
  const names = components.map(({ group, name }) => (group === undefined || group === '' ? name : `${group}/${name}`))
  expect(Object.keys(manifest.dependencies).filter((name) => !names.includes(name))).toEqual([])
  expect(names).not.toContain('vitest')

  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  await run('tar', ['-xzf', join(folder, tarball), '-C', folder])
  const unpacked = join(folder, 'package')
  expect(
    readdirSync(unpacked).filter((name) => /^(?:test|bench|node_modules|\..*|thalamus\.ya?ml)$/.test(name)),
  ).toEqual([])
  expect(await run('find', [unpacked, '-name', '*.ts']).then(({ stdout }) => stdout)).toBe('')
  // What was learned is listed too, as it is in the package.
  const models = components.filter(({ type }) => type === 'machine-learning-model')
  const listed = models.flatMap(({ components: files = [] }) => files)
  for (const name of ['routers/clusters/weights/encoder.onnx', 'routers/static/weights/table.json'])
    expect(listed.map((file) => file.name)).toContain(name)
  expect(models.map(({ name }) => name)).toContain('prompt-injection')
  for (const { name, hashes } of listed) {
    const content = createHash('sha256')
      .update(readFileSync(join(unpacked, name)))
      .digest('hex')
    expect(hashes, name).toEqual([{ alg: 'SHA-256', content }])
  }

  // As npm installs it: below node_modules, where Node runs no TypeScript, and with no packages but those it asks for.
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
  const installed = join(modules, 'thalamus-gateway')
  renameSync(unpacked, installed)
  const { bin } = json<{ readonly bin: { readonly thalamus: string } }>(join(installed, 'package.json'))
  const { stdout } = await run('node', [join(installed, bin.thalamus), 'route', '--json', 'Hello'], { cwd: folder })
  expect(JSON.parse(stdout)).toMatchObject({ model: expect.any(String), router: expect.stringContaining('clusters') })
}, 180_000)

test('T-79 the checkout itself is not packed: what Node would not run is not published by mistake', async () => {
  const out = mkdtempSync(join(tmpdir(), 'thalamus-pack-'))
  await expect(run('npm', ['pack', '--pack-destination', out], { cwd: ROOT })).rejects.toThrow('npm run release')
  expect(readdirSync(out)).toEqual([])
}, 60_000)
