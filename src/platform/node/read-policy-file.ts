import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { policySchema } from '../../config/policy-schema.ts'
import { schemaProblems } from '../../config/read-config.ts'
import type { Policy } from '../../core/policy.ts'
import { fromBody } from '../../directives/from-body.ts'
import { overlay } from '../../directives/merge.ts'
import { DataProblem } from './data-problem.ts'

const BASE = 'balanced'

/**
 * One policy from a file, read as those of `thalamus.policies` are and named after itself: `ours.yaml`, or
 * `ours/policy.yaml`. It may have a preset's name, to be tried in its place. Throws a DataProblem that names the file.
 */
export function readPolicyFile(path: string, policies: ReadonlyMap<string, Policy>): Policy {
  try {
    const read = policySchema.safeParse(parse(readFileSync(path, 'utf8')) ?? {})
    if (!read.success)
      throw new Error(
        schemaProblems(read.error, policySchema)
          .map(({ path: at, problem }) => `${at}: ${problem}`)
          .join('; '),
      )
    const { description, extends: baseName = BASE, routing = {}, fixed_order: fixedOrder } = read.data
    const base = policies.get(baseName)
    if (base === undefined) throw new Error(`extends: there is no preset "${baseName}"`)
    const directives = overlay(base.directives, fromBody(routing))
    return { name: nameOf(path), description, directives, fixedOrder: fixedOrder ?? base.fixedOrder }
  } catch (cause) {
    throw new DataProblem(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function nameOf(path: string): string {
  const name = basename(path).replace(/\.ya?ml$/, '')
  return name === 'policy' ? basename(dirname(resolve(path))) : name
}
