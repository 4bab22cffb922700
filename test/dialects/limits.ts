import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { parameterSchema, typesOf } from '../../src/dialects/values/typed.ts'

/** What a dialect has no words for: such calls are written, but read back as others. */
export type Limit = {
  readonly reason: string
  isBeyond(argumentsValue: JsonObject, parameters: JsonObject | undefined): boolean
}

const otherType: Limit = {
  reason: 'a raw value is typed by its schema: one of a type that the schema does not have is read as another',
  isBeyond: (given, parameters) =>
    Object.entries(given).some(([name, value = null]) => !isTold(value, parameterSchema(parameters, name))),
}

/** The names of parameters stand in tags as they are. */
function nameInTag(pattern: RegExp): Limit {
  return {
    reason: `a parameter's name stands in a tag as it is: only ${pattern.source}`,
    isBeyond: (given) => Object.keys(given).some((name) => !pattern.test(name)),
  }
}

/** A string of nothing but a string's type, since JSON is not read there. */
function closeInString(close: string): Limit {
  return {
    reason: `the first ${close} ends a value, and nothing in a string's text can be escaped`,
    isBeyond: (given) => Object.values(given).some((value) => typeof value === 'string' && value.includes(close)),
  }
}

const unknown: Limit = {
  reason: 'its tags are words of anybody: a call gives what its tool requires and nothing that the tool does not know',
  isBeyond(given, parameters) {
    const required = Array.isArray(parameters?.['required']) ? parameters['required'] : []
    return (
      Object.keys(given).some((name) => parameterSchema(parameters, name) === undefined) ||
      required.some((name) => typeof name === 'string' && !Object.hasOwn(given, name))
    )
  },
}

const element: Limit = {
  reason: 'each value of a list or an object is an element, typed by its own schema, and its name is a tag',
  isBeyond: (given, parameters) =>
    Object.entries(given).some(([name, value = null]) => !isElement(name, value, parameterSchema(parameters, name))),
}

const hostileName: Limit = {
  reason: 'a name that reaches the prototypes of other objects is refused whatever is under it',
  isBeyond: (given) => /"(?:__proto__|constructor|prototype)":/.test(JSON.stringify(given)),
}

const stringOnly: Limit = {
  reason: 'a text becomes what its schema declares, a list of it if need be',
  isBeyond: (given, parameters) =>
    Object.entries(given).some(
      ([name, value]) => typeof value === 'string' && typesOf(parameterSchema(parameters, name)).join() !== 'string',
    ),
}

/** Strings that a mark of the dialect's own stands in or beside. */
function without(pattern: RegExp, reason: string): Limit {
  return {
    reason,
    isBeyond: (given) => Object.values(given).some((value) => typeof value === 'string' && pattern.test(value)),
  }
}

