import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { exceptFor, namePattern, patternOfNames, stepsOf, valuePattern } from './safe-pattern.ts'
import type { TypeName } from './type-words.ts'
import { typeOfWord } from './type-words.ts'

/** A schema of which only what can be judged is left, every keyword well formed. */
export type SchemaNode = {
  /** A name in `lookup`. */
  $ref?: string
  type?: TypeName | TypeName[]
  enum?: JsonValue[]
  required?: string[]
  properties?: Record<string, Subschema>
  patternProperties?: Record<string, Subschema>
  additionalProperties?: Subschema
  unevaluatedProperties?: Subschema
  items?: Subschema
  prefixItems?: Subschema[]
  anyOf?: Subschema[]
  oneOf?: Subschema[]
  allOf?: Subschema[]
  [keyword: string]: unknown
}

export type Subschema = SchemaNode | boolean

export type CompiledSchema = {
  readonly root: Subschema
  readonly lookup: Record<string, Subschema>
  /** How many schemas with alternatives a validation may still enter; it throws where they are too many. */
  readonly work: Work
  /** Whether it is for members of the given names alone. */
  readonly isOfNames: boolean
}

/** What a validation may still do, and what decides how much its patterns do. */
export type Work = {
  left: number
  /** Of matching patterns. */
  steps: number
  hasPatterns: boolean
  /** The longest text or name in the value, in characters. */
  longest: number
  /** Names in the value, the same one as often as it stands there. */
  names: number
}

export type CompileOptions = {
  /** For arguments so long that `uniqueItems` and `pattern` would cost too much. */
  readonly isLarge: boolean
  /** Of the members in the arguments: patterns that could take for ever hold for them. */
  readonly names?: () => Iterable<string>
}

const NUMBERS = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minContains', 'maxContains', 'minProperties', 'maxProperties'],
]
const SINGLE = [
  ...['not', 'if', 'then', 'else', 'contains', 'propertyNames'],
  ...['additionalProperties', 'unevaluatedProperties', 'unevaluatedItems'],
]
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const
const MAPS = ['properties', 'dependentSchemas'] as const
/** Characters of names that are held to patterns which could take for ever; each of them some tens of microseconds. */
const MAX_EXACT = 8_192
const WITH_ALTERNATIVES = ['$ref', 'anyOf', 'oneOf', 'allOf', 'not', 'if', 'contains', 'dependentSchemas']

/**
 * A client's schema (JSON Schema 2020-12, and what is met of older drafts and of OpenAPI) as one that can be judged without
 * risk: unknown and malformed keywords, `$ref`s that lead nowhere in it and patterns that may take for ever are left out.
 * `format` is: since 2019-09 it describes and does not judge, and clients are laxer about dates than it is. Nothing is fetched, the schema is not changed.
 */
