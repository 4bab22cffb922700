import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The shared data: THALAMUS_DATA, or `../shared/data` from the repository's root. */
export const DATA = resolve(
  fileURLToPath(new URL('..', import.meta.url)),
  process.env['THALAMUS_DATA'] || '../shared/data',
)

/** Absent in a checkout without the shared data: tests that need it are skipped and say so, but never in CI. */
export const hasData = existsSync(DATA)

if (!hasData) {
  if (process.env['CI'] === 'true') throw new Error(`The shared data is not at ${DATA}. Set THALAMUS_DATA.`)
  process.stderr.write(`skipped: tests on recorded answers; there is no shared data at ${DATA}\n`)
}
