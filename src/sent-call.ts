import type { CallAccount } from './call-account.ts'
import type { Attempt } from './core/decision.ts'
import { GatewayError } from './core/errors.ts'
import type { HttpRequest } from './core/ports.ts'
import type { ChatRequest } from './core/request.ts'
import type { Target } from './core/target.ts'
import type { Loss } from './core/wire-format.ts'
import { countCancelled, countFailed, promptTokensOf } from './count-usage.ts'
import type { Routed } from './decide.ts'
import type { Asked as AskedTarget } from './dispatch/attempt.ts'
import type { DispatchedCall } from './dispatch/dispatch.ts'
import type { HandedOver } from './dispatch/handed-over.ts'
import type { Observed } from './dispatch/observed.ts'
import type { Refine } from './dispatch/refined-calls.ts'
import { salvaged } from './dispatch/salvaged.ts'
import type { AnswerFormat, ChangedTools } from './dispatch/tools-as-asked.ts'
import { withToolsAsAsked } from './dispatch/tools-as-asked.ts'
import type { Asking, Translation, UpstreamRequest } from './dispatch/upstream-request.ts'
import { continuedRequest, laterRequest, upstreamRequest } from './dispatch/upstream-request.ts'
import { withGuardNotes } from './guard-notes.ts'
import { formatNotes } from './guards/guard-notes.ts'
import { hopOf } from './hop-of.ts'
import type { ChatCall, Context } from './pipeline.ts'
import { keepReceipt, namedDecision, withLost } from './receipts.ts'
import { recordToolCalls } from './record-tool-calls.ts'
import { createRefine } from './refine-calls.ts'
import { formatLosses, formatOutcomes, setRouteHeaders } from './route-headers.ts'
import { settleAttempt } from './settle-usage.ts'
import { translationOf } from './translation-of.ts'

const NONE: readonly never[] = []

/** What a target answers that has too much to do. */
const REFUSALS: ReadonlySet<string> = new Set(['upstream_rate_limited', 'upstream_overloaded'])

