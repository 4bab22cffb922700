import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'

type Call = { readonly name: string; readonly argumentsText: string }

/** How models spoil a call: each as a change of a whole call that says the same. */
export const MUTATIONS: Readonly<Record<string, (name: string, value: JsonObject) => Call>> = {
  'numbers as strings': (name, value) =>
    of(
      name,
      scalars(value, (one) => (typeof one === 'number' ? String(one) : one)),
    ),
  'booleans as strings': (name, value) =>
    of(
      name,
      scalars(value, (one) => (typeof one === 'boolean' ? String(one) : one)),
    ),
  'lists and objects as strings': (name, value) =>
    of(
      name,
      Object.fromEntries(
        Object.entries(value).map(([key, one]) => [
          key,
          typeof one === 'object' && one !== null ? JSON.stringify(one) : one,
        ]),
      ),
    ),
  'integers with a fraction': (name, value) => ({
    name,
    argumentsText: JSON.stringify(value).replace(/([:[,]-?\d+)(?=[,\]}])/g, '$1.0'),
  }),
  'in a call': (name, value) => of(name, { name, arguments: value }),
  'in a call with an encoded member': (name, value) => of(name, { name, arguments: JSON.stringify(value) }),
  'in arguments': (name, value) => of(name, { arguments: value }),
  'in parameters': (name, value) => of(name, { parameters: value }),
  'in input': (name, value) => of(name, { input: value }),
  'in the properties of a schema': (name, value) =>
    of(name, {
      type: 'object',
      properties: Object.fromEntries(Object.entries(value).map(([key, one]) => [key, { value: one }])),
    }),
  'in a list': (name, value) => of(name, [value]),
  'encoded twice': (name, value) => of(name, JSON.stringify(value)),
  'trailing commas': (name, value) => ({
    name,
    argumentsText: JSON.stringify(value).replace(/(?<=[\w"\]}])\}$/, ',}'),
  }),
  'as Python writes it': (name, value) => ({ name, argumentsText: python(value) }),
  'encoded twice as Python writes it': (name, value) => of(name, python(value)),
  'names without quotes': (name, value) => ({
    name,
    argumentsText: JSON.stringify(value).replace(/([{,])"([A-Za-z_]\w*)":/g, '$1$2:'),
  }),
  'no last bracket': (name, value) => ({ name, argumentsText: JSON.stringify(value).replace(/([\]}"])\}$/, '$1') }),
  'a bracket too many': (name, value) => ({ name, argumentsText: `${JSON.stringify(value)}}` }),
  'in a fence': (name, value) => ({
    name,
    argumentsText: `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``,
  }),
  'with words around': (name, value) => ({ name, argumentsText: `Here it is: ${JSON.stringify(value)} Done.` }),
  twice: (name, value) => ({ name, argumentsText: JSON.stringify(value).repeat(2) }),
  'name in upper case': (name, value) => of(name.toUpperCase(), value),
  'name with a prefix': (name, value) => of(`functions.${name}`, value),
  'name with a tail': (name, value) => of(`${name}<|channel|>commentary`, value),
  'name with other signs': (name, value) => of(name.replaceAll('_', '-'), value),
  'members in upper case': (name, value) =>
    of(name, Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toUpperCase(), one]))),
}

function of(name: string, value: JsonValue): Call {
  return { name, argumentsText: JSON.stringify(value) }
}

function scalars(value: JsonObject, change: (one: JsonValue) => JsonValue): JsonObject {
  const inside = (one: JsonValue | undefined): JsonValue => {
    if (Array.isArray(one)) return one.map((element: JsonValue) => inside(element))
    if (isJsonObject(one))
      return Object.fromEntries(Object.entries(one).map(([name, member]) => [name, inside(member)]))
    return change(one ?? null)
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inside(one)]))
}

/** As `repr` does. */
function python(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map((one: JsonValue) => python(one)).join(', ')}]`
  if (isJsonObject(value)) {
    return `{${Object.entries(value)
      .map(([name, one]) => `${python(name)}: ${python(one)}`)
      .join(', ')}}`
  }
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null || value === undefined) return 'None'
  if (typeof value !== 'string') return String(value)
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')
  if (!value.includes("'")) return `'${escaped}'`
  return value.includes('"') ? `'${escaped.replaceAll("'", "\\'")}'` : `"${escaped}"`
}
