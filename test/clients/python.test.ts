import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Program } from './start-program.ts'
import { startProgram } from './start-program.ts'

// The Python SDKs against the program as a new user starts it. Never skipped in CI.

const PYTHON = fileURLToPath(new URL('../../.cache/python-clients/bin/python', import.meta.url))
const isMissing = process.env['CI'] !== 'true' && !existsSync(PYTHON)
if (isMissing) process.stderr.write('skipped: the Python SDKs are not there; bash .ci/prepare-clients brings them\n')

const run = promisify(execFile)

describe.skipIf(isMissing)('Python SDKs', () => {
  let program: Program

  beforeAll(async () => {
    program = await startProgram()
  })

  afterAll(() => program.close())

  test.each([
    ['openai_client.py', 11],
    ['anthropic_client.py', 9],
  ])(
    '%s passes its checks',
    async (script, least) => {
      const file = fileURLToPath(new URL(`python/${script}`, import.meta.url))
      const { stdout } = await run(PYTHON, [file, program.url, 'auto'])
      expect(stdout.trim().split('\n').length).toBeGreaterThanOrEqual(least)
    },
    60_000,
  )
})
