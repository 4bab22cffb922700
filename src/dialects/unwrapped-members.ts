import type { Declared } from './dialect.ts'
import type { Member } from './markup.ts'
import { membersOf } from './values/json.ts'
import { declaredSchema, typedJson } from './values/typed.ts'

const WRAPPERS: ReadonlySet<string> = new Set(['arguments', 'input', 'parameters', 'properties'])

/** Parameters that a model wrote as one object under a name that their tool does not know. */
export function unwrapped(members: readonly Member[], declared: Declared, tool: string): readonly Member[] {
  const [only] = members
  if (only === undefined || members.length > 1 || !WRAPPERS.has(only.name)) return members
  if (!declared.tools.has(tool) || declaredSchema(declared, tool, only.name) !== undefined) return members
  const inner = membersOf(typedJson(only.raw, { type: 'object' }))
  return inner?.map(({ name, text }) => ({ name, json: text, raw: text })) ?? members
}
