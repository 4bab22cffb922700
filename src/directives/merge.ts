import type { Directives, RequireValue, SaidDirectives } from '../core/directives.ts'
import { licensesOf } from '../core/license-groups.ts'
import { memberFlag } from './flags.ts'

type Requirements = NonNullable<Directives['require']>
type Limits = NonNullable<Directives['max']>

/**
 * `lower` with `higher` said on top: soft parts of `higher` win, hard limits of both hold. Folding this over the
 * doors from the policy to the body is the whole rule of precedence (contract.md §4).
 */
export function overlay(lower: Directives, higher: Directives): Directives {
  const weights = both(lower.weights, higher.weights)
  const quality = both(lower.quality, higher.quality)
  const models = both(lower.models, higher.models, (low, high) => [...low, ...high])
  const max = both(lower.max, higher.max, intersectLimits)
  const require = both(lower.require, higher.require, intersectRequirements)
  // A weight of cost and a price per point are two forms of one term: the door that spoke last is meant.
  const paysByWeight = higher.weights?.cost !== undefined
  const willingness = higher.willingness_to_pay ?? (paysByWeight ? undefined : lower.willingness_to_pay)
  const preset = higher.preset ?? lower.preset
  const session = higher.session ?? lower.session
  const explain = higher.explain ?? lower.explain
  const cache = higher.cache ?? lower.cache
  const relax = higher.relax ?? lower.relax
  return {
    ...(preset === undefined ? {} : { preset }),
    ...(weights === undefined ? {} : { weights }),
    ...(quality === undefined ? {} : { quality }),
    ...(max === undefined ? {} : { max }),
    ...(require === undefined ? {} : { require }),
    ...(models === undefined ? {} : { models }),
    ...(willingness === undefined ? {} : { willingness_to_pay: willingness }),
    ...(session === undefined ? {} : { session }),
    ...(explain === undefined ? {} : { explain }),
    ...(cache === undefined ? {} : { cache }),
    ...(relax === undefined ? {} : { relax }),
  }
}

/** The hard limits alone. */
export function hardPart({ max, require, models }: Directives): Directives {
  return {
    ...(max === undefined ? {} : { max }),
    ...(require === undefined ? {} : { require }),
    ...(models === undefined ? {} : { models }),
  }
}

/**
 * What all doors say together, lowest first. `relax` loses the limits that its door may not give up: a caller's those of
 * the operator, a policy's those of the key. A policy is chosen by its caller, and the key's limits are not its own.
 */
export function mergeDirectives(said: readonly SaidDirectives[]): Directives {
  const merged = said.reduce((lower: Directives, { directives }) => overlay(lower, directives), {})
  if (merged.relax === undefined) return merged
  const door = said.findLast(({ directives }) => directives.relax !== undefined)?.door
  if (door === 'key') return merged
  const operators = said.filter((one) => one.door === 'key' || (one.door === 'policy' && door !== 'policy'))
  return relaxingNone(
    merged,
    operators.map(({ directives }) => directives),
  )
}

/** The same, with nothing in `relax` that one of the others limits. */
export function relaxingNone(directives: Directives, others: readonly Directives[]): Directives {
  if (directives.relax === undefined) return directives
  const fixed = new Set(
    others.flatMap(({ max, require }) => [...Object.keys(max ?? {}), ...Object.keys(require ?? {})]),
  )
  return { ...directives, relax: directives.relax.filter((name) => !fixed.has(name)) }
}

function both<Value extends object>(
  lower: Value | undefined,
  higher: Value | undefined,
  join: (lower: Value, higher: Value) => Value = (low, high) => ({ ...low, ...high }),
): Value | undefined {
  if (lower === undefined) return higher
  return higher === undefined ? lower : join(lower, higher)
}

function intersectLimits(lower: Limits, higher: Limits): Limits {
  const limits: Record<string, number> = { ...lower }
  for (const [name, bound] of Object.entries(higher)) limits[name] = Math.min(bound, limits[name] ?? bound)
  return limits
}

function intersectRequirements(lower: Requirements, higher: Requirements): Requirements {
  const requirements: Record<string, RequireValue> = { ...lower }
  for (const [name, value] of Object.entries(higher)) {
    const before = requirements[name]
    requirements[name] = before === undefined ? value : stricter(name, before, value)
  }
  return requirements
}

/** The one value that admits exactly what both admit. */
function stricter(name: string, left: RequireValue, right: RequireValue): RequireValue {
  if (Array.isArray(left) && Array.isArray(right)) {
    // A group and one of its licences have that licence in common.
    if (name === 'license') return common(licensesOf(left), licensesOf(right))
    return common(left, right)
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return left || right
  if (typeof left === 'number' && typeof right === 'number') return Math.max(left, right)
  const choices = memberFlag(`require.${name}`)?.choices ?? []
  return choices.indexOf(String(left)) <= choices.indexOf(String(right)) ? left : right
}

function common(left: readonly string[], right: readonly string[]): string[] {
  const allowed = new Set(right.map((text) => text.toLowerCase()))
  return left.filter((text) => allowed.has(text.toLowerCase()))
}
