import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Problem } from '../../../config/problem.ts'
import type { ModelProfile } from '../../../probes/model-profile.ts'
import { isFile, otherProfile, profilePath, readProfile, writeProfile } from '../profiles-folder.ts'

/** What became of a run's profile. */
export type Saved =
  | { readonly type: 'written'; readonly path: string }
  /** Nothing was graded. */
  | { readonly type: 'empty' }
  /** The run was cut short, and the profile that is there rests on more answers. */
  | { readonly type: 'kept'; readonly path: string; readonly graded: number }
  | { readonly type: 'failed'; readonly problem: Problem }

/** A place for a profile: the usual one, or one that was named with `--out`. */
export type Place = {
  readonly path: string
  readonly isUsual: boolean
  /** Where a gateway looks for profiles. */
  readonly profiles: string
}

export function placeOf(profiles: string, model: string, out: string | undefined): Place {
  const usual = profilePath(profiles, model)
  return { path: out ?? usual, isUsual: out === undefined || resolve(out) === resolve(usual), profiles }
}

/**
 * Why the profile of `model` cannot go there, if it cannot: told before anything is asked and paid for. It replaces no
 * other model's profile, and nothing that is no profile; in the usual place a broken one is, and the run repairs it.
 */
export function placeProblem(place: Place, model: string): Problem | undefined {
  return fileProblem(place, model) ?? secondProblem(place, model)
}

/** Whether a gateway would find a second profile of the model beside this one. */
function secondProblem({ path, profiles }: Place, model: string): Problem | undefined {
  const isRead = path.endsWith('.json') && isSameFolder(dirname(path), profiles)
  const other = isRead ? otherProfile(profiles, model, path) : undefined
  if (other === undefined) return undefined
  const isUsual = other === profilePath(profiles, model)
  const replacing = isUsual ? 'Run it without --out' : `Name ${other} with --out`
  return {
    path,
    problem: `would be a second profile of ${model}, beside ${other}`,
    remedy: `${replacing} to replace that one, or remove that one first.`,
  }
}

function isSameFolder(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other)
}

function fileProblem({ path, isUsual }: Place, model: string): Problem | undefined {
  const remedy = 'Name another file with --out, or remove this one.'
  if (!existsSync(path)) return folderProblem(path)
  if (!isFile(path)) return { path, problem: 'not a file', remedy }
  const before = readProfile(path)
  if ('problem' in before) return isUsual ? folderProblem(path) : { path, problem: 'holds something else', remedy }
  if (before.model !== model) return { path, problem: `holds the profile of ${before.model}`, remedy }
  return folderProblem(path)
}

/** Whether the nearest folder above a path that exists takes files. */
function folderProblem(path: string): Problem | undefined {
  let folder = dirname(resolve(path))
  while (!existsSync(folder)) folder = dirname(folder)
  try {
    if (!statSync(folder).isDirectory()) return cannotBeWritten(path, `${folder} is no folder`)
    accessSync(folder, constants.W_OK)
    return undefined
  } catch (cause) {
    return cannotBeWritten(path, codeOf(cause))
  }
}

/** Writes a profile where `placeProblem` found none. A part of a run replaces no profile that rests on more. */
export function saveProfile(profile: ModelProfile, place: Place): Saved {
  const { path } = place
  if (profile.graded === 0) return { type: 'empty' }
  // Looked at again: a run may take an hour.
  const problem = placeProblem(place, profile.model)
  if (problem !== undefined) return { type: 'failed', problem }
  const before = existsSync(path) ? readProfile(path) : undefined
  const isMore = before !== undefined && 'graded' in before && before.graded > profile.graded
  if (isMore && profile.stopped !== null) return { type: 'kept', path, graded: before.graded }
  try {
    writeProfile(path, profile)
    return { type: 'written', path }
  } catch (cause) {
    return { type: 'failed', problem: cannotBeWritten(path, codeOf(cause)) }
  }
}

function cannotBeWritten(path: string, why: string): Problem {
  return { path, problem: `cannot be written (${why})`, remedy: 'Name a file that can be written with --out.' }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
}
