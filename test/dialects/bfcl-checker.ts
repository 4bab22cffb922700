import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'

// The rules by which BFCL judges calls against accepted answers: design/tool-calling.md §4.

/** A function's parameters with, for each, the values that are accepted; `""` among them: it may be left out. */
export type AcceptedCall = Readonly<Record<string, Readonly<Record<string, readonly JsonValue[]>>>>

export type JudgedCall = { readonly name: string; readonly arguments: JsonObject }

/** What is wrong with the calls; `undefined` when they are accepted. Order does not matter where several are expected. */
export function judge(
  calls: readonly JudgedCall[],
  accepted: readonly AcceptedCall[],
  parametersOf: (name: string) => JsonObject,
): string | undefined {
  if (calls.length !== accepted.length) return `${calls.length} calls instead of ${accepted.length}`
  const left = [...calls]
  for (const answer of accepted) {
    const problems = left.map((call) => judgeCall(call, answer, parametersOf))
    const index = problems.indexOf(undefined)
    if (index < 0) return problems.join('; ')
    left.splice(index, 1)
  }
  return undefined
}

function judgeCall(
  call: JudgedCall,
  answer: AcceptedCall,
  parametersOf: (name: string) => JsonObject,
): string | undefined {
  const [[name, parameters] = ['', {}]] = Object.entries(answer)
  if (plainName(call.name) !== plainName(name)) return `${call.name} instead of ${name}`
  const schema = parametersOf(name)
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  for (const required of Array.isArray(schema['required']) ? schema['required'] : []) {
    if (typeof required === 'string' && !Object.hasOwn(call.arguments, required)) return `no ${required}`
  }
  for (const [member, value = null] of Object.entries(call.arguments)) {
    const values = Object.hasOwn(parameters, member) ? parameters[member] : undefined
    if (values === undefined) return `unexpected ${member}`
    const property = Object.hasOwn(properties, member) ? properties[member] : undefined
    if (!isOfType(value, property, values)) return `${member} has another type: ${JSON.stringify(value)}`
    if (!isAccepted(value, values)) return `${member} is ${JSON.stringify(value)}`
  }
  return absent(call.arguments, parameters)
}

function plainName(name: string): string {
  return name.replaceAll('.', '_')
}

/** A value of the declared type, its elements too; or one of the type of what is accepted, which may be another. */
function isOfType(value: JsonValue, schema: JsonValue | undefined, accepted: readonly JsonValue[]): boolean {
  const type = isJsonObject(schema) ? schema['type'] : undefined
  if (typeof type !== 'string' || isOne(value, type, schema)) return true
  const other = accepted.find((one) => one !== '')
  return other !== undefined && kindOf(other) === kindOf(value) && !isOne(other, type, schema)
}

function isOne(value: JsonValue, type: string, schema: JsonValue | undefined): boolean {
  const kind = kindOf(value)
  if (kind !== type && !(type === 'number' && kind === 'integer')) return false
  const items = isJsonObject(schema) ? schema['items'] : undefined
  const itemType = isJsonObject(items) ? items['type'] : undefined
  if (!Array.isArray(value) || typeof itemType !== 'string') return true
  return value.every((element) => kindOf(element) === itemType || (itemType === 'number' && isInteger(element)))
}

function isInteger(value: JsonValue): boolean {
  return typeof value === 'number' && Number.isInteger(value)
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return isInteger(value) ? 'integer' : typeof value
}

function isAccepted(value: JsonValue, accepted: readonly JsonValue[]): boolean {
  return accepted.some((one) => {
    if (isJsonObject(value)) return isJsonObject(one) && isAcceptedObject(value, one)
    if (Array.isArray(value)) return Array.isArray(one) && isAcceptedList(value, one)
    return isSame(value, one)
  })
}

/** Each member has its own list of accepted values. */
function isAcceptedObject(value: JsonObject, accepted: JsonObject): boolean {
  const lists = Object.fromEntries(Object.entries(accepted).map(([name, one]) => [name, listOf(one)]))
  const isEachAccepted = Object.entries(value).every(([name, member = null]) => {
    const values = Object.hasOwn(lists, name) ? lists[name] : undefined
    return values?.some((one) => isSame(member, one) || isAccepted(member, [one])) === true
  })
  return isEachAccepted && absent(value, lists) === undefined
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [value ?? null]
}

function isAcceptedList(value: readonly JsonValue[], accepted: readonly JsonValue[]): boolean {
  if (value.length !== accepted.length) return false
  return value.every((element, index) => {
    const one = accepted[index] ?? null
    return isJsonObject(element) ? isJsonObject(one) && isAcceptedObject(element, one) : isSame(element, one)
  })
}

/** Strings by their words alone, whatever stands between them and in whatever case. */
function isSame(value: JsonValue, accepted: JsonValue): boolean {
  return JSON.stringify(standard(value)) === JSON.stringify(standard(accepted))
}

function standard(value: JsonValue): JsonValue {
  if (typeof value === 'string')
    return value
      .replace(/[ ,./\-_*^]/g, '')
      .toLowerCase()
      .replaceAll("'", '"')
  if (Array.isArray(value)) return value.map(standard)
  return value
}

/** What is left out and may not be. */
function absent(given: JsonObject, accepted: Readonly<Record<string, readonly JsonValue[]>>): string | undefined {
  const name = Object.keys(accepted).find((one) => !Object.hasOwn(given, one) && accepted[one]?.includes('') === false)
  return name === undefined ? undefined : `no ${name}`
}
