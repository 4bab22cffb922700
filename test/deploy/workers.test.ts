import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMPATIBILITY } from '../workers/start-worker.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const FOLDER = join(ROOT, 'deploy/workers')
const WRANGLER = join(ROOT, '.cache/wrangler/node_modules/.bin/wrangler')
// Where nothing may be skipped, it fails for want of it.
const isMissing = !existsSync(WRANGLER) && process.env['CI'] !== 'true'

test('what is deployed runs as what is tested: date and flags of the runtime, bindings, class', () => {
  const text = readFileSync(join(FOLDER, 'wrangler.jsonc'), 'utf8').replace(/^\s*\/\/.*$/gm, '')
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags, ...rest } = JSON.parse(text)
  expect({ compatibilityDate, compatibilityFlags }).toEqual(COMPATIBILITY)
  expect(rest).toMatchObject({
    no_bundle: true,
    kv_namespaces: [{ binding: 'THALAMUS_KV' }],
    durable_objects: { bindings: [{ name: 'THALAMUS_COUNTERS', class_name: 'KeyCounterObject' }] },
    migrations: [{ new_sqlite_classes: ['KeyCounterObject'] }],
  })
})

test.skipIf(isMissing)(
  'wrangler takes the configuration and bundles what it would upload, within three megabytes (bash .ci/prepare-workers)',
  () => {
    const output = mkdtempSync(join(tmpdir(), 'thalamus-worker-'))
    const said = execFileSync(WRANGLER, ['deploy', '--dry-run', '--outdir', output], {
      cwd: FOLDER,
      encoding: 'utf8',
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
    })
    rmSync(output, { recursive: true })
    expect(said).toMatch(/env\.THALAMUS_COUNTERS \(KeyCounterObject\)/)
    expect(said).not.toMatch(/warning/i)
    const [, kibibytes] = /gzip: ([\d.]+) KiB/.exec(said) ?? []
    expect(Number(kibibytes) * 1_024).toBeLessThanOrEqual(3_000_000)
  },
  60_000,
)
