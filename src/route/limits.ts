import type { Directives, MaxName, RequireName, RequireValue } from '../core/directives.ts'
import { licensesOf } from '../core/license-groups.ts'
import { modelMatcher } from '../core/match-models.ts'
import type { Target } from '../core/target.ts'
import type { Estimate, EstimateName } from './estimate.ts'
import { ageDays, RETENTIONS, retentionOf, TRAININGS, trainingOf } from './facts.ts'

/** A hard limit as a pure predicate. An unknown fact reads as `undefined` and fails. */
export type Limit = {
  /** As callers name it: `region`, `cost_usd`. */
  readonly name: string
  /** `need`: the request itself asks for it and no caller can relax it. */
  readonly kind: 'max' | 'require' | 'models' | 'need'
  readonly required: RequireValue
  /**
   * What `actual` depends on: `facts`, the target's facts and the day; `call`, the client's call as well; else an estimate,
   * which needs a prediction of the answer's length.
   */
  readonly reads: 'facts' | 'call' | EstimateName
  actual(target: Target, estimate: Estimate | undefined): RequireValue | undefined
  admits(actual: RequireValue): boolean
}

export type LimitContext = {
  readonly today: string
  /** Whether this target gets all that the client said. */
  readonly isLossless: (target: Target) => boolean
}

/** The limits that directives set, in a fixed order. `false` of a requirement asks for nothing. */
export function limitsOf(directives: Directives, context: LimitContext): Limit[] {
  const limits: Limit[] = []
  for (const patterns of directives.models ?? []) {
    let matches: ((id: string) => boolean) | undefined
    limits.push({
      name: 'models',
      kind: 'models',
      required: patterns,
      reads: 'facts',
      actual: (target) => target.id,
      admits(id) {
        // The verdicts on a list are kept (columns.ts): most often nothing is left to match.
        matches ??= modelMatcher(patterns)
        return matches(String(id))
      },
    })
  }
  for (const name of REQUIRE_NAMES) {
    const required = directives.require?.[name]
    if (required !== undefined && required !== false) limits.push(requirement(name, required, context))
  }
  for (const name of MAX_NAMES) {
    const required = directives.max?.[name]
    if (required !== undefined) limits.push(upperBound(name, required, context))
  }
  return limits
}

const REQUIRE_NAMES: readonly RequireName[] = [
  'region',
  'retention',
  'training',
  'license',
  'open_weights',
  'local',
  'security',
  'tools',
  'lossless',
  'context_tokens',
]
const MAX_NAMES: readonly MaxName[] = [
  'cost_usd',
  'price_in',
  'price_out',
  'latency_ms',
  'ttft_ms',
  'params_b',
  'age_days',
  'output_tokens',
]

function requirement(name: RequireName, required: RequireValue, context: LimitContext): Limit {
  return {
    name,
    kind: 'require',
    required,
    reads: name === 'lossless' ? 'call' : 'facts',
    actual: (target) => factOf(name, target, context),
    admits: admission(name, required),
  }
}

function factOf(name: RequireName, target: Target, context: LimitContext): RequireValue | undefined {
  const { facts } = target
  switch (name) {
    case 'retention':
      return retentionOf(facts)
    case 'training':
      return trainingOf(facts)
    case 'lossless':
      return context.isLossless(target)
    default:
      return facts[name]
  }
}

function admission(name: RequireName, required: RequireValue): (actual: RequireValue) => boolean {
  switch (name) {
    case 'retention':
      return upTo(RETENTIONS, required)
    case 'training':
      return upTo(TRAININGS, required)
    case 'region': {
      // Every place where the prompt may be processed must be allowed: one of two is no residency.
      const allowed = new Set(textsOf(required))
      return (actual) => textsOf(actual).length > 0 && textsOf(actual).every((region) => allowed.has(region))
    }
    case 'license': {
      const allowed = new Set(licensesOf(textsOf(required)))
      return (actual) => textsOf(actual).every((license) => allowed.has(license))
    }
    case 'security':
    case 'context_tokens':
      return (actual) => typeof actual === 'number' && typeof required === 'number' && actual >= required
    case 'open_weights':
    case 'local':
    case 'tools':
    case 'lossless':
      return (actual) => actual === true
    default: {
      const unhandled: never = name
      return unhandled
    }
  }
}

function upTo(order: readonly string[], required: RequireValue): (actual: RequireValue) => boolean {
  const most = order.indexOf(String(required))
  return (actual) => order.includes(String(actual)) && order.indexOf(String(actual)) <= most
}

function textsOf(value: RequireValue): readonly string[] {
  return typeof value === 'object' ? value.map((text) => text.toLowerCase()) : [String(value).toLowerCase()]
}

const READS = {
  cost_usd: 'costUsd',
  latency_ms: 'latencyMs',
  ttft_ms: 'ttftMs',
  output_tokens: 'outputTokens',
  price_in: 'facts',
  price_out: 'facts',
  params_b: 'facts',
  age_days: 'facts',
} as const satisfies Record<MaxName, Limit['reads']>

function upperBound(name: MaxName, required: number, context: LimitContext): Limit {
  return {
    name,
    kind: 'max',
    required,
    reads: READS[name],
    actual: (target, estimate) => figureOf(name, target, estimate, context),
    admits: (actual) => typeof actual === 'number' && actual <= required,
  }
}

function figureOf(
  name: MaxName,
  target: Target,
  estimate: Estimate | undefined,
  context: LimitContext,
): number | undefined {
  switch (name) {
    case 'cost_usd':
      return estimate?.costUsd
    case 'latency_ms':
      return estimate?.latencyMs
    case 'ttft_ms':
      return estimate?.ttftMs
    case 'output_tokens':
      return estimate?.outputTokens
    case 'params_b':
    case 'price_in':
    case 'price_out':
      return target.facts[name]
    case 'age_days':
      return ageDays(target.facts, context.today)
    default: {
      const unhandled: never = name
      return unhandled
    }
  }
}
