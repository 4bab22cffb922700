import type { StoreObserver } from '../core/counters.ts'
import type { Attempt } from '../core/decision.ts'
import type { ErrorCode, GatewayError } from '../core/errors.ts'
import type { Outcome } from '../core/outcome.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { CallOutcome } from '../core/tool-outcome.ts'
import { countSpent, createCallCounter } from './count-calls.ts'
import { createMetrics } from './metrics.ts'
import type { CallRecord, Spent } from './record.ts'
import type { MetricFamily } from './registry.ts'
import { recordSpans } from './spans.ts'

export type FinishedCall = {
  readonly startedAtEpochMs: number
  readonly traceparent: string | undefined
  /** Called once, when the call is written down. */
  record(): CallRecord
}

export type Telemetry = {
  /** A failed try at a target, whatever becomes of the call. `lost`: what it took for an answer that reached nobody. */
  attemptFailed(attempt: Attempt, error: GatewayError, lost?: Spent & { readonly key: string }): void
  /** A try that was given up because another target was faster, and what it took all the same. */
  attemptCancelled(attempt: Attempt, spent: Spent & { readonly key: string }): void
  /** What became of a second request. */
  hedged(model: string, result: 'won' | 'lost' | 'failed'): void
  /** A target goes to rest because it failed, or is up again. */
  breaker(model: string, isResting: boolean, cause: ErrorCode | undefined, restMs: number): void
  /** How many calls wait for a provider to have room. */
  waiting(provider: string, calls: number): void
  routed(router: string, device: string, milliseconds: number): void
  /** A call of a tool in an answer, and how reliable the model's calls are after it. */
  toolCalled(model: string, dialect: string, outcome: CallOutcome, reliability: number): void
  /** A kept answer was looked for, found or kept. */
  cacheAsked(kind: 'exact' | 'semantic', outcome: 'hit' | 'miss' | 'stored' | 'too_large'): void
  /** A copy for a second target that was not sent, since too many were under way. */
  shadowDropped(model: string): void
  /** What became of a decision; a person's word is a log line as well. */
  outcome(outcome: Outcome): void
  /** A figure of drift, of a model or, where `model` is empty, of all. */
  drifted(name: 'psi' | 'far_share' | 'cusum' | 'brier' | 'brier_expected', value: number, model: string): void
  finished(call: FinishedCall): void
  /** What becomes of calls to the store that gateways share. */
  readonly store: StoreObserver
  /** What became of records of the decision log. */
  decisionLogged(result: 'written' | 'dropped' | 'failed', records: number): void
  /** What became of records of usage. */
  usageKept(result: 'written' | 'late' | 'dropped', records: number): void
  renderMetrics(): string
  /** What `renderMetrics` writes, as values. */
  readMetrics(): readonly MetricFamily[]
  /** Writes down what is still waiting. */
  flush(): void
}

const LATE_MS = 1
const MOST_WAITING = 1_000
const GOOD = 0.5
/** What ends an attempt and is no failure of its upstream's. */
const OURS: ReadonlySet<string> = new Set(['answer_blocked', 'guard_failed'])

/**
 * One log line, the metrics and the spans of each call. Calls that end within a millisecond are written down together:
 * this code runs cold between two requests and several times as fast over thirty at once. Longer, and the records would
 * outlive a young collection.
 */
