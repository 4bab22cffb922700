import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'

// Of what llama.cpp's server does with a schema, what the schemas of these tests need. The runtime's own translation takes no
// `anyOf` and makes every member required.

const BASE = [
  'ws ::= " "?',
  'string ::= "\\"" char* "\\""',
  'char ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F])',
  'integer ::= "-"? ("0" | [1-9] [0-9]{0,15})',
  'number ::= integer ("." [0-9]{1,16})?',
  'boolean ::= "true" | "false"',
  'null ::= "null"',
  'value ::= string | number | boolean | null | object | array',
  'object ::= "{" (member ("," ws member)*)? "}"',
  'member ::= string ":" ws value',
  'array ::= "[" (value ("," ws value)*)? "]"',
]

/** A grammar (GBNF) of the JSON that a schema allows: members in their order, the optional ones with the others or without. */
export function schemaGrammar(schema: JsonValue): string {
  const rules: string[] = []

  function rule(body: string): string {
    const name = `r${rules.length}`
    rules.push(`${name} ::= ${body}`)
    return name
  }

  function ruleOf(schema: JsonValue | undefined): string {
    if (!isJsonObject(schema)) return 'value'
    const { enum: values, const: only, anyOf, oneOf, type } = schema
    if (only !== undefined) return rule(literal(JSON.stringify(only)))
    if (Array.isArray(values)) return rule(values.map((one) => literal(JSON.stringify(one))).join(' | '))
    const choices = anyOf ?? oneOf
    if (Array.isArray(choices)) return rule(choices.map(ruleOf).join(' | '))
    if (Array.isArray(type)) return rule(type.map((one) => ruleOf({ ...schema, type: one })).join(' | '))
    if (type === 'object') return objectRule(schema)
    if (type === 'array') return arrayRule(schema)
    return ['string', 'integer', 'number', 'boolean', 'null'].includes(String(type)) ? String(type) : 'value'
  }

  function objectRule({ properties, required }: JsonObject): string {
    if (!isJsonObject(properties) || Object.keys(properties).length === 0) return 'object'
    const needed = new Set(Array.isArray(required) ? required : [])
    const members = Object.entries(properties).map(([name, inner]) => ({
      text: rule(`${literal(`${JSON.stringify(name)}:`)} ws ${ruleOf(inner)}`),
      isNeeded: needed.has(name),
    }))
    // What may stand from the member at `place` on, with or without something before it.
    const rest = (place: number, isFirst: boolean): string => {
      const member = members[place]
      if (member === undefined) return rule('""')
      const said = `${isFirst ? '' : '"," ws '}${member.text} ${rest(place + 1, false)}`
      return rule(member.isNeeded ? said : `${said} | ${rest(place + 1, isFirst)}`)
    }
    return rule(`"{" ${rest(0, true)} "}"`)
  }

  function arrayRule({ items, minItems, maxItems }: JsonObject): string {
    const item = ruleOf(items)
    const least = typeof minItems === 'number' ? minItems : 0
    const most = typeof maxItems === 'number' ? String(maxItems - 1) : ''
    const list = `${item} ("," ws ${item}){${Math.max(least - 1, 0)},${most}}`
    return rule(least > 0 ? `"[" ${list} "]"` : `"[" (${list})? "]"`)
  }

  return [`root ::= ${ruleOf(schema)}`, ...rules, ...BASE].join('\n')
}

function literal(text: string): string {
  return JSON.stringify(text)
}
