import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { MAX_VALUE_LENGTH } from '../dialects/values/json.ts'
import type { CallError } from './call-errors.ts'
import { callErrors } from './call-errors.ts'
import type { CompiledSchema } from './compile-schema.ts'
import { compileSchema } from './compile-schema.ts'
import { fitted } from './fit-schema.ts'
import type { Json } from './fit-value.ts'
import { jsonOf } from './fit-value.ts'
import type { Fault } from './judge.ts'
import { faultsOf } from './judge.ts'
import { MAX_DEPTH, repaired } from './repair-text.ts'
import type { Wrapped } from './unwrap.ts'
import { isPlainlyWrapped, mayBeWrapped, unwrapped } from './unwrap.ts'

/** `dropped`: members that the schema forbids are left out. */
export type ArgumentsChange = 'coerced' | 'dropped' | 'repaired' | 'unwrapped'

export type SettledArguments = {
  readonly text: string
  readonly changes: readonly ArgumentsChange[]
  readonly errors: readonly CallError[]
}

/** Above this, `uniqueItems` and `pattern` are not judged: both can cost more than linear time. */
const LARGE = 8_192
const MAX_PASSES = 4

/** How the validator calls a value that no schema of its place allows. */
const FORBIDDEN = 'false'

type Candidate = {
  readonly json: Json
  readonly faults: readonly Fault[]
  readonly changes: readonly ArgumentsChange[]
}

/** The ladder for the arguments of one tool: design/tool-calling.md §3.4. `isName`: whether a name means this tool. */
export function createArgumentsSettler(
  parameters: JsonObject | undefined,
  isName: (name: string) => boolean,
): (text: string) => SettledArguments {
  const compiled = new Map<boolean, CompiledSchema>()

  function schemaFor({ text, value }: Json): CompiledSchema {
    const isLarge = text.length > LARGE
    const known = compiled.get(isLarge)
    if (known !== undefined) return known
    const schema = compileSchema(parameters ?? {}, { isLarge, names: () => namesIn(value) })
    if (!schema.isOfNames) compiled.set(isLarge, schema)
    return schema
  }

  return (text) => {
    const said = isNothing(text) ? '{}' : text
    const strict = jsonOf(said)
    const json = strict ?? repaired(said)
    if (json === undefined) return broken(text, 'json', 'The arguments are no complete JSON object.')
    if (isDeeper(json.value, MAX_DEPTH)) {
      return broken(text, 'depth', `The arguments are nested more than ${MAX_DEPTH} levels deep.`)
    }
    const schema = schemaFor({ text: said, value: json.value })
    const tool = { schema, isName }
    const changes: ArgumentsChange[] = strict === undefined ? ['repaired'] : []
    const asSaid: Candidate = { json, faults: judged(json, schema), changes }
    const isBounded = said.length <= MAX_VALUE_LENGTH
    const inner = isBounded ? unwrapped(json, tool) : json
    if (asSaid.faults.length === 0 && inner === json) return settled(asSaid)
    if (!isBounded) return settled(asSaid, text)
    const outside = coerced(asSaid, schema)
    if (inner === json || isDeeper(inner.value, MAX_DEPTH)) return settled(withoutForbidden(outside, tool), text)
    const inside = coerced({ json: inner, faults: judged(inner, schema), changes: [...changes, 'unwrapped'] }, schema)
    const isInside =
      inside.faults.length < outside.faults.length ||
      (inside.faults.length === outside.faults.length && isPlainlyWrapped(inner, tool)) ||
      (!isJsonObject(outside.json.value) && isJsonObject(inside.json.value))
    return settled(withoutForbidden(isInside ? inside : outside, tool), text)
  }
}

/** What upstreams send for no arguments (design/tool-calling.md §2.2). */
function isNothing(text: string): boolean {
  return text.length < 100 && /^\s*(?:null|"null"|""|None)?\s*$/.test(text)
}

function judged(json: Json, schema: CompiledSchema): readonly Fault[] {
  if (isJsonObject(json.value)) return faultsOf(json.value, schema.root, schema, json.text.length)
  return [{ at: '', within: '#', keyword: 'type', message: 'The arguments must be a JSON object.' }]
}

/** Edited by the schema as long as that leaves fewer faults. */
function coerced(start: Candidate, schema: CompiledSchema): Candidate {
  let best = start
  for (let pass = 0; pass < MAX_PASSES && best.faults.length > 0 && isJsonObject(best.json.value); pass += 1) {
    const json = fitted(best.json, schema, { faulty: placesOf(best.faults) })
    if (json === best.json) break
    const faults = judged(json, schema)
    if (faults.length >= best.faults.length) break
    best = { json, faults, changes: [...start.changes, 'coerced'] }
  }
  return best
}

/** Without the members that the schema forbids, where that is all that is wrong. */
function withoutForbidden(best: Candidate, tool: Wrapped): Candidate {
  const { schema } = tool
  const isForbidden = best.faults.some(({ keyword }) => keyword === FORBIDDEN)
  if (!isForbidden || !isJsonObject(best.json.value) || mayBeWrapped(best.json, tool)) return best
  const json = fitted(best.json, schema, { faulty: placesOf(best.faults), isDropping: true })
  if (json === best.json || judged(json, schema).length > 0) return best
  return { json, faults: [], changes: [...best.changes, 'dropped'] }
}

/** Every place that is faulty or has a faulty one in it. */
function placesOf(faults: readonly Fault[]): ReadonlySet<string> {
  const places = new Set<string>([''])
  for (const { at } of faults) {
    for (let place = at; !places.has(place); place = place.slice(0, place.lastIndexOf('/'))) places.add(place)
  }
  return places
}

/** What is no object even now stays `asCame`. */
function settled({ json, faults, changes }: Candidate, asCame?: string): SettledArguments {
  if (asCame !== undefined && !isJsonObject(json.value))
    return { text: asCame, changes: [], errors: callErrors(faults) }
  return { text: json.text, changes, errors: callErrors(faults) }
}

function broken(text: string, keyword: string, message: string): SettledArguments {
  return { text, changes: [], errors: [{ path: '', keyword, message }] }
}

/** The names of all members, those in encoded arguments too. */
function namesIn(root: JsonValue): ReadonlySet<string> {
  const names = new Set<string>()
  const waiting: JsonValue[] = [root]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value === 'string' && /^\s*["{[]/.test(value)) waiting.push(jsonOf(value)?.value ?? null)
    if (Array.isArray(value)) for (const one of value) waiting.push(one)
    if (!isJsonObject(value)) continue
    for (const [name, member] of Object.entries(value)) {
      names.add(name)
      waiting.push(member ?? null)
    }
  }
  return names
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  // A list may be of a hundred thousand, too many for names.
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  return parts.some((part) => isDeeper(part, levels - 1))
}
