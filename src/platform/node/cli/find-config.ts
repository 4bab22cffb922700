import { existsSync, readFileSync } from 'node:fs'
import type { Config } from '../../../config/config-schema.ts'
import type { Problem } from '../../../config/problem.ts'
import { readConfig } from '../../../config/read-config.ts'

const DEFAULT_PATH = 'thalamus.yaml'

export type FoundConfig =
  | { readonly type: 'found'; readonly path: string; readonly config: Config }
  | { readonly type: 'none' }
  | { readonly type: 'invalid'; readonly path: string; readonly problems: readonly Problem[] }

/** The configuration at `path`, or `./thalamus.yaml` where that exists and no path was given. */
export function findConfig(path: string | undefined): FoundConfig {
  if (path === undefined && !existsSync(DEFAULT_PATH)) return { type: 'none' }
  const chosen = path ?? DEFAULT_PATH
  let text: string
  try {
    text = readFileSync(chosen, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    const problem = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`
    return {
      type: 'invalid',
      path: chosen,
      problems: [{ path: chosen, problem, remedy: 'Check the path given with --config.' }],
    }
  }
  const read = readConfig(text)
  return 'problems' in read
    ? { type: 'invalid', path: chosen, problems: read.problems }
    : { type: 'found', path: chosen, config: read.config }
}
