import type { AnswerCache, CacheKind } from './answer-cache.ts'
import { openCached } from './answer-cache.ts'
import type { Attempt, Decision } from './core/decision.ts'
import { DISPATCH_DEFAULTS } from './core/dispatch-settings.ts'
import { GatewayError } from './core/errors.ts'
import type { CallGuards } from './core/guard.ts'
import type { Mask } from './core/mask.ts'
import type { Exchange, Ports, Store } from './core/ports.ts'
import type { ProviderCall } from './core/provider.ts'
import type { ChatBody } from './core/request.ts'
import type { Router } from './core/router.ts'
import type { Principal, Snapshot } from './core/snapshot.ts'
import type { TextTools } from './core/target.ts'
import type { WireFormat } from './core/wire-format.ts'
import { promptTokensOf, usageOf } from './count-usage.ts'
import type { Routed } from './decide.ts'
import { decide } from './decide.ts'
import type { DecisionLog } from './decision-log/decision-log.ts'
import type { Breakers } from './dispatch/breaker.ts'
import { callIdsOf } from './dispatch/client-side.ts'
import type { Places } from './dispatch/concurrency.ts'
import type { Deadlines } from './dispatch/deadline.ts'
import type { DispatchResult } from './dispatch/dispatch.ts'
import { dispatch } from './dispatch/dispatch.ts'
import { endsWithResults } from './dispatch/empty-answer.ts'
import type { HedgeBudget } from './dispatch/hedge-budget.ts'
import { requireOneAnswer, withGuardNotes } from './guard-notes.ts'
import type { KeptThoughts } from './kept-thoughts.ts'
import type { Learning } from './learn/learning.ts'
import type { Limiter } from './limits/limiter.ts'
import { mayBeCopied } from './may-be-copied.ts'
import { openAccount, withinBudget } from './open-account.ts'
import type { ReadingTape } from './reading-tape.ts'
import { formatAttempts } from './route-headers.ts'
import { hedgingOf, mayGoOn } from './second-requests.ts'
import { SentCall } from './sent-call.ts'
import { answerAgain } from './serve-cached.ts'
import type { Tokens } from './server/jwt/tokens.ts'
import type { Sessions } from './sessions/sessions.ts'
import type { ShadowCalls } from './shadow-calls.ts'
import type { ClientFraming } from './stream/enframe.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import type { KeptUsage } from './usage/keep-usage.ts'
import type { LiveMeasures } from './usage/live-measures.ts'
import type { ToolReliability } from './usage/tool-reliability.ts'

// The life of a chat call, top to bottom: one call per box of docs/architecture.md. Keep it readable as that.

/** What every call shares. */
export type Context = {
  readonly ports: Ports
  /** Names this gateway among others, for as long as it runs. */
  readonly instance: string
  readonly snapshot: Snapshot
  readonly router: Router | undefined
  /** Absent where no issuer is configured. */
  readonly tokens?: Tokens | undefined
  readonly live: LiveMeasures
  readonly readingTape: ReadingTape
  readonly toolReliability: ToolReliability
  readonly learning: Learning
  readonly limiter: Limiter
  readonly telemetry: Telemetry
  readonly deadlines: Deadlines
  readonly breakers: Breakers
  readonly places: Places
  readonly hedges: HedgeBudget
  readonly decisions: Store<KeptDecision>
  /** Absent where none is configured. */
  readonly decisionLog?: DecisionLog | undefined
  readonly ledger?: KeptUsage | undefined
  readonly thoughts: KeptThoughts
  readonly sessions: Sessions
  readonly shadows: ShadowCalls
  /** Hides the secrets of the snapshot in what upstreams say. */
  readonly mask: Mask
  /** Absent where no answer is kept. */
  readonly answers?: AnswerCache | undefined
  readonly formats: ReadonlyMap<string, WireFormat>
  readonly ask: ProviderCall['ask']
  /** What a target's server says of how its models call tools; `undefined` where nothing is known beyond the configuration. */
  readonly textTools: (targetId: string) => TextTools | undefined
}

/** A decision and whose it is: receipts are shown to their own key only. */
export type KeptDecision = { readonly decision: Decision; readonly key: string }

export type ChatCall = {
  readonly id: string
  readonly exchange: Exchange
  readonly body: ChatBody
  /** The caller's wire format, and how he wants a stream framed. */
  readonly format: WireFormat
  readonly framing: ClientFraming
  readonly principal: Principal
  readonly routeHeader: string | undefined
  /** As metrics name it. */
  readonly endpoint?: string
  readonly startedAt: number
  /** Whose request has passed; absent where there are none. */
  readonly guards?: CallGuards | undefined
  /** The policy that governs where no door names one; found when the call is decided where left out. */
  readonly governing?: string | undefined
  /** Of a copy to a second target: the id of the call that it is a copy of. */
  readonly shadowOf?: string
  /** A call of the program's own: it is answered by a model. */
  readonly isOwn?: boolean
}

