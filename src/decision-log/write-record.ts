import type { Attempt, Decision } from '../core/decision.ts'
import type { SaidDirectives } from '../core/directives.ts'
import { SESSION_OFF } from '../core/session.ts'
import { shortHash } from '../core/short-hash.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { FinishReason, Usage } from '../core/stream-part.ts'
import type { Target } from '../core/target.ts'
import { describeSignals } from '../route/describe.ts'
import type { Foreseen, RouteInput } from '../route/route.ts'
import type {
  CallRecord,
  DecisionRecord,
  LoggedCandidate,
  LoggedPrevious,
  LoggedRouter,
  LoggedSignals,
  LoggedSpread,
  ModelsRecord,
} from './record.ts'

/** A decision just made, with all that it rested on. */
export type Made = {
  readonly input: RouteInput
  readonly foreseen: Foreseen
  readonly decision: Decision
  readonly said: readonly SaidDirectives[]
  /** Name of the caller's key. */
  readonly key: string
  /** The policy that governs this call where nobody names one. */
  readonly governing: string
  readonly snapshot: Snapshot
}

/** What may have changed by the time a decision is written down, taken at the time it was made. */
export type Taken = Omit<Made, 'input'> & {
  readonly input: Pick<RouteInput, 'id' | 'signals' | 'policy' | 'router' | 'today'> & {
    readonly spread: RouteInput['spread'] | undefined
    readonly exploration: DecisionRecord['exploration']
    readonly learned: DecisionRecord['learned']
  }
  readonly previous: LoggedPrevious | undefined
  readonly time: number
  readonly measures: readonly (readonly [Share, boolean, boolean | undefined])[]
}

type Share = { readonly reliability: number; readonly calls: number } | undefined

/** Copies what is measured live, and lets go of what belongs to the call. */
export function take(made: Made, time: number): Taken {
  const { input, foreseen, decision, said, key, governing, snapshot } = made
  const { id, signals, policy, router, today, spread, speaks = () => true, lossesOn } = input
  // What a format would lose takes a translation to find out, so nobody is asked who was not.
  const asksLossless = input.directives.require?.lossless === true
  const measures = foreseen.targets.map(
    (target) =>
      [
        foreseen.toolShares?.(target),
        speaks(target),
        asksLossless ? (lossesOn?.(target).length ?? 0) === 0 : undefined,
      ] as const,
  )
  return {
    input: {
      id,
      signals,
      policy,
      router,
      today,
      spread,
      exploration: explorationOf(input),
      learned: learnedOf(foreseen),
    },
    previous: previousRecord(input, foreseen),
    foreseen,
    decision,
    said,
    key,
    governing,
    snapshot,
    time,
    measures,
  }
}

/** The line of a decision. */
export function decisionRecord(taken: Taken, models: string, prompts: boolean): DecisionRecord {
  const { input, decision, said, key, time, governing, previous } = taken
  const { id, policy, today, signals, spread, exploration, learned } = input
  return {
    type: 'decision',
    id,
    time,
    key,
    models,
    policy: policy.name,
    fixed_order: policy.fixedOrder,
    default_policy: governing,
    today,
    signals: signalsRecord(signals, prompts),
    said: said.map(withoutSession),
    router: routerRecord(taken),
    candidates: candidateRecords(taken),
    ...(spread === undefined ? {} : { spread: spreadRecord(spread) }),
    ...(previous === undefined ? {} : { previous }),
    ...(learned === undefined ? {} : { learned }),
    ...(exploration === undefined ? {} : { exploration }),
    decision,
  }
}

/** A request draws once, however often it is asked. */
function explorationOf({ exploration }: RouteInput): DecisionRecord['exploration'] {
  return exploration === undefined ? undefined : { share: exploration.share, draw: exploration.random() }
}

function learnedOf({ lessons, targets }: Foreseen): DecisionRecord['learned'] {
  if (lessons === undefined || lessons.size === 0) return undefined
  const known = targets.flatMap(({ id }) => {
    const lesson = lessons.get(id)
    return lesson === undefined ? [] : [[id, lesson] as const]
  })
  return known.length === 0 ? undefined : Object.fromEntries(known)
}

/** The caller's name for a conversation is nobody else's to know; its digest stands in the decision. */
function withoutSession({ door, directives }: SaidDirectives): SaidDirectives {
  if (directives.session === undefined || directives.session === SESSION_OFF) return { door, directives }
  const { session: _, ...others } = directives
  return { door, directives: others }
}

function signalsRecord(signals: RouteInput['signals'], prompts: boolean): LoggedSignals {
  const known = describeSignals(signals) as Omit<LoggedSignals, 'truncated' | 'text'>
  return { ...known, truncated: signals.truncated, ...(prompts ? { text: signals.routingText } : {}) }
}

