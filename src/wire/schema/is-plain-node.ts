import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'
import type { SchemaSubset } from './subsets.ts'
import { isTypeWord } from './type-words.ts'

const TEXTS = new Set(['description', 'title', 'pattern', 'format'])
const NUMBERS = new Set('minimum maximum minLength maxLength minItems maxItems'.split(' '))

/**
 * True for a schema that this target surely takes, what is in it apart: most are, and all that is asked of them is this.
 * False says nothing.
 */
export function isPlainNode(node: JsonObject, subset: SchemaSubset, isRoot: boolean): boolean {
  const { keywords, silent, formats, propertyNames: names } = subset
  let isTyped = false
  for (const name of Object.keys(node)) {
    const value = node[name]
    if (value === undefined) continue
    if (keywords?.has(name) === false || silent?.has(name) === true) return false
    if (!isPlainMember(name, value, node, subset)) return false
    if (name === 'type') isTyped = true
    if (name === 'format' && formats !== undefined) return false
    // A property that is required in the manner of draft 3 is said by its object.
    if (name === 'properties' && isJsonObject(value)) {
      for (const key of Object.keys(value)) {
        if (names !== undefined && (isRoot || names.where === 'everywhere') && !names.valid.test(key)) return false
        const one = value[key]
        if (isJsonObject(one) && one['required'] === true) return false
      }
    }
  }
  return isTyped || subset.needsTypes === undefined
}

function isPlainMember(name: string, value: JsonValue, node: JsonObject, subset: SchemaSubset): boolean {
  if (TEXTS.has(name)) return typeof value === 'string'
  if (NUMBERS.has(name)) return typeof value === 'number'
  switch (name) {
    case 'type':
      return isPlainType(value, node, subset)
    case 'default':
    case 'examples':
      return true
    case 'properties':
      return isJsonObject(value)
    case 'items':
      return isJsonObject(value)
    case 'additionalProperties':
      return typeof value === 'boolean' || isJsonObject(value)
    case 'required':
      return isList(value) && value.every(isText) && isPlainRequired(value, node, subset)
    case 'enum':
      return (
        isList(value) && value.length > 0 && value.every(isText) && (subset.enums === undefined || isFull(value, node))
      )
    default:
      return false
  }
}

function isPlainType(type: JsonValue, node: JsonObject, subset: SchemaSubset): boolean {
  if (!isTypeWord(type) || type === 'null') return false
  if (type === 'array') return subset.needsItems !== true || node['items'] !== undefined
  if (type !== 'object' || subset.emptyObjects === undefined) return true
  const { properties } = node
  return isJsonObject(properties) && Object.keys(properties).length > 0
}

function isPlainRequired(names: readonly JsonValue[], { properties }: JsonObject, subset: SchemaSubset): boolean {
  if (names.length > 1 && new Set(names).size !== names.length) return false
  if (subset.declaredRequired !== true) return true
  return isJsonObject(properties) && names.every((name) => Object.hasOwn(properties, String(name)))
}

function isFull(values: readonly JsonValue[], { type }: JsonObject): boolean {
  return type === 'string' && !values.includes('')
}

function isText(value: JsonValue): boolean {
  return typeof value === 'string'
}
