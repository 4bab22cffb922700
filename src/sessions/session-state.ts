/** What is kept of a conversation. Plain JSON without a word of it, so that any store can hold it. */
export type SessionState = {
  /** The model that answered last. */
  readonly targetId: string
  /** Where that one was only tried: who would have answered otherwise. */
  readonly insteadOf?: string
  /** Of the call that it answered: when it began, in milliseconds since 1970, and its id. */
  readonly begunAt: number
  readonly id: string
  readonly answeredAt: number
  /** Tokens of that call's prompt, as far as the provider may have them in its cache. */
  readonly cachedTokens: number
  readonly calls: number
  /** By which a pool's shares are drawn: the id of the conversation's first call, or a digest of the caller's own name for it. */
  readonly lot: string
  /** A digest of what was asked of routing. */
  readonly asked: string
  /** The turn's shares of the router's clusters. */
  readonly shares: ArrayLike<number> | undefined
}

/** Where states are kept; one that is shared by several gateways answers later. */
export type SessionStore = {
  get(key: string): SessionState | undefined | Promise<SessionState | undefined>
  set(key: string, state: SessionState): void
}

/**
 * Of two calls of one conversation the one that began later has the last word, whichever is answered first; of two that began
 * at once, the one with the greater id.
 */
export function isLater(state: SessionState, other: SessionState | undefined): boolean {
  if (other === undefined || state.begunAt !== other.begunAt) return state.begunAt > (other?.begunAt ?? -1)
  return state.id > other.id
}
