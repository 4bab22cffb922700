import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** What .ci/prepare-deploy has fetched. */
export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'thalamus-deploy')
export const PYTHON = join(CACHE, 'tools/bin/python')

/** Whether to skip what needs `program`: never in CI, and elsewhere only with the reason on the terminal. */
export function lacks(program: string): boolean {
  if (process.env['CI'] === 'true') return false
  const isThere = program.startsWith('/') ? existsSync(program) : spawnSync('which', [program]).status === 0
  if (!isThere) process.stderr.write(`skipped: ${program} is not there; bash .ci/prepare-deploy brings it\n`)
  return !isThere
}

export type Ended = { readonly status: number | null; readonly output: string }

/** A program run to its end in the checkout: its status and all that it said. */
export function run(program: string, ...args: readonly string[]): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' })
  return { status, output: `${stdout ?? ''}${stderr ?? ''}${error === undefined ? '' : error.message}` }
}

/** A validator of test/deploy/tools on what it gets as JSON; throws with what it says where that is refused. */
export function validate(tool: string, args: readonly string[], input: unknown = null): unknown {
  const script = join(ROOT, 'test/deploy/tools', tool)
  const text = execFileSync(PYTHON, [script, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    input: JSON.stringify(input),
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return JSON.parse(text)
}
