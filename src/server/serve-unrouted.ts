import type { TakenLimits } from '../call-account.ts'
import { takeLimits } from '../call-account.ts'
import type { Cost } from '../core/counters.ts'
import type { Attempt } from '../core/decision.ts'
import { type GatewayError, toGatewayError } from '../core/errors.ts'
import type { CallGuards } from '../core/guard.ts'
import type { Exchange } from '../core/ports.ts'
import type { Principal } from '../core/snapshot.ts'
import type { Usage } from '../core/stream-part.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { guardHeaders, openGuards } from '../guards-of.ts'
import { hopOf } from '../hop-of.ts'
import type { Context } from '../pipeline.ts'
import { settleCall, settlePassed } from '../settle-usage.ts'
import { SettledExchange } from '../settled-exchange.ts'
import type { CallRecord } from '../telemetry/record.ts'
import { authenticate } from './authenticate.ts'
import { describeThrown } from './describe-thrown.ts'
import { respondError } from './respond-error.ts'

/** What is known of a call so far; filled in as it goes, so that a failure is written down with all of it. */
export type CallSoFar = {
  asked: string
  provider: string | undefined
  /** `provider/model` once it has answered. Never a client's own word: it becomes a label of metrics. */
  target: string | undefined
  status: number | undefined
  stream: boolean
  attempts: readonly Attempt[]
  /** Milliseconds spent waiting for the upstream before the head of the answer. */
  waitedMs: number
  usage: Usage | undefined
  isUsageEstimated: boolean
  costUsd: number | undefined
  error: GatewayError | undefined
}

export type UnroutedCall = {
  readonly id: string
  readonly exchange: Exchange
  readonly context: Context
  readonly principal: Principal
  /** Absent where there are none. */
  readonly guards: CallGuards | undefined
  readonly soFar: CallSoFar
}

type Door = {
  readonly endpoint: string
  readonly format: WireFormat
  /** A key in the query, where a provider's clients put it there. */
  readonly key?: string | undefined
  /** What such a call costs its key, besides being a request: nothing, or what nobody knows. A door that says nothing counts itself. */
  readonly cost?: Cost
}

const MAX_ASKED = 100

/** A call that no router sees: key, answer, errors in the caller's format, one record. Never rejects. */
export async function serveUnrouted(
  exchange: Exchange,
  { endpoint, format, key: queryKey, cost }: Door,
  context: Context,
  answer: (call: UnroutedCall) => Promise<void>,
): Promise<void> {
  const { clock } = context.ports
  const startedAt = clock.monotonic()
  const startedAtEpochMs = clock.now()
  const id = `rt_${context.ports.randomId(24)}`
  let key = 'none'
  let taken: TakenLimits | undefined
  let keyLabel: string | undefined
  let guards: CallGuards | undefined
  const soFar: CallSoFar = {
    asked: '',
    provider: undefined,
    target: undefined,
    status: undefined,
    stream: false,
    attempts: [],
    waitedMs: 0,
    usage: undefined,
    isUsageEstimated: false,
    costUsd: undefined,
    error: undefined,
  }
  const settled = context.ledger === undefined ? undefined : new SettledExchange(exchange, format, clock)
  try {
    const principal = await authenticate(context.snapshot, exchange, queryKey, context.tokens)
    key = principal.name
    hopOf(exchange, context)
    const { limits } = principal
    if (limits !== undefined && cost !== undefined)
      taken = await takeLimits({ id, exchange, key, limits }, { tokens: 0, cost }, context)
    keyLabel = principal.label
    context.ledger?.requireWritable()
    guards = openGuards(principal, context.snapshot, clock)
    await answer({ id, exchange: settled ?? exchange, context, principal, guards, soFar })
  } catch (thrown) {
    const error = toGatewayError(thrown)
    soFar.error = error
    if (error.code === 'internal_error') context.ports.log('error', 'internal_error', describeThrown(thrown))
    const headers = { 'x-route-id': id, ...guardHeaders(guards) }
    respondError(exchange.sink, format, error, { headers, answering: settled?.sink })
  } finally {
    taken?.settle()
  }
  const elapsedMs = clock.monotonic() - startedAt
  const frame = { id, endpoint, key, keyLabel, elapsedMs, guards }
  if (settled !== undefined) {
    settle(recordOf(frame, soFar), soFar, context)
    settled.settled()
  }
  context.telemetry.finished({
    startedAtEpochMs,
    traceparent: exchange.header('traceparent'),
    record: () => recordOf(frame, soFar),
  })
}

/** What was passed on unread may have been charged for; counting tokens is free. */
function settle(record: CallRecord, { asked, status }: CallSoFar, context: Context): void {
  if (record.endpoint !== 'passthrough') settleCall(record, context)
  else if (status !== undefined && status < 300) settlePassed(record, asked, context)
}

type Frame = {
  readonly id: string
  readonly endpoint: string
  readonly key: string
  readonly keyLabel: string | undefined
  readonly elapsedMs: number
  readonly guards: CallGuards | undefined
}

function recordOf({ id, endpoint, key, keyLabel, elapsedMs, guards }: Frame, soFar: CallSoFar): CallRecord {
  const { error } = soFar
  return {
    id,
    endpoint,
    asked: soFar.asked.slice(0, MAX_ASKED),
    target: soFar.target,
    provider: soFar.provider,
    status: soFar.status ?? error?.status ?? 200,
    outcome: error?.code ?? 'complete',
    stream: soFar.stream,
    key,
    keyLabel,
    decision: undefined,
    attempts: soFar.attempts,
    elapsedMs,
    overheadMs: Math.max(0, elapsedMs - soFar.waitedMs),
    ttftMs: undefined,
    usage: soFar.usage,
    estimated: soFar.isUsageEstimated ? ['input'] : [],
    costUsd: soFar.costUsd,
    finishReason: undefined,
    detail: error?.detail,
    guards: guards?.notes(),
  }
}
