import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { shortHash } from '../../core/short-hash.ts'
import { isList } from '../shared/read-json.ts'
import type { Fitting, Place } from './fitting.ts'
import { change, described, stepsOf, withMembers, wordsOf } from './fitting.ts'

/** `const` as an enum of one. */
export function constantsAsEnum(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { const: only } = node
  if (fitting.subset.constants !== 'enum' || only === undefined) return node
  change(fitting, place, 'const was said as an enum of one', true)
  return withMembers(node, { const: undefined, enum: [only] })
}

/** An enum of texts; what the model chose of them is read back. */
export function enumsAsStrings(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { enum: values } = node
  if (fitting.subset.enums !== 'strings' || !isList(values)) return node
  const isPlain = values.every((one) => typeof one === 'string' && one !== '')
  if (isPlain) return node['type'] === 'string' ? node : withMembers(node, { type: 'string' })
  const texts = values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  const isReadable = fitting.mayRename && new Set(texts).size === texts.length && !texts.includes('')
  if (!isReadable) {
    change(fitting, place, 'an enum holds different texts and no empty one; it was said in the description')
    return described(withMembers(node, { enum: undefined }), wordsOf([['enum', values]]))
  }
  change(fitting, place, 'the values of an enum were said as texts', true)
  const read = new Map(
    values.flatMap((one, index) => (typeof one === 'string' ? [] : [[texts[index] ?? '', one] as const])),
  )
  fitting.restored.push({ steps: stepsOf(place), values: read })
  return withMembers(node, { type: 'string', enum: texts, format: undefined })
}

/** A list of schemas, each for one place: where drafts before 2020 have it, or as one for all. */
export function fitTuples(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { tuples } = fitting.subset
  const { items, prefixItems, additionalItems } = node
  const places = isList(items) ? items : isList(prefixItems) ? prefixItems : undefined
  if (tuples === undefined || places === undefined) return node
  if (places.length === 0) return withMembers(node, { items: undefined, prefixItems: undefined })
  if (tuples === 'prefixItems') {
    if (!isList(items)) return node
    change(fitting, place, 'items for each place were said as prefixItems', true)
    const prefixed = Object.entries(node).flatMap(([name, value]) =>
      name === 'additionalItems' ? [] : [[name === 'items' ? 'prefixItems' : name, value] as const],
    )
    return withMembers(Object.fromEntries(prefixed), { items: additionalItems })
  }
  change(fitting, place, 'which item stands in which place is not said any more')
  const rest = isList(items) ? additionalItems : items
  const open = isJsonObject(rest) ? [...places, rest] : places
  const different = open.filter((one, index) => open.findIndex((other) => isSame(one, other)) === index)
  const [only] = different
  const one = different.length === 1 && only !== undefined ? only : { anyOf: different }
  const count = isJsonObject(rest) ? {} : { maxItems: node['maxItems'] ?? places.length }
  return withMembers(node, { items: one, prefixItems: undefined, additionalItems: undefined, ...count })
}

/** What an array holds, where that must be said. */
export function fitItems(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { type, items } = node
  const isArray = type === 'array' || (isList(type) && type.includes('array'))
  if (fitting.subset.needsItems !== true || !isArray || items !== undefined) return node
  change(fitting, place, 'an array must say what it holds; anything was sent', true)
  return withMembers(node, { items: {} })
}

/** A type, where each schema must say one. */
export function fitType(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { needsTypes } = fitting.subset
  const isSaid = ['type', 'anyOf', 'oneOf', 'allOf', '$ref'].some((name) => node[name] !== undefined)
  if (needsTypes === undefined || isSaid) return node
  const type = impliedType(node)
  if (type !== undefined) {
    change(fitting, place, 'the type that is meant was said', true)
    return withMembers(node, { type })
  }
  if (needsTypes === 'branches') {
    change(fitting, place, 'each schema must have a type; all types were said', true)
    return withMembers(node, { anyOf: ANY })
  }
  return asText(node, 'Any JSON value, as text.', place, fitting)
}

const ANY = [
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'object' },
  { type: 'array' },
  { type: 'null' },
]

