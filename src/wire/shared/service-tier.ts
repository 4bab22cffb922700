import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'

/** https://platform.openai.com/docs/api-reference/chat/object#chat-object-service_tier */
const TIERS: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'scale', 'priority'])

/** The tier that served, as answers of both of OpenAI's formats say it; nothing where their clients know no such word. */
export function writeServiceTier(usage: Usage | undefined): JsonObject {
  const tier = usage?.serviceTier
  return tier !== undefined && TIERS.has(tier) ? { service_tier: tier } : {}
}