/** A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
export class SentCall implements DispatchedCall {
  overheadMs = 0
  /** What became of looking for an answer of before; `undefined` where none was looked for. */
  cacheOutcome: string | undefined = undefined
  /** What the target that answers could not be told. */
  answerLosses: readonly Loss[] = NONE
  private losses: readonly Loss[] = []
  private changedTools: ChangedTools = {}
  private isAnsweredAnew = false
  private hidesUsage = false
  // Knows what became of the answer's calls so far.
  private answerFormat: AnswerFormat | undefined = undefined
  // Targets that could not verify the reasoning state of earlier turns.
  private readonly unsigned: Set<string>
  // The target that is asked at the moment.
  private underWay: string | undefined = undefined
  private readonly call: ChatCall
  private routed: Routed
  // What answers say is changed on the way: streams are read and written anew.
  private readonly isGuarded: boolean
  private readonly context: Context
  // Of a key that is bounded.
  private readonly account: CallAccount | undefined

  // Of a fork: the call that it was made of.
  private readonly origin: SentCall
  // What another target said of the answer.
  private readonly goesOnWith: HandedOver | undefined

  constructor(
    call: ChatCall,
    routed: Routed,
    isGuarded: boolean,
    context: Context,
    account: CallAccount | undefined,
    { origin, goesOnWith }: { readonly origin?: SentCall; readonly goesOnWith?: HandedOver } = {},
  ) {
    this.goesOnWith = goesOnWith
    this.origin = origin ?? this
    this.unsigned = this.origin === this ? new Set() : this.origin.unsigned
    this.call = call
    this.routed = routed
    this.isGuarded = isGuarded
    this.context = context
    this.account = account
  }

  asked(target: Target, deadlineAt: number): AskedTarget {
    const asked = this.askedOf(target, deadlineAt)
    this.answerFormat = asked.mended ?? asked.format
    return asked
  }

  private askedOf(target: Target, deadlineAt: number): AskedTarget {
    const { call, changedTools } = this
    const { spoken, configured } = this.translation(target)
    const { tools = [], refine = 0 } = changedTools
    const salvage = tools.length === 0 ? undefined : (text: string) => salvaged(text, spoken, changedTools)
    // What is not the client's own format is read and written anew.
    if (spoken === call.format && !this.isAnsweredAnew && !this.routed.isContinuable) {
      const isMended = tools.length > 0 && !call.body.stream
      const rewritesCalls = spoken.id === 'openai-chat' && configured?.provider.hasOrderlyCalls !== true
      const mended = isMended ? { ...withToolsAsAsked(spoken, changedTools), rewritesCalls } : undefined
      return { model: target.id, format: spoken, mended, salvage, hidesUsage: this.hidesUsage }
    }
    const { goesOnWith, routed } = this
    const format = withToolsAsAsked(spoken, changedTools)
    const asked = { model: target.id, format, salvage, isContinuable: routed.isContinuable === true, goesOnWith }
    return refine === 0 ? asked : { ...asked, refine: this.refine(target, refine, deadlineAt) }
  }

  /** Asks the target again in the way in which it was asked. */
  private refine(target: Target, rounds: number, deadlineAt: number): Refine {
    const { call, context, changedTools } = this
    const translation = this.translation(target)
    const asking = this.asking(target)
    const { clock, transport, log } = context.ports
    const chat = (): ChatRequest => call.body.read().chat
    return createRefine({
      chat,
      rounds,
      transport,
      clock,
      log,
      deadlineAt,
      roundMs: context.snapshot.timeouts.headersMs,
      prepare: (later, ask) => {
        const { request, textCalls } = laterRequest(chat(), later, translation, { ...asking, ask })
        return { request, format: withToolsAsAsked(translation.spoken, { ...changedTools, textCalls, tools: [] }) }
      },
    })
  }

  private translation(target: Target): Translation {
    const { call, routed, context } = this
    const isCounted = this.account !== undefined || context.ledger !== undefined
    const translation = { ...translationOf(target, call.format, routed, call.principal.name, context), isCounted }
    const maxOutputTokens = this.account?.outputFor(target)
    return maxOutputTokens === undefined ? translation : { ...translation, maxOutputTokens }
  }

  private asking(target: Target): Asking {
    const { call, context } = this
    return {
      ask: context.ask,
      now: context.ports.clock.now(),
      clientHeader: (name) => call.exchange.header(name),
      hop: hopOf(call.exchange, context),
      keepsSignatures: !this.unsigned.has(target.id),
    }
  }

  prepare(target: Target): HttpRequest | Promise<HttpRequest> {
    const covered = this.account?.cover(target) ?? true
    if (covered === true) return this.prepareCovered(target)
    return Promise.resolve(covered).then((isCovered) => {
      if (!isCovered) throw overBudget(target)
      return this.prepareCovered(target)
    })
  }

  private prepareCovered(target: Target): HttpRequest | Promise<HttpRequest> {
    const { call } = this
    this.over()
    this.context.live.started(target)
    this.underWay = target.id
    const { request, losses, changedTools = {}, isAnsweredAnew = false, hidesUsage = false } = this.requestTo(target)
    this.losses = losses
    this.changedTools = changedTools
    this.isAnsweredAnew = isAnsweredAnew || (this.isGuarded && call.body.stream)
    this.hidesUsage = hidesUsage
    call.body.release()
    return request
  }

  private requestTo(target: Target): UpstreamRequest {
    const { goesOnWith, call } = this
    const [translation, asking] = [this.translation(target), this.asking(target)]
    if (goesOnWith === undefined) return upstreamRequest(call.body, translation, asking)
    return continuedRequest(call.body.read().chat, goesOnWith.text, translation, asking)
  }

  /** Nobody is asked any more. */
  over(): void {
    if (this.underWay !== undefined) this.context.live.ended(this.underWay)
    this.underWay = undefined
  }

  dropSignatures({ id }: Target): boolean {
    if (this.routed.isLossless) return false
    const isNew = !this.unsigned.has(id)
    this.unsigned.add(id)
    return isNew
  }

  setHeaders(headers: Record<string, string>, target: Target, attempts: readonly Attempt[], waitedMs: number): void {
    const { call, context, routed } = this
    const overheadMs = context.ports.clock.monotonic() - call.startedAt - waitedMs
    this.origin.overheadMs = overheadMs
    setRouteHeaders(headers, call.id, target, routed.decision, attempts, overheadMs)
    this.account?.taken.setHeaders(headers)
    if (this.origin !== this) context.telemetry.hedged(target.id, 'won')
    this.origin.answerLosses = this.losses
    const { cacheOutcome } = this.origin
    if (cacheOutcome !== undefined) headers['x-route-cache'] = cacheOutcome
    const outcomes = formatOutcomes(this.answerFormat?.callOutcomes ?? [])
    if (outcomes !== undefined) headers['x-route-tool-calls'] = outcomes
    const guarded = call.guards?.notes() ?? NONE
    if (guarded.length > 0) headers['x-route-guards'] = formatNotes(guarded)
    const warnings = routed.warnings ?? NONE
    const told = warnings.length === 0 ? this.losses : [...warnings, ...this.losses]
    if (told.length > 0) headers['x-route-losses'] = formatLosses(told)
    // A decision is kept since it was made.
    else if (routed.decision !== undefined && guarded.length === 0) return
    const named = routed.decision ?? namedDecision(call.id, target, warnings)
    const decided = guarded.length === 0 ? named : { ...named, guards: guarded }
    keepReceipt(context, call.id, call.principal.name, withLost(decided, target, this.losses))
  }

  /** After the answer: the decision, and its receipt, with what the guards did. */
  noteGuards(): Routed {
    const { call, context } = this
    const notes = call.guards?.notes() ?? NONE
    this.routed = withGuardNotes(this.routed, notes)
    const kept = context.decisions.get(call.id)
    if (kept !== undefined && notes.length > 0)
      keepReceipt(context, call.id, kept.key, { ...kept.decision, guards: notes })
    return this.routed
  }

  failed(attempt: Attempt, error: GatewayError, target: Target, observed: Observed | undefined): void {
    const spent = countFailed(observed, target)
    this.account?.taken.use(spent)
    const lost =
      spent === undefined ? undefined : { ...spent, key: this.call.principal.label ?? this.call.principal.name }
    if (lost !== undefined) settleAttempt(this.lostCall(attempt), lost, this.context)
    if (REFUSALS.has(error.code)) this.context.live.refused(target.id)
    this.over()
    this.context.telemetry.attemptFailed(attempt, error, lost)
    if (attempt.isHedge === true) this.context.telemetry.hedged(target.id, 'failed')
    recordToolCalls(observed, target, this.context)
  }

  private lostCall({ target, outcome }: Attempt) {
    const { id, principal, endpoint } = this.call
    return { id, key: principal.name, model: target, outcome, endpoint: endpoint ?? 'shadow' }
  }

  cancelled(attempt: Attempt, target: Target, observed: Observed | undefined): void {
    const { call, context } = this
    this.over()
    const counted = countCancelled(observed, target, () => promptTokensOf(call.body))
    const spent = { ...counted, key: call.principal.label ?? call.principal.name }
    this.account?.taken.use(counted)
    settleAttempt(this.lostCall(attempt), spent, context)
    context.telemetry.attemptCancelled(attempt, spent)
    if (attempt.isHedge === true) context.telemetry.hedged(target.id, 'lost')
  }

  cut(attempt: Attempt, error: GatewayError, target: Target, observed: Observed): void {
    const { call, context } = this
    const counted = countCancelled(observed, target, () => promptTokensOf(call.body))
    const spent = { ...counted, key: call.principal.label ?? call.principal.name }
    this.account?.taken.use(counted)
    settleAttempt(this.lostCall(attempt), spent, context)
    this.over()
    context.telemetry.attemptFailed(attempt, error, spent)
    recordToolCalls(observed, target, context)
  }

  goingOnWith(goesOnWith: HandedOver): SentCall {
    const { call, routed, context, account, origin } = this
    return new SentCall(call, routed, this.isGuarded, context, account, { origin, goesOnWith })
  }

  fork(): SentCall {
    const call = { ...this.call, body: this.call.body.fork() }
    return new SentCall(call, this.routed, this.isGuarded, this.context, this.account, { origin: this.origin })
  }
}

function overBudget({ id }: Target): GatewayError {
  const message = `What is left of this key’s budget does not pay for ${id} as well.`
  return new GatewayError('budget_exceeded', message, { headers: { 'x-should-retry': 'false' } })
}