export type ChatOutcome = {
  readonly result: DispatchResult
  readonly routed: Routed
  readonly overheadMs: number
  /** The answer is one of before: it costs nothing, and says nothing new of its model. */
  readonly cached?: CacheKind
}

/**
 * Decides, dispatches and streams the answer into the exchange. Throws only before anything was sent; where no target
 * answered, the outcome has the error and nothing is written.
 */
export async function chat(call: ChatCall, context: Context): Promise<ChatOutcome> {
  const { snapshot, ports } = context
  const { id, body, principal, routeHeader, format, framing } = call
  const { chat: asked } = body.read()
  const followsResults = endsWithResults(asked.messages)
  const { includeUsage, legacyCalls } = asked
  const usedCallIds = () => callIdsOf(asked.messages)
  const watch = asked.tools.length === 0 ? undefined : context.thoughts.watch(principal.name)
  const guard = call.guards?.answer()
  if (guard !== undefined && body.stream) requireOneAnswer(asked)
  const client = { format, framing, id, includeUsage, legacyCalls, followsResults, usedCallIds, watch, guard }
  // What a shadow answers reaches nobody, and is decided for nobody.
  const isToBeAnswered = call.shadowOf === undefined
  const decisionLog = isToBeAnswered ? context.decisionLog : undefined
  const { said } = body
  const header = (name: string) => call.exchange.header(name)
  const { governing } = call
  const question = {
    id,
    chat: asked,
    format,
    principal,
    governing,
    routeHeader,
    header,
    said,
    decisionLog,
    isToBeAnswered,
  }
  const { limits } = principal
  if (limits !== undefined && isToBeAnswered) context.limiter.requireRequestsLeft({ key: principal.name, limits })
  const deciding = decide(question, context)
  const decided = deciding instanceof Promise ? await deciding : deciding
  const guarded = call.guards === undefined ? decided : withGuardNotes(decided, call.guards.notes())
  const planned = mayGoOn(call, decided, snapshot) ? { ...guarded, isContinuable: true } : guarded
  const { answers } = context
  // Two requests may be one after what was redacted of them, and their answers are not.
  const isKept = answers !== undefined && guard === undefined
  const cached = isKept ? openCached(call, asked, planned, answers, context) : undefined
  const answered =
    cached === undefined ? undefined : await answerAgain(cached, { call, client, routed: planned }, context)
  if (answered !== undefined) return answered
  const opening = limits === undefined || !isToBeAnswered ? undefined : openAccount(call, planned, limits, context)
  const account = opening instanceof Promise ? await opening : opening
  const routed = account === undefined ? planned : withinBudget(planned, account)
  const isCopied = routed.shadow !== undefined && call.shadowOf === undefined && mayBeCopied(asked, body)
  const sendCopy = isCopied ? context.shadows.prepare(call, routed.shadow, context) : undefined
  const sent = new SentCall(call, routed, guard !== undefined, context, account)
  sent.cacheOutcome = cached?.outcome
  const dispatched = dispatch({
    plan: { targets: routed.targets, maxAttempts: snapshot.maxAttempts },
    stream: body.stream,
    client,
    exchange: cached?.exchange ?? call.exchange,
    transport: ports.transport,
    clock: ports.clock,
    timeouts: snapshot.timeouts,
    deadlines: context.deadlines,
    mask: context.mask,
    settings: snapshot.dispatch ?? DISPATCH_DEFAULTS,
    breakers: context.breakers,
    places: context.places,
    key: principal.name,
    hedging: hedgingOf(call, routed, context),
    random: ports.random,
    call: sent,
    explanation: routed.isExplained ? routed.decision : undefined,
    estimateUsage: (observed) => usageOf(observed, false, () => promptTokensOf(body)).usage,
  })
  if (account !== undefined)
    dispatched.then(
      (result) => account.end(result, call),
      () => account.end(undefined, call),
    )
  const result = await dispatched.finally(() => {
    sent.over()
    sendCopy?.()
  })
  if (routed.keepSession !== undefined) routed.keepSession(result)
  cached?.keep(result, sent.answerLosses)
  const ended = guard === undefined ? routed : sent.noteGuards()
  if (result.outcome !== 'failed' || result.error === undefined)
    return { result, routed: ended, overheadMs: sent.overheadMs }
  const error = withAttempts(result.error, result.attempts)
  const overheadMs = ports.clock.monotonic() - call.startedAt - result.waitedMs
  return { result: { ...result, error }, routed: ended, overheadMs }
}

function withAttempts(error: GatewayError, attempts: readonly Attempt[]): GatewayError {
  const tried = [...new Set(attempts.map((attempt) => attempt.target))]
  const message = tried.length < 2 ? error.message : `${error.message} (tried ${tried.join(', then ')})`
  return new GatewayError(error.code, message, {
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.data === undefined ? {} : { data: error.data }),
    detail: error.detail,
    headers: { ...error.headers, 'x-route-attempts': formatAttempts(attempts) },
    cause: error.cause,
  })
}
