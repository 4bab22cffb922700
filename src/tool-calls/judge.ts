import type { Schema } from '@cfworker/json-schema'
import { validate } from '@cfworker/json-schema'
import type { JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { CompiledSchema, Subschema, Work } from './compile-schema.ts'
import { MAX_MATCHED } from './safe-pattern.ts'

/** One fault a value has by its schema, as the validator says it: `at` a JSON pointer, `within` the way through the schema. */
export type Fault = { readonly at: string; readonly within: string; readonly keyword: string; readonly message: string }

/** Of longer texts, only the first faults are looked for: a list of a hundred thousand would take seconds. */
const MAX_THOROUGH = 131_072

/** Entering a schema with alternatives takes some tens of microseconds. */
const MAX_WORK = 50_000

/** Of matching patterns; a million takes some tens of milliseconds. */
const MAX_PATTERN_STEPS = 4_000_000

/** How many schemas with alternatives a value of that size may take to judge. */
export function workFor(size: number): number {
  return 2_000 + Math.min(2 * size, MAX_WORK)
}

/**
 * The faults of a value by a schema of `compiled`, all of them where that is feasible; none where judging it would take too
 * long or the validator fails: what cannot be judged is left to the client. `size` is the length of the value's text.
 */
export function faultsOf(
  value: JsonValue,
  schema: Subschema,
  compiled: CompiledSchema,
  size: number,
): readonly Fault[] {
  return tryJudge(value, schema, compiled, size) ?? []
}

function tryJudge(
  value: JsonValue,
  schema: Subschema,
  { lookup, work }: CompiledSchema,
  size: number,
): readonly Fault[] | undefined {
  work.left = workFor(size)
  work.steps = MAX_PATTERN_STEPS
  work.longest = 0
  work.names = 0
  if (work.hasPatterns) measure(value, work)
  try {
    // Its types know no boolean schemas as alternatives; it does.
    const known = lookup as Record<string, Schema | boolean>
    return validate(value, schema as Schema | boolean, '2020-12', known, size > MAX_THOROUGH).errors.map((unit) => ({
      at: decoded(unit.instanceLocation.slice(1)),
      within: unit.keywordLocation,
      keyword: unit.keyword,
      message: unit.error,
    }))
  } catch {
    // Too much work, the end of the stack, a name of half a character (URIError).
    return undefined
  }
}

/** Texts longer than `pattern` is held to are no work. */
function measure(value: JsonValue | undefined, work: Work): void {
  if (typeof value === 'string') {
    if (value.length <= MAX_MATCHED) work.longest = Math.max(work.longest, value.length)
  } else if (Array.isArray(value)) {
    for (const one of value) measure(one, work)
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      work.names += 1
      measure(name, work)
      measure(member, work)
    }
  }
}

function decoded(pointer: string): string {
  return pointer.includes('%') ? decodeURIComponent(pointer) : pointer
}
