import { GatewayError } from './core/errors.ts'
import { nearest } from './core/nearest.ts'
import type { Snapshot } from './core/snapshot.ts'
import type { Target } from './core/target.ts'

const candidateLists = new WeakMap<Snapshot, Map<string | undefined, readonly Target[]>>()

/** The same list for the same pool of a snapshot: what is looked up of its models is kept beside it (route/columns.ts). */
export function candidatesOf(pool: string | undefined, snapshot: Snapshot): readonly Target[] {
  const lists = candidateLists.get(snapshot) ?? new Map<string | undefined, readonly Target[]>()
  candidateLists.set(snapshot, lists)
  const list = lists.get(pool) ?? listCandidates(pool, snapshot)
  lists.set(pool, list)
  return list
}

function listCandidates(pool: string | undefined, snapshot: Snapshot): readonly Target[] {
  if (pool === undefined) return [...snapshot.targets.values()].filter(answersInText)
  const found = snapshot.pools.get(pool)
  if (found !== undefined) return found.targets.filter(answersInText)
  throw new GatewayError('model_not_found', `There is no pool "${pool}".${hint(pool, snapshot.pools.keys())}`, {
    param: 'model',
  })
}

/** Embedding models may be listed for their price, and are no candidates. */
function answersInText({ facts }: Target): boolean {
  return facts.modalities_out?.includes('text') ?? true
}

export function findTarget(id: string, snapshot: Snapshot): Target {
  const target = snapshot.targets.get(id)
  if (target !== undefined) return target
  const names = ['auto', ...snapshot.targets.keys(), ...snapshot.aliases.keys()]
  throw new GatewayError(
    'model_not_found',
    `The model "${id.slice(0, 100)}" is not configured.${hint(id, names)} GET /v1/models lists every name; "auto" lets the gateway choose.`,
    { param: 'model' },
  )
}

function hint(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates)
  return near.length === 0 ? '' : ` Did you mean ${near.map((candidate) => `"${candidate}"`).join(' or ')}?`
}
