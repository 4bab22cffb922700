import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { CallGuards } from '../core/guard.ts'
import type { Exchange } from '../core/ports.ts'
import type { ChatBody } from '../core/request.ts'
import type { Principal } from '../core/snapshot.ts'
import type { PathFacts, WireFormat } from '../core/wire-format.ts'
import { countUsage, promptTokensOf } from '../count-usage.ts'
import { underPolicies } from '../governing.ts'
import { guardHeaders, openGuards } from '../guards-of.ts'
import { hopOf } from '../hop-of.ts'
import { measure } from '../measure.ts'
import type { ChatOutcome, Context } from '../pipeline.ts'
import { chat } from '../pipeline.ts'
import { recordOutcomes } from '../record-outcomes.ts'
import { recordToolCalls } from '../record-tool-calls.ts'
import { settleCall } from '../settle-usage.ts'
import { SettledExchange } from '../settled-exchange.ts'
import type { ClientFraming } from '../stream/enframe.ts'
import { takeOffFor } from '../take-off.ts'
import type { CallRecord, Spent } from '../telemetry/record.ts'
import { authenticate } from './authenticate.ts'
import { describeThrown } from './describe-thrown.ts'
import { openChatBody, readBytes } from './read-json.ts'
import { respondError } from './respond-error.ts'

const MAX_ASKED = 100
// `auto:session=NAME`: what a caller calls his conversation is not logged.
const SESSION_NAME = /([:+]\s*session\s*=)[^+]*/gi

/** How a path is served: the caller's wire format, and what the path itself says. */
export type Door = {
  readonly format: WireFormat
  /** As metrics name it. */
  readonly endpoint: string
  readonly said?: PathFacts
  readonly framing?: ClientFraming
  /** A key in the query, where a provider's clients put it there. */
  readonly key?: string | undefined
}

/** One chat call of any wire format: from bytes to the last byte of the answer. Never rejects. */
export async function serveChat(exchange: Exchange, door: Door, context: Context): Promise<void> {
  const { format, endpoint, framing = 'sse' } = door
  const { clock } = context.ports
  const startedAt = clock.monotonic()
  const startedAtEpochMs = clock.now()
  const id = `rt_${context.ports.randomId(24)}`
  let principal: Principal | undefined
  let body: ChatBody | undefined
  let outcome: ChatOutcome | undefined
  let error: GatewayError | undefined
  let guards: CallGuards | undefined
  const taped = context.readingTape.tape(exchange, format, framing)
  const settled =
    context.ledger === undefined ? undefined : new SettledExchange(taped?.exchange ?? exchange, format, clock)
  const fail = (thrown: unknown): void => {
    error = toGatewayError(thrown)
    if (error.code === 'internal_error') context.ports.log('error', 'internal_error', describeThrown(thrown))
    const headers = { 'x-route-id': id, ...guardHeaders(guards) }
    respondError(exchange.sink, format, error, { headers, answering: settled?.sink })
  }

  try {
    const authenticated = authenticate(context.snapshot, exchange, door.key, context.tokens)
    principal = authenticated instanceof Promise ? await authenticated : authenticated
    hopOf(exchange, context)
    context.ledger?.requireWritable()
    const bytes = await readBytes(exchange, context)
    const { snapshot } = context
    const takeOff = takeOffFor({ format, principal, snapshot, pathModel: door.said?.model })
    guards = openGuards(principal, snapshot, clock)
    const routeHeader = exchange.header('x-route')
    body = openChatBody(guards?.request(bytes) ?? bytes, format, door.said, takeOff)
    const governed = underPolicies({ body, said: body.said, format, principal, routeHeader }, guards, snapshot)
    body = governed.body
    outcome = await chat(
      {
        id,
        exchange: settled ?? taped?.exchange ?? exchange,
        body,
        format,
        framing,
        principal,
        routeHeader,
        endpoint,
        startedAt,
        guards,
        governing: governed.governing,
      },
      context,
    )
    error = outcome.result.error
    if (outcome.result.outcome === 'abandoned') error = new GatewayError('client_closed_request', 'The client left.')
    if (outcome.result.outcome === 'failed') fail(error)
  } catch (thrown) {
    fail(thrown)
  }

  const endedAt = clock.monotonic()
  const facts = { id, endpoint, principal, body, outcome, error, guards, elapsedMs: endedAt - startedAt }
  if (settled !== undefined) {
    settleCall(recordOf(facts), context)
    settled.settled()
  }
  context.telemetry.finished({
    startedAtEpochMs,
    traceparent: exchange.header('traceparent'),
    record() {
      const record = recordOf(facts)
      // An answer of before says nothing new of its model.
      const isNew = outcome?.cached === undefined
      if (outcome !== undefined && isNew && record.outcome === 'complete')
        measure(outcome, record, { endedAt, readingGrade: taped?.grade() }, context)
      if (record.decision !== undefined) context.decisionLog?.ended(record)
      if (isNew && outcome?.result.target !== undefined)
        recordToolCalls(outcome.result.observed, outcome.result.target, context)
      if (isNew && outcome?.routed.decision !== undefined) recordOutcomes(outcome, record, context)
      return record
    },
  })
}

/** What is known of a call that has ended. */
export type CallFacts = {
  readonly id: string
  readonly endpoint: string
  readonly principal: Principal | undefined
  readonly body: ChatBody | undefined
  readonly outcome: ChatOutcome | undefined
  readonly error: GatewayError | undefined
  readonly elapsedMs: number
  readonly guards?: CallGuards | undefined
  readonly shadowOf?: string
}

export function recordOf(facts: CallFacts): CallRecord {
  const { outcome, error, body } = facts
  const result = outcome?.result
  const target = result?.target
  const observed = result?.observed
  const spent = spentOn(facts)
  const hasHead = result?.outcome === 'complete' || result?.outcome === 'broken'
  return {
    id: facts.id,
    endpoint: facts.endpoint,
    asked: (body?.model ?? '').replace(SESSION_NAME, '$1…').slice(0, MAX_ASKED),
    target: target?.id,
    provider: target?.provider,
    status: hasHead ? 200 : (error?.status ?? 200),
    outcome: error?.code ?? 'complete',
    stream: body?.stream ?? false,
    key: facts.principal?.name ?? 'none',
    keyLabel: facts.principal?.label,
    decision: outcome?.routed.decision,
    attempts: result?.attempts ?? [],
    elapsedMs: facts.elapsedMs,
    overheadMs: outcome?.overheadMs ?? facts.elapsedMs,
    ttftMs:
      observed?.firstPartAt === undefined || result?.sentAt === undefined
        ? undefined
        : observed.firstPartAt - result.sentAt,
    usage: spent?.usage,
    estimated: spent?.estimated ?? [],
    costUsd: outcome?.cached === undefined ? spent?.costUsd : 0,
    ...(outcome?.cached === undefined ? {} : { cached: outcome.cached }),
    costBasis: spent?.costBasis,
    finishReason: observed?.ending().finishReason,
    detail: error?.detail,
    guards: facts.guards?.notes(),
    ...(facts.shadowOf === undefined ? {} : { shadowOf: facts.shadowOf }),
  }
}

function spentOn({ outcome, body }: CallFacts): Spent | undefined {
  if (outcome?.cached !== undefined) return undefined
  const { observed, target, outcome: how } = outcome?.result ?? {}
  if (observed === undefined || target === undefined || body === undefined) return undefined
  return countUsage(observed, target, how !== 'complete', () => promptTokensOf(body))
}
