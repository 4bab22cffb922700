import type { ModelChoice } from './core/directives.ts'
import { GatewayError } from './core/errors.ts'
import type { Wishes } from './core/said-in-body.ts'
import type { Snapshot } from './core/snapshot.ts'
import type { Target } from './core/target.ts'
import type { Loss } from './core/wire-format.ts'
import { resolveName } from './directives/resolve-name.ts'
import type { Entry } from './route/asked-order.ts'

export type AskedModels = {
  /** Who may be tried, entry by entry of the caller's list. */
  readonly entries: readonly Entry[]
  /** Those that name one model. */
  readonly named: readonly Target[]
  readonly losses: readonly Loss[]
}

type Asked = {
  readonly choice: ModelChoice
  /** `floor` or `nitro` behind the name of one model. */
  readonly suffix: string | undefined
  readonly wishes: Wishes
}

type Lookup = {
  findTarget(id: string, snapshot: Snapshot): Target
  candidatesOf(pool: string | undefined, snapshot: Snapshot): readonly Target[]
}

/** The call's own model, and those that its caller lists after it. Throws `model_not_found` and `invalid_request`. */
export function askedModels({ choice, suffix, wishes }: Asked, snapshot: Snapshot, lookup: Lookup): AskedModels {
  const named: Target[] = []
  const losses: Loss[] = []
  const choices = [choice, ...fallbackChoices(wishes.fallbacks ?? [], snapshot)]
  const entries = choices.map((one, index): Entry => {
    if (one.type === 'auto') return { among: lookup.candidatesOf(one.pool, snapshot) }
    const found = lookup.findTarget(one.id, snapshot)
    const target = index > 0 || suffix === undefined ? found : sortedAtProvider(found, suffix, snapshot, losses)
    named.push(target)
    return { target }
  })
  return { entries, named, losses }
}

/** The models that may be tried, each once. */
export function modelsOf(entries: readonly Entry[]): readonly Target[] {
  const lists = entries.map((entry) => ('target' in entry ? [entry.target] : entry.among))
  const [only] = lists
  return lists.length === 1 && only !== undefined ? only : [...new Set(lists.flat())]
}

/** Throws where OpenRouter itself would choose among models by what stays in the body: no door's limit can be kept for those. */
export function requireSeenModels(kept: readonly string[]): void {
  const param = kept.find((name) => name === 'models' || name === 'plugins')
  if (param === undefined) return
  throw new GatewayError(
    'invalid_request',
    `This call has hard limits, which cannot be kept for models that OpenRouter chooses itself. Leave "${param}" out, or name the models in "fallbacks" as they are configured here.`,
    { param },
  )
}

function fallbackChoices(names: readonly string[], snapshot: Snapshot): readonly ModelChoice[] {
  return names.map((name) => {
    const { choice, directives } = resolveName(name, snapshot)
    if (Object.keys(directives).length === 0) return choice
    throw new GatewayError(
      'invalid_request',
      `"${name.slice(0, 100)}" in a list of models cannot have flags. Write them into "model" or "routing": they hold for the whole call.`,
      { param: 'models' },
    )
  })
}

/** `:floor` and `:nitro` choose among the providers of a model. OpenRouter has several; another name is one provider's. */
function sortedAtProvider(target: Target, suffix: string, { providers }: Snapshot, losses: Loss[]): Target {
  if (providers.get(target.provider)?.provider.id === 'openrouter') {
    return { ...target, model: `${target.model}:${suffix}` }
  }
  losses.push({ path: 'model', reason: `":${suffix}" has nothing to choose from: ${target.id} is one provider's` })
  return target
}