const TAG = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.$-]*$/u
const lineEnd = without(/\r$/, 'the line break behind a value may be that of Windows')
const cdata = without(/^\s*<!\[CDATA\[/, 'CDATA is read as such')
const otherCall: Limit = {
  reason: 'a value in which a call ends and another begins is taken for one whose own end is missing',
  isBeyond: (given) => /<\/tool_calls?>[\s\S]*<tool_call>/.test(JSON.stringify(given)),
}
const raw = (close: string): Limit[] => [hostileName, otherType, nameInTag(TAG), closeInString(close), cdata]

const nullString: Limit = {
  reason: 'null for a string that may not be null is the word',
  isBeyond: (given, parameters) =>
    Object.entries(given).some(([name, value]) => {
      const types = typesOf(parameterSchema(parameters, name))
      return value === null && types.includes('string') && !types.includes('null')
    }),
}
const typed = (close: string): Limit[] => [hostileName, nullString, nameInTag(TAG), closeInString(close)]

/** By dialect. All others say every call. */
export const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  qwen3_coder_xml: [...raw('</parameter>'), lineEnd],
  nemotron3_xml: [...raw('</parameter>'), lineEnd],
  step3p5: [...raw('</parameter>'), lineEnd],
  kexaone2: [...raw('</parameter>'), lineEnd],
  seed_oss: raw('</parameter>'),
  minimax_m2: raw('</parameter>'),
  minicpm5_xml: [...raw('</param>'), unknown],
  minimax_m3: [hostileName, element],
  hermes: [hostileName],
  morph_xml: [hostileName, otherType, stringOnly, nameInTag(/^[A-Za-z_]\w*$/), unknown],
  yaml_xml: [hostileName, otherType, unknown],
  glm45: [...raw('</arg_value>'), otherCall],
  glm47: [...raw('</arg_value>'), otherCall],
  poolside_v1: [...raw('</arg_value>'), otherCall],
  hunyuan_v3: [...raw('</arg_value>'), otherCall],
  step3: raw('</steptml:parameter>'),
  deepseek_dsml_v32: typed('</｜DSML｜parameter>'),
  deepseek_dsml_v4: typed('</｜DSML｜parameter>'),
}

/** True where the schema tells what a text of this value's was. */
function isTold(value: JsonValue, schema: JsonValue | undefined): boolean {
  if (schema === undefined) return true
  const types = typesOf(schema)
  if (typeof value === 'string') return isPlain(value, types)
  const kind = kindOf(value)
  if (types.length === 0) return kind === 'object' || kind === 'array'
  return types.includes(kind) || (types.includes('integer') && Number.isInteger(value))
}

function isElement(name: string, value: JsonValue, schema: JsonValue | undefined): boolean {
  const types = typesOf(schema)
  if (!TAG.test(name)) return false
  if (Array.isArray(value)) {
    const items = isJsonObject(schema) ? schema['items'] : undefined
    const isList = types.length === 0 || types.includes('array')
    return isList && value.every((one) => isElement('item', one, items))
  }
  if (isJsonObject(value)) {
    const names = Object.keys(value)
    if (types.includes('array') || (types.length === 0 && names.every((one) => one === 'item') && names.length > 0))
      return false
    if (names.length === 0) return schema === undefined || types.length === 0 || types.includes('object')
    const parameters = isJsonObject(schema) ? schema : undefined
    return names.every((one) => isElement(one, value[one] ?? null, parameterSchema(parameters, one)))
  }
  if (typeof value === 'string' && value.includes(']<]minimax[>[')) return false
  return schema === undefined && typeof value === 'string' ? !isJsonText(value) : isTold(value, schema)
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // A string that no JSON is.
    return /^\s*(?:null|none|true|false)\s*$/i.test(text)
  }
}

/** A string that is not taken for a value of the other types. */
function isPlain(text: string, types: readonly string[]): boolean {
  if (types.length === 1 && types[0] === 'string') return true
  if (/^\s*(?:true|false)\s*$/i.test(text)) return !types.includes('boolean')
  if (/^\s*(?:null|none)\s*$/i.test(text)) return !types.includes('null')
  try {
    const kind = kindOf(JSON.parse(text) as JsonValue)
    if (kind === 'string') return true
    if (kind === 'number') return !types.includes('number') && !types.includes('integer')
    return types.length > 0 && !types.includes(kind)
  } catch {
    // No JSON: nothing but a string.
    return true
  }
}

function kindOf(value: JsonValue): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

/** The limits that a call is beyond. */
export function limitsOf(
  dialectId: string,
  calls: readonly { readonly name: string; readonly argumentsText: string }[],
  tools: ReadonlyMap<string, JsonObject>,
): Limit[] {
  return (LIMITS[dialectId] ?? []).filter((limit) =>
    calls.some(({ name, argumentsText }) => {
      const given: unknown = JSON.parse(argumentsText)
      return isJsonObject(given) && limit.isBeyond(given, tools.get(name))
    }),
  )
}
