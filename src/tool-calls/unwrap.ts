import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { CompiledSchema, Subschema } from './compile-schema.ts'
import type { Edit } from './edit-json.ts'
import { elementSpans, memberSpans, withEdits } from './edit-json.ts'
import type { Json } from './fit-value.ts'
import { jsonOf } from './fit-value.ts'
import { repaired } from './repair-text.ts'

/** What is needed of a tool to tell its own arguments from wrappings. */
export type Wrapped = {
  readonly schema: CompiledSchema
  /** Whether a name is another way to say this tool's. */
  isName(name: string): boolean
}

const WRAPPERS = ['arguments', 'parameters', 'input', 'args', 'params', 'properties', 'function']
const NAMES = ['name', 'tool', 'tool_name', 'function', 'function_name', 'recipient_name']
const KINDS = ['function', 'tool_use', 'tool_call', 'object']
const MAX_WRAPPINGS = 4
const MAX_MEMBERS = 6

/** The arguments inside of a whole call, of another encoding, of a list of one or of a schema; the same where there are none. */
export function unwrapped(json: Json, tool: Wrapped): Json {
  let inner = json
  for (let count = 0; count < MAX_WRAPPINGS; count += 1) {
    const next = unwrappedOnce(inner, tool)
    if (next === undefined) break
    inner = next
  }
  return inner
}

/** True where arguments that fit an open schema are wrapped all the same: what is inside is all declared, the wrapping is not. */
export function isPlainlyWrapped(inner: Json, { schema }: Wrapped): boolean {
  if (!isJsonObject(inner.value)) return false
  const names = Object.keys(inner.value)
  const { properties, additionalProperties } = typeof schema.root === 'boolean' ? {} : schema.root
  if (names.length === 0) return properties !== undefined && typeof additionalProperties !== 'object'
  return names.every((name) => isDeclared(name, schema))
}

/** True where some member looks like arguments in a wrapping, of another tool perhaps. */
export function mayBeWrapped({ value }: Json, tool: Wrapped): boolean {
  return isJsonObject(value) && Object.keys(value).some((name) => isWrapper(name, value, tool))
}

function unwrappedOnce({ text, value }: Json, tool: Wrapped): Json | undefined {
  if (typeof value === 'string') return /^\s*["'{[]/.test(value) ? (jsonOf(value) ?? repaired(value)) : undefined
  if (Array.isArray(value)) {
    const [only] = elementSpans(text)
    return value.length === 1 && only !== undefined ? jsonOf(text.slice(only.start, only.end)) : undefined
  }
  return isJsonObject(value) ? unwrappedObject(text, value, tool) : undefined
}

function unwrappedObject(text: string, value: JsonObject, tool: Wrapped): Json | undefined {
  const names = Object.keys(value)
  if (names.length === 0 || names.length > MAX_MEMBERS) return undefined
  const wrapper = names.find((name) => isWrapper(name, value, tool))
  if (wrapper === undefined) return undefined
  const isClear = names.every((name) => name === wrapper || isCompanion(name, value, tool, wrapper))
  const span = memberSpans(text).findLast(({ name }) => name === wrapper)
  if (!isClear || span === undefined) return undefined
  const inner = jsonOf(text.slice(span.start, span.end))
  if (inner?.value === null || inner?.value === '') return { text: '{}', value: {} }
  return wrapper === 'properties' && inner !== undefined ? withoutEcho(inner) : inner
}

function isWrapper(name: string, value: JsonObject, { schema, isName }: Wrapped): boolean {
  if (isDeclared(name, schema)) return false
  const inner = value[name]
  if (name === 'function' && !isJsonObject(inner)) return false
  const holds = isJsonObject(inner) || inner === null || (typeof inner === 'string' && /^\s*(?:["'{[]|$)/.test(inner))
  return holds && (WRAPPERS.includes(name) || isName(name))
}

/** What may stand beside arguments in a call, or in a schema: the tool's own name, an id, a type. */
function isCompanion(name: string, value: JsonObject, { schema, isName }: Wrapped, wrapper: string): boolean {
  const member = value[name]
  if (wrapper === 'properties' && name === 'type' && member === 'object') return true
  if (NAMES.includes(name)) return typeof member === 'string' && isName(member)
  if (isDeclared(name, schema)) return false
  if (name === 'type') return typeof member === 'string' && KINDS.includes(member)
  return name === 'id' || name === 'call_id' || name === 'required'
}

/** `{"city": {"type": "string", "value": "Paris"}}`, a schema that was filled in, as its values. */
function withoutEcho(json: Json): Json {
  const { text, value } = json
  const members = isJsonObject(value) ? Object.values(value) : []
  const isEcho = members.every(
    (member) =>
      isJsonObject(member) &&
      Object.hasOwn(member, 'value') &&
      Object.keys(member).every((name) => ['type', 'value', 'description'].includes(name)),
  )
  if (!isEcho || members.length === 0) return json
  const spans = memberSpans(text)
  const edits = new Map<number, Edit>()
  for (const [place, { start, end }] of spans.entries()) {
    const inner = text.slice(start, end)
    const held = memberSpans(inner).findLast(({ name }) => name === 'value')
    if (held !== undefined) edits.set(place, { text: inner.slice(held.start, held.end) })
  }
  return jsonOf(withEdits(text, spans, edits)) ?? json
}

/** Whether a schema, or one that it consists of, has a property of this name. */
function isDeclared(name: string, { root, lookup }: CompiledSchema): boolean {
  const seen = new Set<Subschema>()
  const waiting: Subschema[] = [root]
  for (let schema = waiting.pop(); schema !== undefined; schema = waiting.pop()) {
    if (typeof schema === 'boolean' || seen.has(schema)) continue
    seen.add(schema)
    if (schema.properties !== undefined && Object.hasOwn(schema.properties, name)) return true
    const { $ref, allOf = [], anyOf = [], oneOf = [] } = schema
    waiting.push(...allOf, ...anyOf, ...oneOf)
    if ($ref !== undefined) waiting.push(lookup[$ref] ?? true)
  }
  return false
}
