import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { classify } from '../../classify/classify.ts'
import type { Problem } from '../../config/problem.ts'
import { GatewayError } from '../../core/errors.ts'
import type { Onboarded } from '../../core/router.ts'
import type { Target } from '../../core/target.ts'
import type { ModelProfile } from '../../probes/model-profile.ts'
import { modelProfileSchema } from '../../probes/model-profile.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'

/** Where the profiles of a configuration's models are kept: `thalamus.profiles` beside `thalamus.yaml`. */
export function profilesFolder(configPath: string | undefined): string {
  if (configPath === undefined) return 'thalamus.profiles'
  return join(dirname(configPath), `${basename(configPath, extname(configPath))}.profiles`)
}

/** The file of one model's profile. What a file system might not take is escaped, the slash is a double dash. */
export function profilePath(folder: string, model: string): string {
  return join(folder, `${model.split('/').map(encodeURIComponent).join('--')}.json`)
}

/** Writes a profile whole or not at all, and makes its folder. */
export function writeProfile(path: string, profile: ModelProfile): void {
  mkdirSync(dirname(path), { recursive: true })
  const written = `${path}.${process.pid}.new`
  try {
    writeFileSync(written, `${JSON.stringify(profile, null, 1)}\n`)
    renameSync(written, path)
  } catch (cause) {
    rmSync(written, { force: true })
    throw cause
  }
}

/** Told of a profile's file that is broken, for whoever goes on without it. */
export type OnBroken = (problem: Problem) => void

/**
 * The profiles in a folder, of the models that are configured. No folder, no profiles. A file that cannot be read is a
 * problem, unless `onBroken` takes note of it.
 */
export function readProfiles(
  folder: string,
  targets: ReadonlyMap<string, Target>,
  onBroken?: OnBroken,
): { readonly profiles: readonly Onboarded[] } | { readonly problems: readonly Problem[] } {
  const profiles = new Map<string, Onboarded>()
  const problems: Problem[] = []
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const read = readProfile(path)
    if ('problem' in read) {
      if (onBroken === undefined) problems.push(read)
      else onBroken(read)
      continue
    }
    const target = targets.get(read.model)
    // A model that is configured no longer, or not yet.
    if (target === undefined) continue
    if (profiles.has(read.model)) {
      const remedy = 'Remove all but one of them.'
      problems.push({ path, problem: `a second profile of ${read.model}`, remedy })
    }
    profiles.set(read.model, onboarded(read, target))
  }
  return problems.length > 0 ? { problems } : { profiles: [...profiles.values()] }
}

/** The file in `folder`, other than `path`, that holds a profile of `model`: two keep the gateway from starting. */
export function otherProfile(folder: string, model: string, path: string): string | undefined {
  const here = basename(path)
  return namesIn(folder)
    .filter((name) => name !== here)
    .map((name) => join(folder, name))
    .find((other) => {
      const read = readProfile(other)
      return 'model' in read && read.model === model
    })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json') && isFile(join(folder, name)))
      .toSorted()
  } catch {
    // None was written yet.
    return []
  }
}

/** True for a file and for a link to one, as Kubernetes mounts them. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** One profile, or what is wrong with its file. */
export function readProfile(path: string): ModelProfile | Problem {
  const remedy = 'Run thalamus profile MODEL again, or remove the file.'
  try {
    const parsed = modelProfileSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    if (parsed.success) {
      const asked = unreadable(parsed.data)
      return asked === undefined
        ? parsed.data
        : { path, problem: `no profile that this version reads (${asked})`, remedy }
    }
    const [issue] = parsed.error.issues
    return { path, problem: `no profile that this version reads (${issue?.path.join('.')}: ${issue?.message})`, remedy }
  } catch (cause) {
    return { path, problem: cause instanceof SyntaxError ? 'not JSON' : `cannot be read (${String(cause)})`, remedy }
  }
}

/** Which answer's request is none that the gateway reads, if any. */
function unreadable({ answers }: ModelProfile): string | undefined {
  for (const [index, { request }] of answers.entries()) {
    try {
      openaiChat.readRequest({ model: 'auto', ...request })
    } catch (cause) {
      if (!(cause instanceof GatewayError)) throw cause
      return `answers.${index}.request: ${cause.message}`
    }
  }
  return undefined
}

function onboarded(profile: ModelProfile, target: Target): Onboarded {
  return {
    target,
    evidence: { kind: 'probes', date: profile.date, graded: profile.graded, asked: profile.asked },
    graded: profile.answers.map(({ request, score, kind, output_tokens: outputTokens }) => ({
      signals: classify(openaiChat.readRequest({ model: 'auto', ...request })),
      score,
      outputTokens: outputTokens ?? undefined,
      group: kind,
    })),
  }
}
