import type { Context } from '@opentelemetry/api'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { table } from '../core/table.ts'
import { ATTRIBUTES } from './attributes.ts'
import type { CallRecord } from './record.ts'

/**
 * One span a call, a child an attempt, the decision as an event, written when the call is over.
 * With no SDK registered the API does nothing, and neither does this.
 */
export function recordSpans(record: CallRecord, startedAtEpochMs: number, traceparent: string | undefined): void {
  const tracer = trace.getTracer('thalamus')
  const parent: Context =
    traceparent === undefined ? context.active() : propagation.extract(context.active(), { traceparent })
  const span = tracer.startSpan(
    `${operationOf(record)} ${record.target ?? record.asked}`,
    { kind: SpanKind.SERVER, startTime: startedAtEpochMs },
    parent,
  )
  if (!span.isRecording()) return

  span.setAttributes({
    [ATTRIBUTES.operation]: operationOf(record),
    [ATTRIBUTES.requestModel]: record.asked,
    [ATTRIBUTES.routeId]: record.id,
    [ATTRIBUTES.status]: record.status,
    [ATTRIBUTES.overheadMs]: record.overheadMs,
    ...defined(ATTRIBUTES.provider, record.provider),
    ...defined(ATTRIBUTES.responseModel, record.target),
    ...defined(ATTRIBUTES.inputTokens, record.usage?.inputTokens),
    ...defined(ATTRIBUTES.outputTokens, record.usage?.outputTokens),
    ...defined(ATTRIBUTES.costUsd, record.costUsd),
    ...defined(ATTRIBUTES.costBasis, record.costBasis),
    ...(record.estimated.length === 0 ? {} : { [ATTRIBUTES.usageEstimated]: [...record.estimated] }),
    ...defined(ATTRIBUTES.policy, record.decision?.policy),
    ...defined(ATTRIBUTES.router, record.decision?.router),
    ...defined(ATTRIBUTES.reason, record.decision?.reason),
    ...(record.finishReason === undefined ? {} : { [ATTRIBUTES.finishReasons]: [record.finishReason] }),
  })
  if (record.decision !== undefined) {
    span.addEvent('decision', { model: record.decision.model, candidates: JSON.stringify(record.decision.candidates) })
  }
  if (record.outcome !== 'complete') {
    span.setStatus({ code: SpanStatusCode.ERROR })
    span.setAttribute(ATTRIBUTES.errorType, record.outcome)
  }
  recordAttempts(record, startedAtEpochMs, trace.setSpan(parent, span))
  span.end(startedAtEpochMs + record.elapsedMs)
}

/** The conventions' word for what was asked; every endpoint that is not here is a chat. */
const OPERATIONS = table<string>({
  embeddings: 'embeddings',
  completions: 'text_completion',
  passthrough: 'passthrough',
  count_tokens: 'count_tokens',
})

function operationOf({ endpoint }: CallRecord): string {
  return OPERATIONS[endpoint] ?? 'chat'
}

const FINE: ReadonlySet<string> = new Set(['ok', 'continued', 'cancelled'])

/** Attempts follow each other, so each begins where the one before ended. */
function recordAttempts(record: CallRecord, startedAtEpochMs: number, parent: Context): void {
  const tracer = trace.getTracer('thalamus')
  let at = startedAtEpochMs
  for (const attempt of record.attempts) {
    const child = tracer.startSpan(`attempt ${attempt.target}`, { kind: SpanKind.CLIENT, startTime: at }, parent)
    child.setAttributes({
      [ATTRIBUTES.requestModel]: attempt.target,
      [ATTRIBUTES.attemptOutcome]: attempt.outcome,
      ...defined(ATTRIBUTES.status, attempt.status),
    })
    if (!FINE.has(attempt.outcome)) child.setStatus({ code: SpanStatusCode.ERROR })
    at += attempt.elapsedMs
    child.end(at)
  }
}

function defined(name: string, value: string | number | undefined): Record<string, string | number> {
  return value === undefined ? {} : { [name]: value }
}
