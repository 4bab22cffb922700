import type { Directives } from '../core/directives.ts'
import type { FlagValue } from './read-value.ts'

/** Directives that say one thing: `setMember('max.cost_usd', 0.02)` is `{ max: { cost_usd: 0.02 } }`. */
export function setMember(member: string, value: FlagValue): Directives {
  // The table of flags says which member takes which type, and the value has been read by it.
  if (member === 'models') return { models: [value] } as unknown as Directives
  const dot = member.indexOf('.')
  const said = dot < 0 ? { [member]: value } : { [member.slice(0, dot)]: { [member.slice(dot + 1)]: value } }
  return said as unknown as Directives
}
