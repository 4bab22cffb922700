import type { Declared } from './dialect.ts'
import type { Member } from './markup.ts'
import { argumentsOf } from './values/arguments.ts'
import { declaredSchema, parameterJson, typesOf } from './values/typed.ts'

/** A parameter that comes several times is a list, where its schema does not say otherwise. */
export function everyOfEach(members: readonly Member[], declared: Declared, tool: string): string {
  const values = new Map<string, string[]>()
  for (const { name, json, raw } of members) {
    // Where nothing is known of types, white space around is not either.
    const value =
      declared.tools.size === 0 ? JSON.stringify(raw.trim()) : (inElement(raw, declared, tool, name) ?? json)
    const all = values.get(name) ?? []
    all.push(value)
    values.set(name, all)
  }
  return argumentsOf(
    [...values].map(([name, all]) => {
      const types = typesOf(declaredSchema(declared, tool, name))
      const isList = all.length > 1 && (types.length === 0 || types.includes('array'))
      return [name, isList ? `[${all.join(', ')}]` : (all.at(-1) ?? 'null')]
    }),
  )
}

/** A value that is no string may stand in an element of its own. */
function inElement(raw: string, declared: Declared, tool: string, name: string): string | undefined {
  const inner = /^\s*<value>([\s\S]*)<\/value>\s*$/.exec(raw)?.[1]
  const types = typesOf(declaredSchema(declared, tool, name))
  return inner === undefined || types.length === 0 || types.includes('string')
    ? undefined
    : parameterJson(inner, declared, tool, name)
}
