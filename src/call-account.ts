import { shapeOf } from './classify/shape.ts'
import type { Claim, Cost, Granted, KeyLimits, LimitsLeft } from './core/counters.ts'
import type { Exchange } from './core/ports.ts'
import type { ReadBody } from './core/request.ts'
import type { Target } from './core/target.ts'
import { countUsage, promptTokensOf } from './count-usage.ts'
import type { Routed } from './decide.ts'
import type { DispatchResult } from './dispatch/dispatch.ts'
import type { CallBounds, CallShape } from './limits/call-bounds.ts'
import { callBounds } from './limits/call-bounds.ts'
import { neverFits, rateLimitHeaders } from './limits/refusal.ts'
import type { ChatCall, Context } from './pipeline.ts'
import { ASSUMED_OUTPUT_TOKENS } from './route/figures.ts'
import type { Spent } from './telemetry/record.ts'

const NANO = 1_000_000_000
const MARGIN_MS = 30_000
/** Of what nobody knows the price: nothing is set aside, but a budget that is used up pays for none. */
export const UNKNOWN_COST: Cost = { full: 1, least: 1 }

type Caller = {
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
): TakenLimits | Promise<TakenLimits> {
  // A call that is passed through may be sent twice.
  const leaseMs = 2 * snapshot.timeouts.totalMs + MARGIN_MS
  const claim: Claim = { key, call: id, limits, ...needs, leaseMs }
  const granted = limiter.take(claim, () => exchange.isAborted())
  return granted instanceof Promise
    ? granted.then((late) => new TakenLimits(claim, late))
    : new TakenLimits(claim, granted)
}

/** What a call holds of its key's limits, and what it has used of it so far. */
export class TakenLimits {
  readonly nanoUsd: number
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

  setHeaders(headers: Record<string, string>): void {
    Object.assign(headers, rateLimitHeaders(this.claim, this.left))
  }

  /** The call is over. */
  settle(): void {
    this.hold.settle({ tokens: this.tokens, nanoUsd: this.spentNanoUsd })
  }
}

/** A chat call's, by the target that it is sent to. */
export class CallAccount {
  readonly taken: TakenLimits
  private readonly bounds: ReadonlyMap<string, CallBounds>

  constructor(taken: TakenLimits, bounds: ReadonlyMap<string, CallBounds>) {
    this.taken = taken
    this.bounds = bounds
  }

  /** How long an answer of this target may be, in tokens, lest the call cost more than was set aside for it. */
  outputFor(target: Target): number | undefined {
    return this.bounds.get(target.id)?.outputFor(this.taken.nanoUsd - this.taken.spentNanoUsd)
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

/** Sets aside what a chat call may take at the dearest of the targets that may be tried. */
export function openAccount(
  call: ChatCall,
  routed: Routed,
  limits: KeyLimits,
  context: Context,
): CallAccount | Promise<CallAccount> {
  const targets = routed.targets.slice(0, context.snapshot.maxAttempts)
  const shape = callShape(call.body.read(), targets)
  const bounds = new Map<string, CallBounds>()
  let cost: Cost = { full: 0, least: 0 }
  let tokens = 0
  for (const target of targets) {
    const predicted = predictedOf(routed, target)
    const rounds = 1 + (shape.hasTools ? (target.refine ?? 0) : 0)
    const bound =
      limits.budget === undefined ? undefined : callBounds(target.facts, shape, { expectedOutput: predicted, rounds })
    if (bound !== undefined) bounds.set(target.id, bound)
    const { full, least } = bound ?? UNKNOWN_COST
    cost = { full: Math.max(cost.full, full), least: Math.max(cost.least, least) }
    const answer =
      Math.min(predicted ?? ASSUMED_OUTPUT_TOKENS, shape.maxOutputTokens ?? Number.POSITIVE_INFINITY) * shape.choices
    tokens = Math.max(tokens, shape.promptTokens + Math.ceil(answer))
  }
  const caller = { id: call.id, exchange: call.exchange, key: call.principal.name, limits }
  const needs = { tokens: boundedTokens(tokens, shape.promptTokens, limits), cost }
  const taken = takeLimits(caller, needs, context)
  return taken instanceof Promise ? taken.then((late) => new CallAccount(late, bounds)) : new CallAccount(taken, bounds)
}

/** A long answer is no reason to refuse a call for ever, a long prompt is. */
export function boundedTokens(tokens: number, promptTokens: number, { tokensPerMinute: most }: KeyLimits): number {
  if (most === undefined) return 0
  if (promptTokens > most) throw neverFits(most, promptTokens)
  return Math.min(tokens, most)
}

function predictedOf({ decision }: Routed, target: Target): number | undefined {
  const candidate = decision?.candidates.find(({ model }) => model === target.id)
  return candidate?.output_tokens ?? undefined
}

function callShape({ chat, text }: ReadBody, targets: readonly Target[]): CallShape & { readonly hasTools: boolean } {
  const { promptTokens, hasAudio } = shapeOf(chat)
  const { body } = chat.native
  const terms = [body['service_tier'], body['serviceTier'], body['speed']].filter((term) => typeof term === 'string')
  const hasLong = targets.some(
    ({ facts }) => facts.price_cache_write_1h !== undefined || facts.price_cache_write !== undefined,
  )
  return {
    promptTokens,
    hasAudio,
    keepsLong: hasLong && text.includes('"1h"'),
    maxOutputTokens: chat.sampling.maxOutputTokens,
    choices: Math.max(1, chat.sampling.choices ?? 1),
    terms,
    hasTools: chat.tools.length > 0,
  }
}
