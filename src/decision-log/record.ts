import type { Decision } from '../core/decision.ts'
import type { SaidDirectives } from '../core/directives.ts'
import type { Lesson } from '../core/learned.ts'
import type { Outcome } from '../core/outcome.ts'
import type { FixedOrder } from '../core/policy.ts'
import type { WireFormatId } from '../core/request.ts'
import type { SessionLock } from '../core/session.ts'
import type { Facts } from '../core/target.ts'

// The lines of a decision log: plain JSON, one record a line. docs/replay.md shows them to users.

export type LogRecord = ModelsRecord | DecisionRecord | CallRecord | OutcomeRecord

/** The models of a configuration with their facts: written when a file begins and when the configuration changes. */
export type ModelsRecord = {
  readonly type: 'models'
  /** By which decisions name it. */
  readonly hash: string
  readonly models: readonly LoggedModel[]
}

export type LoggedModel = {
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly format: WireFormatId
  readonly catalog_id?: string
  readonly facts: Facts
}

/** Everything that a decision rested on, so that it can be made again, under the same policy or another. */
export type DecisionRecord = {
  readonly type: 'decision'
  readonly id: string
  /** Milliseconds since 1970. */
  readonly time: number
  /** Name of the caller's key. */
  readonly key: string
  /** `hash` of the models among which it was made. */
  readonly models: string
  readonly policy: string
  readonly fixed_order: FixedOrder
  /** The policy that governs this call where nobody names one: the default, or the first whose conditions hold. */
  readonly default_policy: string
  /** ISO date by which ages of models were counted. */
  readonly today: string
  readonly signals: LoggedSignals
  /** What each door said, lowest first, the policy's own part first of all. */
  readonly said: readonly SaidDirectives[]
  readonly router: LoggedRouter
  readonly candidates: readonly LoggedCandidate[]
  /** How the pool shares its requests, and where this one fell. */
  readonly spread?: LoggedSpread
  /** The model that answered the conversation last, as it was weighed against the others. */
  readonly previous?: LoggedPrevious
  /** What outcomes had taught about models on such prompts; absent when nothing. */
  readonly learned?: Readonly<Record<string, Lesson>>
  /** Where another model than the best might be tried: the share, and where in 0..1 this request fell. */
  readonly exploration?: { readonly share: number; readonly draw: number }
  readonly decision: Decision
}

export type LoggedPrevious = {
  readonly model: string
  readonly lock?: SessionLock
  /** Tokens of the prompt in its provider's cache. */
  readonly cached_tokens: number
  readonly margin_points: number
}

/** What routing knew of the request. `text` is what the router read, and stands there only with `prompts: true`. */
export type LoggedSignals = {
  readonly prompt_tokens: number
  readonly last_turn_tokens: number
  readonly turns: number
  readonly phase: 'first-turn' | 'user-turn' | 'tool-loop'
  readonly tools: number
  readonly tool_forced: boolean
  readonly images: boolean
  readonly audio: boolean
  readonly files: boolean
  readonly json: boolean
  readonly choices: number
  readonly max_output_tokens: number | null
  readonly truncated: boolean
  readonly text?: string
}

export type LoggedRouter = {
  /** Who was asked; null where no router was open. */
  readonly asked: string | null
  /** Who spoke: the one asked or its fallback; null where nobody did in time. */
  readonly spoke: string | null
  readonly problem?: string
  readonly truncated?: boolean
}

/** Weights by model, the model on trial, and the draws of this request, 0..1. */
export type LoggedSpread = {
  readonly weights?: Readonly<Record<string, number>>
  readonly canary?: { readonly model: string; readonly share: number; readonly in_place_of: string }
  readonly draw: { readonly canary: number; readonly weights: number }
}

/** One model that was asked about, in the order in which they were. What is not known is absent. */
export type LoggedCandidate = {
  readonly model: string
  /** As the router predicted it, before tools were weighed. 0..1. */
  readonly quality?: number
  readonly uncertainty?: number
  readonly output_tokens?: number
  /** Of a request with tools: how far its calls can be relied on, and how many of them were seen. */
  readonly tool_reliability?: number
  readonly tool_calls?: number
  /** Live measurements at that time. */
  readonly ttft_ms?: number
  readonly ttft_ms_p95?: number
  readonly tokens_per_second?: number
  /** Its answers' lengths over those that were predicted. */
  readonly length_factor?: number
  readonly length_belief?: number
  readonly reading_grade?: number
  /** Of what it could serve at once, 0..1. */
  readonly remaining_share?: number
  /** False: it does not take the client's own format. */
  readonly speaks?: false
  /** Whether its format carries all of the request; said only where somebody asked for it. */
  readonly lossless?: boolean
}

/** How a routed call ended. */
export type CallRecord = {
  readonly type: 'call'
  readonly id: string
  readonly time: number
  /** The target that answered, if one did. */
  readonly model: string | null
  /** `complete`, or an error code. */
  readonly outcome: string
  readonly status: number
  readonly finish_reason?: string
  readonly tokens_in?: number
  readonly tokens_out?: number
  readonly tokens_cached?: number
  readonly cost_usd?: number
  readonly latency_ms: number
  readonly ttft_ms?: number
  readonly attempts: readonly { readonly model: string; readonly outcome: string }[]
}

/** How good an answer was, from one source. A call may have several, also long after it has ended. */
export type OutcomeRecord = { readonly type: 'outcome' } & Outcome
