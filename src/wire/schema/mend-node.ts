import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'
import type { Fitting, Place } from './fitting.ts'
import { change, withMembers } from './fitting.ts'
import { isTypeWord, readTypeWord } from './type-words.ts'

// What every provider refuses because it is no JSON Schema, as the schema that was meant.

type Rule = (node: JsonObject, place: Place, fitting: Fitting) => JsonObject

/** A schema in JSON Schema's own words, draft 2020-12 or 7. The same object where it is one. */
export function mendNode(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  return RULES.reduce((mended, rule) => rule(mended, place, fitting), node)
}

/** A schema that is no object: the name of a type, or nothing that says anything. */
export function mendValue(value: JsonValue | undefined, place: Place, fitting: Fitting): JsonObject {
  if (typeof value === 'string' && readTypeWord(value) !== undefined) return { type: value }
  change(fitting, place, 'it is no schema; anything is taken there')
  return {}
}

const typeWords: Rule = (node, place, fitting) => {
  const { type } = node
  if (type === undefined || isTypeWord(type)) return node
  if (isList(type)) return typeList(node, type, place, fitting)
  const read = typeof type === 'string' ? readTypeWord(type) : undefined
  if (read === undefined && type !== null) {
    change(fitting, place, `type ${JSON.stringify(type)} is no type; any is taken there`)
    return withMembers(node, { type: undefined })
  }
  change(fitting, place, 'the type was said in the words of JSON Schema', true)
  if (read === undefined || read.type === 'any') return withMembers(node, { type: undefined })
  const items = read.items === undefined || node['items'] !== undefined ? {} : { items: { type: read.items } }
  return withMembers(node, { type: read.type, ...items })
}

function typeList(node: JsonObject, list: readonly JsonValue[], place: Place, fitting: Fitting): JsonObject {
  const isPlain = list.length > 0 && list.every(isTypeWord) && new Set(list).size === list.length
  if (isPlain) return node
  const read = list.map((one) => (typeof one === 'string' ? readTypeWord(one)?.type : undefined))
  change(fitting, place, 'the types were said in the words of JSON Schema', !read.includes(undefined))
  const known = [...new Set(read.filter((one) => one !== undefined))]
  if (known.length === 0 || known.includes('any')) return withMembers(node, { type: undefined })
  return withMembers(node, { type: known.length === 1 ? known[0] : known })
}

/** An empty list is what PHP writes for an object without members. */
const namedSchemas: Rule = (node, place, fitting) => {
  const wrong = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'].filter(
    (name) => node[name] !== undefined && !isJsonObject(node[name]),
  )
  if (wrong.length === 0) return node
  for (const name of wrong) {
    const value = node[name]
    change(
      fitting,
      place,
      `${name} was no object and left empty`,
      value === null || (isList(value) && value.length === 0),
    )
  }
  return withMembers(
    node,
    Object.fromEntries(wrong.map((name) => [name, name === 'properties' && node[name] !== null ? {} : undefined])),
  )
}

/** `required: true` on a property is draft 3; what is required but not a name cannot be. */
const required: Rule = (node, place, fitting) => {
  const { required: said } = node
  if (said === undefined) return node
  if (isList(said) && said.every((one) => typeof one === 'string') && new Set(said).size === said.length) return node
  if (!isList(said)) {
    // Said of the property that has it: its object hears of it in `requiredOfOld`.
    if (typeof said !== 'boolean') change(fitting, place, 'required was no list of names and left out', said === null)
    return withMembers(node, { required: undefined })
  }
  const names = [...new Set(said.filter((one) => typeof one === 'string'))]
  change(fitting, place, 'required was no list of different names; the names in it were kept', true)
  return withMembers(node, { required: names })
}

const requiredOfOld: Rule = (node, place, fitting) => {
  const { properties } = node
  if (!isJsonObject(properties)) return node
  const names = Object.entries(properties).flatMap(([name, one]) =>
    isJsonObject(one) && one['required'] === true ? [name] : [],
  )
  if (names.length === 0) return node
  change(fitting, place, 'required of a property was said in a list of them', true)
  const listed = isList(node['required']) ? node['required'] : []
  return withMembers(node, { required: [...new Set([...listed, ...names])] })
}

const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems', 'enum']

const lists: Rule = (node, place, fitting) => {
  const wrong = LISTS.filter((name) => {
    const value = node[name]
    return value !== undefined && (!isList(value) || value.length === 0)
  })
  if (wrong.length === 0) return node
  for (const name of wrong)
    change(fitting, place, `${name} was an empty list, or none, and left out`, node[name] === null)
  return withMembers(node, Object.fromEntries(wrong.map((name) => [name, undefined])))
}

/** `exclusiveMinimum: true` is draft 4. */
const bounds: Rule = (node, place, fitting) =>
  (
    [
      ['exclusiveMinimum', 'minimum'],
      ['exclusiveMaximum', 'maximum'],
    ] as const
  ).reduce((mended, [exclusive, bound]) => {
    const said = mended[exclusive]
    if (typeof said !== 'boolean') return mended
    change(fitting, place, `${exclusive} was said as the bound itself`, true)
    const value = mended[bound]
    // A number that is kept as it was written is an object.
    return said && (typeof value === 'number' || isJsonObject(value))
      ? withMembers(mended, { [exclusive]: value, [bound]: undefined })
      : withMembers(mended, { [exclusive]: undefined })
  }, node)

const TEXTS = ['description', 'title', 'format', 'pattern', '$schema', '$id', '$comment']
const ONE = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames']

/** Null is what libraries write for what was not set; texts are texts. */
const odd: Rule = (node, place, fitting) => {
  const wrong = [
    ...TEXTS.filter((name) => node[name] !== undefined && typeof node[name] !== 'string'),
    ...ONE.filter((name) => node[name] === null),
  ]
  if (wrong.length === 0) return node
  for (const name of wrong) change(fitting, place, `${name} was not what it must be and left out`, node[name] === null)
  return withMembers(node, Object.fromEntries(wrong.map((name) => [name, undefined])))
}

const RULES: readonly Rule[] = [typeWords, namedSchemas, required, requiredOfOld, lists, bounds, odd]
