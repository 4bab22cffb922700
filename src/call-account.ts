import type { Claim, Cost, Granted, KeyLimits, LimitsLeft } from './core/counters.ts'
import type { Exchange } from './core/ports.ts'
import type { Target } from './core/target.ts'
import { countUsage, promptTokensOf } from './count-usage.ts'
import type { DispatchResult } from './dispatch/dispatch.ts'
import type { CallBounds } from './limits/call-bounds.ts'
import { neverFits, rateLimitHeaders } from './limits/refusal.ts'
import type { ChatCall, Context } from './pipeline.ts'
import type { Spent } from './telemetry/record.ts'

const NANO = 1_000_000_000
const MARGIN_MS = 30_000
/** Of what nobody knows the price: nothing is set aside, but a budget that is used up pays for none. */
export const UNKNOWN_COST: Cost = { full: 1, least: 1 }

/** What a target can cost; `undefined` where nobody knows. */
export type BoundsOf = (target: Target) => CallBounds | undefined

export type Caller = {
  readonly id: string
  readonly exchange: Pick<Exchange, 'isAborted'>
  readonly key: string
  readonly limits: KeyLimits
}

/** Takes what a call needs of its key's limits. Throws, or rejects with, its refusal. */
export function takeLimits(
  { id, exchange, key, limits }: Caller,
  needs: Pick<Claim, 'tokens' | 'cost'>,
  { limiter, snapshot }: Context,
  patience: 'waits' | 'at-once' = 'waits',
): TakenLimits | Promise<TakenLimits> {
  // A call that is passed through may be sent twice.
  const leaseMs = 2 * snapshot.timeouts.totalMs + MARGIN_MS
  const claim: Claim = { key, call: id, limits, ...needs, leaseMs }
  const granted = patience === 'waits' ? limiter.take(claim, () => exchange.isAborted()) : limiter.takeAtOnce(claim)
  return granted instanceof Promise
    ? granted.then((late) => new TakenLimits(claim, late))
    : new TakenLimits(claim, granted)
}

/** What a call holds of its key's limits, and what it has used of it so far. */
export class TakenLimits {
  /** Set aside so far. */
  nanoUsd: number
  spentNanoUsd = 0
  private tokens = 0
  private readonly claim: Claim
  private readonly hold: Granted['hold']
  private readonly left: LimitsLeft

  constructor(claim: Claim, { hold, left }: Granted) {
    this.claim = claim
    this.hold = hold
    this.left = left
    this.nanoUsd = hold.nanoUsd
  }

  /** An answer, or as much of one as came. */
  use(spent: Pick<Spent, 'usage' | 'costUsd'> | undefined): void {
    if (spent === undefined) return
    const { inputTokens = 0, outputTokens = 0 } = spent.usage
    this.tokens += inputTokens + outputTokens
    this.spentNanoUsd += Math.round((spent.costUsd ?? 0) * NANO)
  }

  get hasBudget(): boolean {
    return this.claim.limits.budget !== undefined
  }

  /** As much of this as the budget pays for: all, the least or nothing. */
  more(cost: Cost): number | Promise<number> {
    const add = (nanoUsd: number): number => {
      this.nanoUsd += nanoUsd
      return nanoUsd
    }
    const more = this.hold.more(cost)
    return more instanceof Promise ? more.then(add) : add(more)
  }

  setHeaders(headers: Record<string, string>): void {
    Object.assign(headers, rateLimitHeaders(this.claim, this.left))
  }

  /** The call is over. */
  settle(): void {
    this.hold.settle({ tokens: this.tokens, nanoUsd: this.spentNanoUsd })
  }
}

/** A chat call's: what each of its targets may cost is set aside before that is asked. */
export class CallAccount {
  readonly taken: TakenLimits
  /** Targets of the plan that the budget does not pay for: they are not asked. */
  readonly leftOut: readonly Target[]
  private readonly boundsOf: BoundsOf
  /** For which the call's money was taken. */
  private readonly chosen: Target

  constructor(taken: TakenLimits, chosen: Target, leftOut: readonly Target[], boundsOf: BoundsOf) {
    this.taken = taken
    this.chosen = chosen
    this.leftOut = leftOut
    this.boundsOf = boundsOf
  }

  /**
   * Whether what the call holds pays for this target. More is set aside for one that is dearer, as far as there is more. A
   * call with a budget asks one target at a time.
   */
  cover(target: Target): boolean | Promise<boolean> {
    const { taken } = this
    if (!taken.hasBudget) return true
    const { full, least } = this.boundsOf(target) ?? UNKNOWN_COST
    const free = this.free()
    if (free >= full || (target === this.chosen && taken.spentNanoUsd === 0)) return true
    const more = taken.more({ full: full - free, least: Math.max(0, least - free) })
    return more instanceof Promise ? more.then(() => this.free() >= least) : this.free() >= least
  }

  /** How long an answer of this target may be, in tokens, lest the call cost more than was set aside for it. */
  outputFor(target: Target): number | undefined {
    return this.boundsOf(target)?.outputFor(this.free())
  }

  private free(): number {
    return this.taken.nanoUsd - this.taken.spentNanoUsd
  }

  /** Once, whatever became of the call; `undefined` where nobody knows. */
  end(result: DispatchResult | undefined, call: ChatCall): void {
    const { observed, target, outcome } = result ?? {}
    try {
      if (observed !== undefined && target !== undefined)
        this.taken.use(countUsage(observed, target, outcome !== 'complete', () => promptTokensOf(call.body)))
    } finally {
      this.taken.settle()
    }
  }
}

/** A long answer is no reason to refuse a call for ever, a long prompt is. */
export function boundedTokens(tokens: number, promptTokens: number, { tokensPerMinute: most }: KeyLimits): number {
  if (most === undefined) return 0
  if (promptTokens > most) throw neverFits(most, promptTokens)
  return Math.min(tokens, most)
}
