import { parse } from 'yaml'
import { z } from 'zod'
import type { Directives } from '../core/directives.ts'
import type { JsonValue } from '../core/json.ts'
import type { Policy } from '../core/policy.ts'

const policyFile = z.strictObject({
  description: z.string().default(''),
  fixed_order: z.enum(['listed', 'cheapest', 'fastest', 'smallest', 'newest']).default('listed'),
  routing: z.record(z.string(), z.json()),
})

/** A policy's YAML, as in policies/presets. Throws an error whose message says what is wrong with it. */
export function readPolicyFile(text: string, name: string, readRouting: (routing: JsonValue) => Directives): Policy {
  const parsed = policyFile.safeParse(parse(text))
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error))
  const { description, fixed_order: fixedOrder, routing } = parsed.data
  return { name, description, fixedOrder, directives: readRouting(routing) }
}