export function compileSchema(schema: JsonObject, { isLarge, names }: CompileOptions): CompiledSchema {
  // A copy in which every number is one (core/lossless-json.ts).
  const declared = JSON.parse(JSON.stringify(schema)) as JsonObject
  const lookup: Record<string, Subschema> = Object.create(null)
  const targets = new Map<JsonValue, string>()
  const work: Work = { left: 0, steps: 0, hasPatterns: false, longest: 0, names: 0 }
  let exactCharacters = 0
  let isOfNames = false

  function subschema(value: JsonValue | undefined): Subschema | undefined {
    if (typeof value === 'boolean') return value
    return isJsonObject(value) ? withDefault(node(value), value['default']) : undefined
  }

  /** What a schema declares as the default is allowed by it, whatever else it says: `null` for a string, `N/A` for a number. */
  function withDefault(to: SchemaNode, value: JsonValue | undefined): SchemaNode {
    if (value === undefined || typeof value === 'object' || isAllowed(value, to)) return to
    const either: SchemaNode = { anyOf: [{ enum: [value] }, to] }
    countVisits(either)
    return either
  }

  function node(from: JsonObject): SchemaNode {
    const to: SchemaNode = {}
    const set = (keyword: string, value: unknown): void => {
      if (value !== undefined) to[keyword] = value
    }
    set('type', typeOf(from))
    set('enum', enumOf(from))
    set('required', stringsIn(from['required']))
    set('dependentRequired', mapOf(from['dependentRequired'], stringsIn))
    for (const keyword of NUMBERS) if (typeof from[keyword] === 'number') set(keyword, from[keyword])
    for (const keyword of SINGLE) set(keyword, subschema(from[keyword]))
    for (const keyword of LISTS) set(keyword, listOf(from[keyword]))
    for (const keyword of MAPS) set(keyword, mapOf(from[keyword], subschema))
    setItems(from, to)
    setBounds(from, to)
    set('patternProperties', patternsOf(from))
    if (!isLarge && from['uniqueItems'] === true) set('uniqueItems', true)
    if (!isLarge && typeof from['pattern'] === 'string') set('pattern', valuePattern(from['pattern']))
    if (typeof from['$ref'] === 'string') set('$ref', reference(from['$ref']))
    if (from['nullable'] === true || from['default'] === null) allowNull(to)
    moveToItems(to)
    if (WITH_ALTERNATIVES.some((keyword) => to[keyword] !== undefined)) countVisits(to)
    boundPatterns(from, to)
    return to
  }

  function listOf(value: JsonValue | undefined): Subschema[] | undefined {
    if (!Array.isArray(value) || value.length === 0) return undefined
    return value.map((one: JsonValue) => subschema(one) ?? true)
  }

  /** `items` of a list was the name of `prefixItems` before 2020-12. */
  function setItems(from: JsonObject, to: SchemaNode): void {
    const isTuple = Array.isArray(from['items'])
    const prefix = isTuple ? listOf(from['items']) : undefined
    if (prefix !== undefined) to.prefixItems = prefix
    const items = subschema(isTuple ? from['additionalItems'] : from['items'])
    if (items !== undefined) to.items = items
  }

  /** What a schema declares by its name is not meant by a pattern of names that it forbids. */
  function patternsOf({ patternProperties, properties }: JsonObject): Record<string, Subschema> | undefined {
    if (isLarge || !isJsonObject(patternProperties)) return undefined
    const own = isJsonObject(properties) ? Object.keys(properties) : []
    const entries = Object.entries(patternProperties).flatMap(([pattern, one]) => {
      const name = namePattern(pattern) ?? exactPattern(pattern)
      if (name === undefined) return []
      return [[one === false ? exceptFor(own, name) : name, subschema(one) ?? true] as const]
    })
    return Object.fromEntries(entries)
  }

  /** The validator reads a keyword each time it holds a value to it: once there were too many steps, there is none to read. */
  function boundPatterns(from: JsonObject, to: SchemaNode): void {
    const bound = (keyword: 'pattern' | 'patternProperties', steps: () => number): void => {
      const value = to[keyword]
      if (value === undefined) return
      work.hasPatterns = true
      const get = () => {
        work.steps -= steps()
        return work.steps < 0 ? undefined : value
      }
      Object.defineProperty(to, keyword, { get, enumerable: true })
    }
    const ofValue = stepsOf(String(from['pattern']))
    bound('pattern', () => ofValue(work.longest))
    const ofNames = Object.keys(from['patternProperties'] ?? {}).map(stepsOf)
    bound('patternProperties', () => work.names * ofNames.reduce((sum, steps) => sum + steps(work.longest), 0))
  }

  function exactPattern(pattern: string): string | undefined {
    if (names === undefined) return undefined
    const all = [...names()]
    exactCharacters += all.reduce((sum, name) => sum + name.length + 1, 0)
    isOfNames = true
    return exactCharacters > MAX_EXACT ? undefined : patternOfNames(pattern, all)
  }

  function reference(ref: string): string | undefined {
    const target = targetOf(declared, ref)
    if (target === undefined) return undefined
    const known = targets.get(target)
    if (known !== undefined) return known
    const name = `#${targets.size}`
    targets.set(target, name)
    lookup[name] = subschema(target) ?? true
    return name
  }

  /** The validator reads every member of a schema that it enters, this one too. */
  function countVisits(to: SchemaNode): void {
    Object.defineProperty(to, '$recursiveAnchor', {
      get() {
        work.left -= 1
        if (work.left < 0) throw new Error('Alternatives in alternatives, or a $ref to itself.')
        return undefined
      },
    })
  }

  const root = withObjectRoot(node(declared))
  return { root, lookup, work, isOfNames }
}

