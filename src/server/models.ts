import type { Snapshot } from '../core/snapshot.ts'
import type { Target } from '../core/target.ts'
import { unknownGoals } from '../unknown-goals.ts'
import type { LiveMeasures } from '../usage/live-measures.ts'

// Tokens. Whether anything was seen does not depend on it.
const SHORT_PROMPT = 0

export type ModelObject = {
  readonly id: string
  readonly object: 'model'
  readonly created: number
  readonly owned_by: string
  readonly [extra: string]: unknown
}

/**
 * Every name a client may put into `model`: `auto` and its presets, pools, aliases, targets with their facts, and which
 * soft goals have no figure of them.
 */
export function listModels(snapshot: Snapshot, live?: LiveMeasures): ModelObject[] {
  const routed = ['auto', ...[...snapshot.policies.keys()].map((policy) => `auto:${policy}`)]
  return [
    ...routed.map((id) => routedModel(id)),
    ...[...snapshot.pools.values()].map((pool) => ({
      ...routedModel(`auto/${pool.name}`),
      members: pool.targets.map((target) => target.id),
    })),
    ...[...snapshot.aliases].map(([alias, target]) => ({ ...routedModel(alias), alias_of: target })),
    ...[...snapshot.targets.values()].map((target) => targetModel(target, live)),
  ]
}

function routedModel(id: string): ModelObject {
  return { id, object: 'model', created: 0, owned_by: 'thalamus' }
}

function targetModel(target: Target, live: LiveMeasures | undefined): ModelObject {
  const released = target.facts.released
  const created = released === undefined ? 0 : Math.floor(Date.parse(released) / 1_000)
  return {
    id: target.id,
    object: 'model',
    created: Number.isNaN(created) ? 0 : created,
    owned_by: target.provider,
    format: target.format,
    facts: target.facts,
    assumed: unknownGoals(target, live?.read(target.id, SHORT_PROMPT)),
  }
}
