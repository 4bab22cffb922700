import type { Directives, RequireValue } from '../core/directives.ts'
import { log2 } from '../core/portable-maths.ts'
import type { Target } from '../core/target.ts'
import type { Failure } from './filter.ts'

export type Rejected = { readonly target: Target; readonly failures: readonly Failure[] }

/** One limit changed so that one model passes. `to: null` gives the limit up: the model's fact is unknown. */
export type Relaxation = {
  readonly limit: string
  readonly from: RequireValue
  readonly to: RequireValue | null
  readonly admits: string
}

/** The directives with limits moved just far enough in the caller's order, and the names of the limits moved. */
export type Relaxed = { readonly directives: Directives; readonly names: readonly string[] }

/** Limits that no order relaxes, whatever was written (contract.md §4). */
const NEVER = new Set(['region', 'retention', 'training', 'license', 'security', 'models', 'local', 'open_weights'])

/**
 * Gives up limits in the caller's order until a model passes: first the first alone, then the first two, … A limit
 * moves no further than the model that needs it least; `undefined` when the whole list admits nobody.
 */
export function relaxInOrder(
  rejected: readonly Rejected[],
  directives: Directives,
  order: readonly string[],
): Relaxed | undefined {
  const names = order.filter((name) => !NEVER.has(name))
  for (let length = 1; length <= names.length; length += 1) {
    const allowed = names.slice(0, length)
    let eligible = rejected.filter(({ failures }) => failures.every((failure) => isRelaxable(failure, allowed)))
    if (eligible.length === 0) continue
    // The limit that the caller would give up last moves least.
    for (const name of allowed.toReversed()) {
      const least = Math.min(...eligible.map((one) => distanceOf(one, name)))
      eligible = eligible.filter((one) => distanceOf(one, name) === least)
    }
    const failures = eligible[0]?.failures ?? []
    return {
      directives: failures.reduce(moveLimit, directives),
      names: [...new Set(failures.map((failure) => failure.limit.name))],
    }
  }
  return undefined
}

/** The smallest change of a single limit that admits a model: figures before kinds, the smaller ratio first. */
export function smallestRelaxation(rejected: readonly Rejected[]): Relaxation | undefined {
  let smallest: { readonly relaxation: Relaxation; readonly size: number } | undefined
  for (const { target, failures } of rejected) {
    const failure = failures[0]
    if (failure === undefined || failures.length > 1 || failure.limit.kind === 'need') continue
    const size = sizeOf(failure)
    const isSmaller =
      smallest === undefined ||
      size < smallest.size ||
      (size === smallest.size && target.id < smallest.relaxation.admits)
    if (!isSmaller) continue
    const { name: limit, required: from } = failure.limit
    smallest = { relaxation: { limit, from, to: relaxedValue(failure), admits: target.id }, size }
  }
  return smallest?.relaxation
}

// Ranks beyond any ratio of figures: a different kind of promise, then a promise given up.
const OTHER_KIND = 1e6
const GIVEN_UP = 1e9

function sizeOf({ limit, actual }: Failure): number {
  if (actual === undefined || limit.kind === 'models') return GIVEN_UP
  if (typeof actual !== 'number' || typeof limit.required !== 'number') return OTHER_KIND
  const low = Math.min(actual, limit.required)
  if (low > 0) return Math.min(log2(Math.max(actual, limit.required) / low), OTHER_KIND - 2)
  // From or to nothing there is no ratio: more than any, and the smaller difference first.
  const difference = Math.abs(actual - limit.required)
  return OTHER_KIND - 2 + difference / (1 + difference)
}

function relaxedValue({ limit, actual }: Failure): RequireValue | null {
  if (actual === undefined || limit.kind === 'models') return null
  if (typeof limit.required === 'boolean') return false
  if (typeof limit.required === 'object') {
    return [...new Set([...limit.required, ...(typeof actual === 'object' ? actual : [String(actual)])])]
  }
  const isEstimate = limit.kind === 'max' && limit.reads !== 'facts'
  return isEstimate && typeof actual === 'number' ? roundedUp(actual) : actual
}

/** To three digits, which people can read and write back: 0.000024100000000000003 ▶ 0.0000242. */
function roundedUp(figure: number): number {
  const near = Number(figure.toPrecision(3))
  if (near >= figure) return near
  return Number((near + 10 ** (Math.floor(Math.log10(figure)) - 2)).toPrecision(3))
}

function isRelaxable({ limit }: Failure, allowed: readonly string[]): boolean {
  return limit.kind !== 'need' && limit.kind !== 'models' && allowed.includes(limit.name)
}

/** How far a model lies outside a limit; comparable between models for one limit only. */
function distanceOf({ failures }: Rejected, name: string): number {
  const failure = failures.find(({ limit }) => limit.name === name)
  if (failure === undefined) return Number.NEGATIVE_INFINITY
  if (failure.actual === undefined) return Number.POSITIVE_INFINITY
  if (typeof failure.actual !== 'number') return 1
  return failure.limit.kind === 'max' ? failure.actual : -failure.actual
}

function moveLimit(directives: Directives, { limit, actual }: Failure): Directives {
  const group = limit.kind === 'max' ? 'max' : 'require'
  const { [limit.name]: _, ...others }: Readonly<Record<string, RequireValue>> = { ...directives[group] }
  const isMoved = typeof actual === 'number'
  return { ...directives, [group]: isMoved ? { ...others, [limit.name]: actual } : others }
}