const IMPLIED: readonly (readonly [string, readonly string[]])[] = [
  ['object', ['properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties', 'maxProperties']],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems']],
  ['string', ['pattern', 'minLength', 'maxLength', 'format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
]

function impliedType(node: JsonObject): string | undefined {
  const { enum: values, const: only } = node
  const chosen = isList(values) ? values : only === undefined ? [] : [only]
  const types = new Set(chosen.map(typeOfValue))
  const [type] = types
  if (types.size === 1 && type !== 'raw') return type
  return types.size > 0 ? undefined : IMPLIED.find(([, names]) => names.some((name) => node[name] !== undefined))?.[0]
}

function typeOfValue(value: JsonValue): string {
  if (value === null) return 'null'
  if (isList(value)) return 'array'
  return typeof value
}

/** Objects whose members have any names, where objects have members of known ones. */
export function fitEmptyObject(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { type, properties } = node
  if (fitting.subset.emptyObjects !== 'text' || type !== 'object' || place.depth === 0) return node
  if (isJsonObject(properties) && Object.keys(properties).length > 0) return node
  const { properties: _, required: __, ...rest } = node
  return asText(rest, 'A JSON object, as text.', place, fitting)
}

function asText(node: JsonObject, words: string, place: Place, fitting: Fitting): JsonObject {
  change(fitting, place, 'a value of any shape cannot be declared; a text that holds JSON was')
  if (fitting.mayRename) fitting.restored.push({ steps: stepsOf(place), values: 'json' })
  return described(withMembers(node, { type: 'string' }), words)
}

/** Names that are required without being properties, where every one must be. */
export function fitRequired(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { required, properties } = node
  if (fitting.subset.declaredRequired !== true || !isList(required)) return node
  const isDeclared = (name: JsonValue): boolean => {
    return typeof name === 'string' && isJsonObject(properties) && Object.hasOwn(properties, name)
  }
  const declared = required.filter(isDeclared)
  if (declared.length === required.length) return node
  change(fitting, place, 'what is required must be a property; other names were left out')
  return withMembers(node, { required: declared.length === 0 ? undefined : declared })
}

const HASH_LENGTH = 10
const MAX_NAME = 64

/** Properties by names that are taken; calls name them as the client did. */
export function fitNames(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { propertyNames: rule } = fitting.subset
  const { properties } = node
  if (rule === undefined || !fitting.mayRename || !isJsonObject(properties)) return node
  if (rule.where === 'root' && place.depth > 0) return node
  const names = Object.keys(properties)
  if (names.every((name) => rule.valid.test(name))) return node
  const taken = new Set(names.filter((name) => rule.valid.test(name)))
  const written = new Map<string, string>()
  for (const said of names) {
    if (rule.valid.test(said)) continue
    const name = fitName(said, taken)
    taken.add(name)
    written.set(said, name)
    fitting.restored.push({ steps: stepsOf(place), written: name, said })
  }
  change(fitting, place, 'properties were renamed; calls name them as they were', true)
  const rename = (name: string): string => written.get(name) ?? name
  const inList = (value: JsonValue | undefined): JsonValue | undefined =>
    isList(value) ? value.map((one) => (typeof one === 'string' ? rename(one) : one)) : value
  const renamed = Object.fromEntries(Object.entries(properties).map(([name, value]) => [rename(name), value]))
  fitting.names.set(renamed, new Map([...written].map(([said, name]) => [name, said])))
  return withMembers(node, {
    properties: renamed,
    required: inList(node['required']),
    propertyOrdering: inList(node['propertyOrdering']),
  })
}

/** Its plain characters and a hash of the whole, never a name that is taken. */
function fitName(said: string, taken: ReadonlySet<string>): string {
  const plain = said.replace(/[^a-zA-Z0-9_]+/g, '_')
  const readable = (/^[a-zA-Z_]/.test(plain) ? plain : `_${plain}`).slice(0, MAX_NAME - 1 - HASH_LENGTH)
  for (let attempt = 0; ; attempt += 1) {
    const name = `${readable}_${shortHash(attempt === 0 ? said : `${said} ${attempt}`, HASH_LENGTH)}`
    if (!taken.has(name)) return name
  }
}

/** Keywords beyond those that are known said in the description, comments left out. */
export function fitKeywords(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { keywords, silent, formats } = fitting.subset
  if (keywords === undefined && silent === undefined && formats === undefined) return node
  const said: [string, JsonValue][] = []
  const gone: Record<string, undefined> = {}
  for (const [name, value] of Object.entries(node)) {
    if (value === undefined) continue
    if (silent?.has(name) === true) gone[name] = undefined
    else if (keywords?.has(name) === false || isOddFormat(name, value, formats)) {
      gone[name] = undefined
      // That others are allowed says nothing.
      if (value !== true || name !== 'additionalProperties') said.push([name, value])
    }
  }
  if (Object.keys(gone).length === 0) return node
  const kept = withMembers(node, gone)
  if (said.length === 0) return kept
  change(fitting, place, `not taken, and said in the description: ${said.map(([name]) => name).join(', ')}`)
  return described(kept, inFewWords(said))
}

function isOddFormat(name: string, value: JsonValue, formats: ReadonlySet<string> | undefined): boolean {
  return name === 'format' && formats !== undefined && !(typeof value === 'string' && formats.has(value))
}

const MAX_WORDS = 500

function inFewWords(said: readonly (readonly [string, JsonValue])[]): string {
  const words = wordsOf(said)
  return words.length <= MAX_WORDS ? words : `{${said.map(([name]) => name).join(', ')}}`
}

function isSame(one: JsonValue, other: JsonValue): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
