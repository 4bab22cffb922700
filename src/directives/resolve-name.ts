import type { Directives, ModelChoice } from '../core/directives.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { fromModel } from './from-model.ts'

export type ResolvedName = {
  readonly choice: ModelChoice
  readonly directives: Directives
  /** `floor` or `nitro` behind the name of one provider's model. */
  readonly suffix?: string
}

const OPENROUTER_AUTO = /^openrouter\/(auto(?::.*)?)$/s
const SORTED = /^(.+):(floor|nitro)$/s

/**
 * What a model's name means: the operator's aliases first, then configured models, then the names of other gateways'
 * users: `openrouter/auto`, and `:floor` or `:nitro` behind any name.
 */
export function resolveName(model: string, snapshot: Pick<Snapshot, 'aliases' | 'targets' | 'policies'>): ResolvedName {
  const names = new Set(snapshot.policies.keys())
  const name = snapshot.aliases.get(model) ?? model
  if (snapshot.targets.has(name)) return { choice: { type: 'target', id: name }, directives: {} }
  const [, auto] = OPENROUTER_AUTO.exec(name) ?? []
  if (auto !== undefined) return fromModel(auto, names)
  const read = fromModel(name, names)
  const [, base, suffix] = read.choice.type === 'target' ? (SORTED.exec(name) ?? []) : []
  if (base === undefined || suffix === undefined) return read
  const alias = snapshot.aliases.get(base)
  if (alias !== undefined && !snapshot.targets.has(alias)) {
    return fromModel(`${alias}${alias.includes(':') ? '+' : ':'}${suffix}`, names)
  }
  const id = alias ?? base
  return snapshot.targets.has(id) ? { choice: { type: 'target', id }, directives: {}, suffix } : read
}
