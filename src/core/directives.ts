import type { CacheUse } from './cache-use.ts'
import type { FactName } from './target.ts'

/** A soft goal of the objective; each has a unit and reference in policies/flags.yaml. */
export type GoalName =
  | 'cost'
  | 'latency'
  | 'ttft'
  | 'size'
  | 'recency'
  | 'verbosity'
  | 'readability'
  | 'security'
  | 'openness'
  | 'retention'
  | 'training'
  | 'energy'
  | 'load'

/** An upper bound on an estimate or a fact. Units stand in the name. */
export type MaxName =
  | 'cost_usd'
  | 'price_in'
  | 'price_out'
  | 'latency_ms'
  | 'ttft_ms'
  | 'params_b'
  | 'age_days'
  | 'output_tokens'

/** A hard requirement on facts or abilities. */
export type RequireName =
  | 'region'
  | 'retention'
  | 'training'
  | 'license'
  | 'open_weights'
  | 'local'
  | 'security'
  | 'tools'
  | 'lossless'
  | 'context_tokens'

export type RequireValue = string | number | boolean | readonly string[]

/** Which door said it: decides whose soft weight wins. */
export type Door = 'policy' | 'pool' | 'key' | 'prompt' | 'model' | 'header' | 'body'

/** What the caller asks of routing, from one door or merged from all. Everything is optional; `undefined` = not said. */
export type Directives = {
  readonly preset?: string
  readonly weights?: Readonly<Partial<Record<GoalName, number>>>
  readonly quality?: {
    /** Points of predicted quality (0..100) a candidate may lie below the best and still be considered. */
    readonly band?: number
    /** Least predicted quality, 0..1. */
    readonly floor?: number
    readonly risk?: 'low' | 'normal'
    /** Grade of school (Flesch-Kincaid) that answers should be written for; the goal `readability` is the distance from it. */
    readonly reading_grade?: number
  }
  readonly max?: Readonly<Partial<Record<MaxName, number>>>
  readonly require?: Readonly<Partial<Record<RequireName, RequireValue>>>
  /**
   * Allow and deny patterns (`anthropic/*`, `!openai/gpt-3*`), one list per door that said one;
   * a model must pass every list.
   */
  readonly models?: readonly (readonly string[])[]
  /** USD per point of quality: replaces the logarithmic cost term by `cost / W`. */
  readonly willingness_to_pay?: number
  readonly session?: string
  readonly explain?: boolean
  /** Which answers of before will do; `refresh`: none, and the new one is kept. */
  readonly cache?: CacheUse | 'refresh'
  readonly relax?: readonly string[]
}

/** Directives with where each part came from, for `explain`. */
export type SaidDirectives = { readonly door: Door; readonly directives: Directives }

/** What a `model` field asks for, once its flags are taken off. */
export type ModelChoice =
  | { readonly type: 'auto'; readonly pool: string | undefined }
  | { readonly type: 'target'; readonly id: string }

/** Facts a hard requirement reads, where the two names differ from each other or need saying. */
export const REQUIRE_FACTS = {
  region: 'region',
  retention: 'retention',
  training: 'training',
  license: 'license',
  open_weights: 'open_weights',
  local: 'local',
  security: 'security',
  tools: 'tools',
  context_tokens: 'context_tokens',
} as const satisfies Partial<Record<RequireName, FactName>>