function spreadRecord({ weights, canary, draw }: NonNullable<RouteInput['spread']>): LoggedSpread {
  return {
    ...(weights === undefined ? {} : { weights: Object.fromEntries(weights) }),
    ...(canary === undefined
      ? {}
      : { canary: { model: canary.model, share: canary.share, in_place_of: canary.inPlaceOf } }),
    draw,
  }
}

function previousRecord({ previous }: RouteInput, { predicted }: Foreseen): LoggedPrevious | undefined {
  if (previous === undefined) return undefined
  const { targetId: model, lock, cachedTokens } = previous
  return {
    model,
    ...(lock === undefined ? {} : { lock }),
    cached_tokens: cachedTokens,
    margin_points: previous.marginPoints(predicted.predictions?.shares),
  }
}

function routerRecord({ input, foreseen }: Taken): LoggedRouter {
  const { predictions, router, problem } = foreseen.predicted
  return {
    asked: input.router?.name ?? null,
    spoke: predictions === undefined ? null : (router?.name ?? null),
    ...(problem === undefined ? {} : { problem }),
    ...(predictions?.truncated === true ? { truncated: true } : {}),
  }
}

function candidateRecords({ foreseen, measures }: Taken): LoggedCandidate[] {
  const predictions = foreseen.predicted.predictions?.predictions
  return foreseen.targets.map((target, index) => {
    const prediction = predictions?.[index]
    const [share, speaks = true, lossless] = measures[index] ?? []
    const live = foreseen.measured[index]
    return {
      model: target.id,
      ...(prediction === undefined ? {} : { quality: prediction.quality, uncertainty: prediction.uncertainty }),
      ...(prediction?.outputTokens === undefined ? {} : { output_tokens: prediction.outputTokens }),
      ...(share === undefined ? {} : { tool_reliability: share.reliability, tool_calls: share.calls }),
      ...(live?.ttftMs === undefined ? {} : { ttft_ms: live.ttftMs }),
      ...(live?.ttftMsP95 === undefined ? {} : { ttft_ms_p95: live.ttftMsP95 }),
      ...(live?.tokensPerSecond === undefined ? {} : { tokens_per_second: live.tokensPerSecond }),
      ...(live?.lengthFactor === undefined ? {} : { length_factor: live.lengthFactor }),
      ...(live?.lengthBelief === undefined ? {} : { length_belief: live.lengthBelief }),
      ...(live?.readingGrade === undefined ? {} : { reading_grade: live.readingGrade }),
      ...(live?.remainingShare === undefined ? {} : { remaining_share: live.remainingShare }),
      ...(speaks ? {} : { speaks }),
      ...(lossless === undefined ? {} : { lossless }),
    }
  })
}

/** The models of a configuration. Addresses stay out: they may name machines that nobody else should know. */
export function modelsRecord(targets: Iterable<Target>): ModelsRecord {
  const models = [...targets].map(({ id, provider, model, format, catalogId, facts }) => ({
    id,
    provider,
    model,
    format,
    ...(catalogId === undefined ? {} : { catalog_id: catalogId }),
    facts,
  }))
  return { type: 'models', hash: shortHash(JSON.stringify(models), 12), models }
}

/** A routed call that is over, as telemetry knows it. */
export type EndedCall = {
  readonly id: string
  readonly target: string | undefined
  readonly outcome: string
  readonly status: number
  readonly attempts: readonly Attempt[]
  readonly elapsedMs: number
  readonly ttftMs: number | undefined
  readonly usage: Usage | undefined
  readonly costUsd: number | undefined
  readonly finishReason: FinishReason | undefined
}

/** The line of a call's end. */
export function callRecord(ended: EndedCall, time: number): CallRecord {
  const { id, target, outcome, status, attempts, elapsedMs, ttftMs, usage, costUsd, finishReason } = ended
  return {
    type: 'call',
    id,
    time,
    model: target ?? null,
    outcome,
    status,
    ...(finishReason === undefined ? {} : { finish_reason: finishReason }),
    ...(usage?.inputTokens === undefined ? {} : { tokens_in: usage.inputTokens }),
    ...(usage?.outputTokens === undefined ? {} : { tokens_out: usage.outputTokens }),
    ...(usage?.cachedInputTokens === undefined ? {} : { tokens_cached: usage.cachedInputTokens }),
    ...(costUsd === undefined ? {} : { cost_usd: costUsd }),
    latency_ms: Math.round(elapsedMs * 100) / 100,
    ...(ttftMs === undefined ? {} : { ttft_ms: Math.round(ttftMs * 100) / 100 }),
    attempts: attempts.map((attempt) => ({ model: attempt.target, outcome: attempt.outcome })),
  }
}
