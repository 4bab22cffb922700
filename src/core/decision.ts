import type { GuardNote } from './guard.ts'
import type { DecisionSession } from './session.ts'
import type { Target } from './target.ts'
import type { Loss } from './wire-format.ts'

/** One candidate with its estimates, as shown in a decision. JSON names, because this is the public body. */
export type Candidate = {
  readonly model: string
  /**
   * Predicted chance of a good answer, 0..1; `undefined` when no router spoke in time. Of a request with tools, less by
   * as much as the model's calls are less reliable than those of the most reliable candidate.
   */
  readonly quality: number | undefined
  readonly uncertainty: number | undefined
  readonly cost_usd: number | undefined
  /** Expected milliseconds to the last token. */
  readonly latency_ms: number | undefined
  /** Expected milliseconds to the first token. */
  readonly ttft_ms: number | undefined
  /** Nineteen of twenty recent answers began before; absent where none was seen. */
  readonly ttft_ms_p95?: number
  readonly output_tokens: number | undefined
  /** No router predicted the answer's length: a mean stands in, the same for every model. */
  readonly output_tokens_assumed?: true
  /** Expected watt-hours for the answer; absent where the model's size is unknown. */
  readonly energy_wh?: number
  /** The objective's value in quality points; larger is better. */
  readonly score: number | undefined
  readonly in_band: boolean
  readonly on_front: boolean
  /** A model of the front that is predicted to be at least as good and costs no more; absent on the front, and unless `explain`. */
  readonly dominated_by?: string
  /** How far its calls of tools can be relied on, 0..1; absent when the request has no tools. */
  readonly tool_reliability?: number
  /** What outcomes of earlier answers taught about it on prompts like this one; absent when there were none. */
  readonly learned?: LearnedNote
  /** What its format could not carry of the request; absent when nothing, or when nobody asked. */
  readonly losses?: readonly Loss[]
  /** Soft goals whose fact was unknown and took the pool's 75th percentile. */
  readonly assumed?: readonly string[]
}

/** JSON names, because a decision shows it. */
export type LearnedNote = {
  /** Outcomes behind it: of like prompts each counts for nearly one, of others, and of long ago, for less. */
  readonly outcomes: number
  /** By how much they moved `quality`. */
  readonly shift: number
}

/** Why a model was not considered. `required` and `actual` are as in the caller's words; `actual` null = unknown. */
export type Dropped = {
  readonly model: string
  readonly constraint: string
  readonly required: unknown
  readonly actual: unknown
}

/** Weights from and up to which a model wins, everything else being as it was asked; `to` null: any larger one. */
export type WeightInterval = { readonly from: number; readonly to: number | null }

export type TradeOffMember = {
  readonly model: string
  /** 0..1. */
  readonly quality: number
  /** The goal's figure in its own unit (policies/flags.yaml). */
  readonly figure: number
  /** Null: at no weight, while the quality band is as it was asked. */
  readonly wins: WeightInterval | null
  /** The same with a band of 100 points. Null for members that lie below the line between two others. */
  readonly wins_at_any_band: WeightInterval | null
  /** Points of `quality.band` that let this model in. Null: none does, as it lies below `quality.floor`. */
  readonly band_needed: number | null
}

/** Predicted quality against one goal: the models that no other one beats on both, and at which weight each is chosen. */
export type TradeOff = {
  /** `cost`, `latency`, … */
  readonly goal: string
  /** What to set: `weights.cost`, or `willingness_to_pay`. */
  readonly parameter: string
  /** What it is set to. */
  readonly value: number
  /** The least figure first. */
  readonly front: readonly TradeOffMember[]
  readonly knee: string | null
}

/** Plain data: logged, returned by /v1/route, replayable. */
export type Decision = {
  readonly id: string
  /** The winner. */
  readonly model: string
  readonly policy: string
  /** Who predicted: `clusters@1`, or the fallback that spoke for it; `none` when the caller named the model. */
  readonly router: string
  /** A short phrase: `best in band`, `only model in eu`, `router late`, or, where a fallback predicted, `best in band, router late`. */
  readonly reason: string
  /** How likely this winner was, over 0 to 1, where chance had a part; absent where it had none. */
  readonly propensity?: number
  /**
   * Best first: the order in which dispatch tries them, unless there is a `plan`. Of a large pool, unless `explain` asks
   * for all, the first hundred and those of the front.
   */
  readonly candidates: readonly Candidate[]
  readonly dropped: readonly Dropped[]
  /** Models of a large pool that stand neither in `candidates` nor in `dropped`. */
  readonly unlisted?: number
  /** Models no other candidate beats on predicted quality and cost at once, cheapest first. */
  readonly front: readonly string[]
  /** The front's model furthest from the chord between its ends; null when the front has fewer than three. */
  readonly knee: string | null
  /** Cost first, then each other goal that has a weight. Absent unless `explain`, and without predictions. */
  readonly trade_offs?: readonly TradeOff[]
  /** True when the router did not read the whole prompt. */
  readonly truncated: boolean
  /** True when the router did not answer in time or failed, even where its fallback answered instead. */
  readonly router_timed_out: boolean
  /** Which router that was, and what became of it: `router late`, `router busy` or `router failed`. */
  readonly router_problem?: { readonly router: string; readonly problem: string }
  readonly elapsed_ms: number
  readonly signals?: Readonly<Record<string, unknown>>
  readonly evidence?: Readonly<Record<string, unknown>>
  /** What the format of the model that answered could not carry; absent when it carried all. */
  readonly losses?: { readonly model: string; readonly list: readonly Loss[] }
  /** Who is tried, in order, where the caller asked for an order: candidates that are not in it are not tried. */
  readonly plan?: readonly string[]
  /** What the caller said of routing that could not be heeded, where it stood. */
  readonly warnings?: readonly Loss[]
  /** The conversation that the call belongs to, and what that meant; absent where sessions are off. */
  readonly session?: DecisionSession
  /** What guards did; absent where they did nothing. */
  readonly guards?: readonly GuardNote[]
  /** The answer is one of before, and no model was asked. */
  readonly cache?: DecisionCache
  /** Limits given up in the order the caller allowed, if any. */
  readonly relaxed?: readonly string[]
}

/** JSON names, because a receipt shows it. `id`: of the call in which the answer was first given. */
export type DecisionCache = { readonly kind: 'exact' | 'semantic'; readonly age_s: number; readonly id: string }

/** What dispatch does: targets in order, with bounds. */
export type Plan = {
  readonly targets: readonly Target[]
  readonly maxAttempts: number
}

/** Bounds on waiting for an upstream, in milliseconds. */
export type Timeouts = {
  /** To the response's status line. */
  readonly headersMs: number
  /** From sending to the first content part of a stream. */
  readonly firstPartMs: number
  /** Between two reads of a body. */
  readonly idleMs: number
  /** For the whole call, attempts included. */
  readonly totalMs: number
}

/** One try at one target, as listed in `x-route-attempts`. */
export type Attempt = {
  readonly target: string
  /** `ok`, an error code, `cancelled` (another target was faster), or `continued` (it went on with another’s answer). */
  readonly outcome: string
  readonly status: number | undefined
  readonly elapsedMs: number
  /** A second request, sent because the first was slow to begin. */
  readonly isHedge?: true
}