export function createTelemetry(
  log: Log,
  isTracing: boolean,
  clock: Clock,
  droppedElsewhere: () => Readonly<Record<string, number>> = () => ({}),
): Telemetry {
  const metrics = createMetrics()
  const count = createCallCounter(metrics)
  let waiting: FinishedCall[] = []

  function flush(): void {
    const calls = waiting
    waiting = []
    for (const call of calls) {
      const record = call.record()
      count(record)
      log(record.status >= 500 ? 'error' : 'info', 'request', logFields(record))
      if (isTracing) recordSpans(record, call.startedAtEpochMs, call.traceparent)
    }
  }

  function bringUpToDate(): void {
    flush()
    for (const [sink, count] of Object.entries(droppedElsewhere())) metrics.telemetryDropped.cell(sink).value = count
  }

  return {
    attemptFailed(attempt, error, lost) {
      if (lost !== undefined) countSpent(metrics, attempt.target, lost.key, lost)
      if (!OURS.has(attempt.outcome)) metrics.failures.add(1, attempt.target, attempt.outcome)
      log('warn', 'attempt_failed', {
        target: attempt.target,
        code: attempt.outcome,
        status: attempt.status,
        ms: round(attempt.elapsedMs),
        ...(lost === undefined ? {} : spentFields(lost)),
        ...error.detail,
      })
    },
    attemptCancelled(attempt, spent) {
      countSpent(metrics, attempt.target, spent.key, spent)
      const { target, elapsedMs } = attempt
      log('info', 'attempt_cancelled', { target, ms: round(elapsedMs), ...spentFields(spent) })
    },
    hedged: (model, result) => metrics.hedges.add(1, model, result),
    breaker(model, isResting, cause, restMs) {
      metrics.breakerOpen.set(isResting ? 1 : 0, model)
      if (isResting) log('warn', 'breaker_opened', { target: model, cause, rest_ms: round(restMs) })
      else log('info', 'breaker_closed', { target: model })
    },
    waiting: (provider, calls) => metrics.queueWaiting.set(calls, provider),
    toolCalled(model, dialect, outcome, reliability) {
      metrics.toolCalls.add(1, model, outcome)
      metrics.toolDialectCalls.add(1, model, dialect, outcome)
      metrics.toolReliability.set(reliability, model)
    },
    outcome({ id, model, source, reward }) {
      metrics.outcomes.add(1, model, source, reward >= GOOD ? 'good' : 'bad')
      if (source === 'user') log('info', 'feedback', { id, model, reward })
    },
    drifted(name, value, model) {
      const gauge = metrics.drift[name]
      if (model === '') gauge.set(value)
      else gauge.set(value, model)
    },
    routed: (router, device, milliseconds) => metrics.router.observe(milliseconds / 1_000, router, device),
    cacheAsked: (kind, outcome) => metrics.cache.add(1, kind, outcome),
    shadowDropped: (model) => metrics.shadowsDropped.add(1, model),
    decisionLogged(result, records) {
      metrics.decisionLog.add(records, result)
      if (result !== 'written') metrics.telemetryDropped.add(records, 'decision_log')
    },
    store: {
      answered: (milliseconds) => metrics.store.seconds.observe(milliseconds / 1_000),
      failed: () => metrics.store.failures.add(1),
      changed: (isUp) => metrics.store.up.set(isUp ? 1 : 0),
    },
    usageKept: (result, records) => metrics.ledger.add(records, result),
    finished(call) {
      waiting.push(call)
      if (waiting.length === 1) clock.timer(LATE_MS, flush)
      else if (waiting.length >= MOST_WAITING) flush()
    },
    renderMetrics() {
      bringUpToDate()
      return metrics.render()
    },
    readMetrics() {
      bringUpToDate()
      return metrics.read()
    },
    flush,
  }
}

function logFields(record: CallRecord): Record<string, unknown> {
  const fields = {
    id: record.id,
    endpoint: record.endpoint,
    asked: record.asked,
    target: record.target,
    status: record.status,
    outcome: record.outcome,
    stream: record.stream,
    key: record.key,
    shadow_of: record.shadowOf,
    cache: record.cached,
    attempts: record.attempts.length,
    ...(record.guards === undefined || record.guards.length === 0 ? {} : { guards: record.guards }),
    ms: round(record.elapsedMs),
    overhead_ms: round(record.overheadMs),
    ttft_ms: round(record.ttftMs),
    ...spentFields(record),
  }
  const { decision, detail } = record
  if (decision !== undefined) {
    Object.assign(fields, { policy: decision.policy, router: decision.router, reason: decision.reason })
  }
  if (detail === undefined) return fields
  // `status` is what the client got.
  const { status: upstreamStatus, ...rest } = detail
  return { ...fields, ...rest, upstream_status: upstreamStatus }
}

function spentFields({ usage, estimated, costUsd, costBasis }: SpentIfAny): Record<string, unknown> {
  return {
    tokens_in: usage?.inputTokens,
    tokens_out: usage?.outputTokens,
    tokens_cached: usage?.cachedInputTokens,
    tokens_cache_write: usage?.cacheWriteTokens,
    tokens_reasoning: usage?.reasoningTokens,
    tokens_audio_in: usage?.inputAudioTokens,
    tokens_audio_out: usage?.outputAudioTokens,
    tokens_image_out: usage?.outputImageTokens,
    web_searches: usage?.webSearches,
    tokens_billed_in: usage?.billedInputTokens,
    tokens_billed_out: usage?.billedOutputTokens,
    usage_estimated: estimated.length > 0 ? true : undefined,
    service_tier: usage?.serviceTier,
    speed: usage?.speed,
    inference_geo: usage?.inferenceGeo,
    cost_usd: costUsd,
    cost_basis: costBasis,
  }
}

type SpentIfAny = Pick<CallRecord, 'usage' | 'estimated' | 'costUsd' | 'costBasis'>

function round(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 100) / 100
}
