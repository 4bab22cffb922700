import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { parse } from 'yaml'
import { policySchema } from '../../config/policy-schema.ts'
import type { Problem } from '../../config/problem.ts'
import { schemaProblems } from '../../config/read-config.ts'
import type { WrittenPolicy } from '../../config/read-policies.ts'

/** Where a configuration's own policies are kept, a folder each: `thalamus.policies` beside `thalamus.yaml`. */
export function policiesFolder(configPath: string | undefined): string {
  if (configPath === undefined) return 'thalamus.policies'
  return join(dirname(configPath), `${basename(configPath, extname(configPath))}.policies`)
}

// A link to nowhere is told of as a policy that is missing.
const NO_THROW = { throwIfNoEntry: false } as const

/** Every `NAME/policy.yaml` of the folder by name; no folder, no policies. All problems at once. */
export function readPolicyFiles(
  folder: string,
): { readonly policies: readonly WrittenPolicy[] } | { readonly problems: readonly Problem[] } {
  const policies: WrittenPolicy[] = []
  const problems: Problem[] = []
  if (statSync(folder, NO_THROW)?.isDirectory() === false)
    return {
      problems: [{ path: folder, problem: 'is a file', remedy: 'Make it a folder, with a folder a policy in it.' }],
    }
  for (const name of namesIn(folder)) {
    const path = join(folder, name, 'policy.yaml')
    const read = readPolicy(path)
    if ('problems' in read) problems.push(...read.problems)
    else policies.push({ name, path, written: read.written })
  }
  return problems.length > 0 ? { problems } : { policies }
}

/** The probes beside a policy, if it has any. */
export function probesPath(folder: string, name: string): string | undefined {
  const path = join(folder, name, 'probes.yaml')
  return existsSync(path) ? path : undefined
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && statSync(join(folder, name), NO_THROW)?.isDirectory() !== false)
    .toSorted()
}

function readPolicy(
  path: string,
): { readonly written: WrittenPolicy['written'] } | { readonly problems: readonly Problem[] } {
  let value: unknown
  try {
    value = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const problem = isMissing ? 'is missing' : 'is not YAML that can be read'
    return { problems: [{ path, problem, remedy: 'A policy is a folder NAME with a policy.yaml in it.' }] }
  }
  const parsed = policySchema.safeParse(value ?? {})
  if (parsed.success) return { written: parsed.data }
  return {
    problems: schemaProblems(parsed.error, policySchema).map((one) => ({ ...one, path: `${path}: ${one.path}` })),
  }
}
