import { existsSync } from 'node:fs'
import type { Problem } from '../../../config/problem.ts'
import type { ModelProfile } from '../../../probes/model-profile.ts'
import { readProfile, writeProfile } from '../profiles-folder.ts'

/** What became of a run's profile. */
export type Saved =
  | { readonly type: 'written'; readonly path: string }
  /** Nothing was graded. */
  | { readonly type: 'empty' }
  /** The run was cut short, and the profile that is there rests on more answers. */
  | { readonly type: 'kept'; readonly path: string; readonly graded: number }
  | { readonly type: 'failed'; readonly problem: Problem }

/** Writes a profile. In the usual place it replaces no other model's, and a part of a run replaces no more than itself. */
export function saveProfile(profile: ModelProfile, usual: string, out: string | undefined): Saved {
  const path = out ?? usual
  if (profile.graded === 0) return { type: 'empty' }
  const before = out === undefined && existsSync(path) ? readProfile(path) : undefined
  if (before !== undefined && !('problem' in before)) {
    if (before.model !== profile.model) {
      const problem = `holds the profile of ${before.model}`
      return { type: 'failed', problem: { path, problem, remedy: 'Name another file with --out, or remove this one.' } }
    }
    if (profile.stopped !== null && before.graded > profile.graded) {
      return { type: 'kept', path, graded: before.graded }
    }
  }
  try {
    writeProfile(path, profile)
    return { type: 'written', path }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const remedy = 'Name a file that can be written with --out.'
    return { type: 'failed', problem: { path, problem: `cannot be written (${code})`, remedy } }
  }
}
