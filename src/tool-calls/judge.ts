import type { Schema } from '@cfworker/json-schema'
import { validate } from '@cfworker/json-schema'
import type { JsonValue } from '../core/json.ts'
import type { CompiledSchema, Subschema } from './compile-schema.ts'

/** One fault a value has by its schema, as the validator says it: `at` a JSON pointer, `within` the way through the schema. */
export type Fault = { readonly at: string; readonly within: string; readonly keyword: string; readonly message: string }

/** Of longer texts, only the first faults are looked for: a list of a hundred thousand would take seconds. */
const MAX_THOROUGH = 131_072

/** Entering a schema with alternatives takes some tens of microseconds. */
const MAX_WORK = 50_000

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

function decoded(pointer: string): string {
  return pointer.includes('%') ? decodeURIComponent(pointer) : pointer
}
