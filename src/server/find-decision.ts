import type { Decision } from '../core/decision.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Context } from '../pipeline.ts'

/** The receipt of a decision for a key, of this gateway or of one that shares its store. */
export async function findDecision(
  id: string,
  key: string,
  context: Context,
): Promise<Decision | JsonObject | undefined> {
  const own = await ownDecision(id, key, context)
  if (own !== undefined) return own
  const other = await context.ports.peers?.ask({ type: 'decision', id, key })
  return isJsonObject(other) && other['id'] === id ? other : undefined
}

export async function ownDecision(id: string, key: string, context: Context): Promise<Decision | undefined> {
  const kept = context.decisions.get(id) ?? (await context.decisionLog?.find(id))
  return kept !== undefined && kept.key === key ? kept.decision : undefined
}
