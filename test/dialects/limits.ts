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

const TAG = /^[^\s"<>][^"<>]*(?<!\s)$|^$/
const raw = (close: string): Limit[] => [otherType, nameInTag(TAG), closeInString(close)]

/** By dialect. All others say every call. */
export const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  qwen3_coder_xml: raw('</parameter>'),
  nemotron3_xml: raw('</parameter>'),
  step3p5: raw('</parameter>'),
  kexaone2: raw('</parameter>'),
  seed_oss: raw('</parameter>'),
  minimax_m2: raw('</parameter>'),
  minicpm5_xml: raw('</param>'),
  glm45: raw('</arg_value>'),
  glm47: raw('</arg_value>'),
  poolside_v1: raw('</arg_value>'),
  hunyuan_v3: raw('</arg_value>'),
  step3: raw('</steptml:parameter>'),
  deepseek_dsml_v32: [nameInTag(TAG)],
  deepseek_dsml_v4: [nameInTag(TAG)],
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
  const limits = LIMITS[dialectId] ?? []
  return limits.filter((limit) =>
    calls.some(({ name, argumentsText }) => {
      const given: unknown = JSON.parse(argumentsText)
      return isJsonObject(given) && limit.isBeyond(given, tools.get(name))
    }),
  )
}