/** Arguments are an object, whatever the schema calls them. */
function withObjectRoot(root: SchemaNode): SchemaNode {
  root.type = 'object'
  return root
}

function typeOf({ type }: JsonObject): TypeName | TypeName[] | undefined {
  if (typeof type === 'string') return typeOfWord(type)
  if (!Array.isArray(type)) return undefined
  const types = type.map((one: JsonValue) => (typeof one === 'string' ? typeOfWord(one) : undefined))
  const known = types.filter((one) => one !== undefined)
  // A word that says nothing allows everything.
  return known.length === types.length && known.length > 0 ? [...new Set(known)] : undefined
}

function enumOf({ enum: values, const: value }: JsonObject): JsonValue[] | undefined {
  if (value !== undefined) return [value]
  return Array.isArray(values) && values.length > 0 ? values : undefined
}

/** `exclusiveMinimum: true` is how draft 4 and OpenAPI 3.0 say it. */
function setBounds(from: JsonObject, to: SchemaNode): void {
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (from[flag] !== true || typeof from[bound] !== 'number') continue
    to[flag] = from[bound]
    delete to[bound]
  }
}

/** OpenAPI's `nullable`. */
function allowNull(to: SchemaNode): void {
  const { type, enum: values, $ref, anyOf, oneOf, allOf } = to
  if (type !== undefined) to.type = [...new Set<TypeName>([type, 'null'].flat() as TypeName[])]
  if (values !== undefined && !values.includes(null)) to.enum = [...values, null]
  if (anyOf !== undefined) to.anyOf = [...anyOf, { type: 'null' }]
  if (oneOf !== undefined) to.oneOf = [...oneOf, { type: 'null' }]
  if ($ref === undefined && allOf === undefined) return
  delete to.$ref
  delete to.allOf
  const parts: Subschema[] = [...(allOf ?? []), ...($ref === undefined ? [] : [{ $ref }])]
  const either: SchemaNode = { anyOf: [{ type: 'null' }, { allOf: parts }] }
  to.allOf = [either]
}

/** Choices of a list of scalars that stand at the list, where no list could be one of them, are those of its items. */
function moveToItems(to: SchemaNode): void {
  const { type, enum: choices, items = {} } = to
  if (type !== 'array' || choices === undefined || choices.some((one) => typeof one === 'object')) return
  if (typeof items === 'boolean' || items.enum !== undefined) return
  delete to.enum
  items.enum = choices
  to.items = items
}

function isAllowed(value: JsonValue, { type, enum: choices }: SchemaNode): boolean {
  const types: TypeName[] = type === undefined ? [] : [type].flat()
  const kind = typeof value
  const hasType = types.length === 0 || types.some((one) => one === kind || (one === 'integer' && kind === 'number'))
  return hasType && (choices === undefined || choices.includes(value))
}

function stringsIn(value: JsonValue | undefined): string[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.filter((one: JsonValue) => typeof one === 'string')
}

function mapOf<Result>(
  value: JsonValue | undefined,
  read: (one: JsonValue | undefined) => Result | undefined,
): Record<string, Result> | undefined {
  if (!isJsonObject(value)) return undefined
  const entries = Object.entries(value).flatMap(([name, one]) => {
    const result = read(one)
    return result === undefined ? [] : [[name, result] as const]
  })
  return Object.fromEntries(entries)
}

/** What a `$ref` points at in the schema itself; `undefined` for anything else. */
function targetOf(root: JsonObject, ref: string): JsonValue | undefined {
  if (!ref.startsWith('#')) return undefined
  let value: JsonValue | undefined = root
  for (const step of steps(ref)) {
    if (Array.isArray(value)) value = value[Number(step)]
    else if (isJsonObject(value) && Object.hasOwn(value, step)) value = value[step]
    else return undefined
  }
  return value
}

function steps(ref: string): string[] {
  let pointer = ref.slice(1)
  try {
    pointer = decodeURIComponent(pointer)
  } catch {
    // Written without percent-encoding, as some do.
  }
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
