/** How conversations are kept to a model; the member `sessions` of the configuration. */
export type SessionSettings = {
  readonly isEnabled: boolean
  /** Milliseconds without a call after which the provider's cache counts as lost. */
  readonly idleMs: number
  /** Cosine between the clusters of two turns, 0..1; less alike, and nothing but the cache speaks for staying. */
  readonly drift: number
  /** Quality points that another model must be better by. */
  readonly switchMargin: number
}

/** `routing.session` of a call that belongs to no conversation. */
export const SESSION_OFF = 'off'

export const SESSION_DEFAULTS: SessionSettings = { isEnabled: true, idleMs: 300_000, drift: 0.6, switchMargin: 1 }

/**
 * Why a conversation must stay with the model that answered last. `tool loop`: results of its calls are on their way to it.
 * `bound state`: its provider keeps what was said before. `follow-up`: the turn says nothing without the one before.
 */
export type SessionLock = 'tool loop' | 'bound state' | 'follow-up'

/** The model that a conversation has, mostly the one that answered last, as routing weighs it against the others. */
export type Previous = {
  readonly targetId: string
  /** It stays as long as it passes the hard limits. */
  readonly lock: SessionLock | undefined
  /** Tokens of the prompt that its provider has in its cache. */
  readonly cachedTokens: number
  /** Quality points in its favour, once the router said what the turn is like. */
  marginPoints(shares: ArrayLike<number> | undefined): number
}

/** What became of the previous model in a decision. */
export type Staying = {
  /** False: it fails a hard limit, or is none of the candidates. */
  readonly passes: boolean
  readonly isCandidate: boolean
  /** Without its cache and its margin another model would have won. */
  readonly isDecisive: boolean
  readonly marginPoints: number
  /** USD that the prompt costs more at the same price without its cache; `undefined` where a price is unknown. */
  readonly switchCostUsd: number | undefined
}

/** What a decision says of its conversation. JSON names, because it is part of the public body. */
export type DecisionSession = {
  /** A digest: neither the client's own id nor a text can be read from it. */
  readonly key: string
  /** Who named the conversation; `opening`: nobody, it is told by its first turn. */
  readonly named_by: 'routing' | 'header' | 'body' | 'opening'
  /** Calls answered before this one. */
  readonly calls: number
  /** The model that answered last; where that one was only tried, who would have answered otherwise. */
  readonly previous?: string
  readonly kept_because?: SessionLock | 'price of switching' | 'same choice'
  readonly redecided_because?:
    | 'new session'
    | 'user turn'
    | 'idle'
    | 'drift'
    | 'changed directives'
    | 'hard limits'
    | 'not a candidate'
  readonly switch_cost_usd?: number
  readonly margin_points?: number
}
