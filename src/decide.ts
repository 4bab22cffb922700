import { askedModels, modelsOf, requireSeenModels } from './asked-models.ts'
import { candidatesOf, findTarget } from './candidates.ts'
import { classify } from './classify/classify.ts'
import { lastTurnOf } from './classify/last-turn.ts'
import type { Decision } from './core/decision.ts'
import type { Directives } from './core/directives.ts'
import type { ChatRequest } from './core/request.ts'
import type { SaidInBody } from './core/said-in-body.ts'
import { fraction } from './core/short-hash.ts'
import type { Snapshot } from './core/snapshot.ts'
import type { Asked } from './core/spoken-format.ts'
import { askedOf } from './core/spoken-format.ts'
import type { Target } from './core/target.ts'
import type { Loss } from './core/wire-format.ts'
import type { DecisionLog } from './decision-log/decision-log.ts'
import { hasMatchingPolicies } from './directives/match-policy.ts'
import { readDirectives } from './directives/read-directives.ts'
import type { DispatchResult } from './dispatch/dispatch.ts'
import type { Translation } from './dispatch/upstream-request.ts'
import { lossesOn } from './dispatch/upstream-request.ts'
import { governingPolicy } from './governing.ts'
import { keepSession, lotOf, onlyAlone, openSession, withinReach } from './keep-session.ts'
import { routeAmongUp } from './leave-resting.ts'
import { explorationOf } from './may-explore.ts'
import type { ChatCall, Context } from './pipeline.ts'
import { requireDeclaredChoice } from './require-declared-choice.ts'
import { hasAskedOrder, inAskedOrder } from './route/asked-order.ts'
import type { ForeseenPrompt, RouteInput } from './route/route.ts'
import { LISTED } from './route/route.ts'
import type { Spread } from './route/spread.ts'
import { isBound } from './sessions/bound-state.ts'
import type { ShadowCopy } from './shadow-copy.ts'
import { shadowCopy } from './shadow-copy.ts'
import { translationOf } from './translation-of.ts'

export type Routed = {
  readonly targets: readonly Target[]
  /** `undefined` when the caller named the model and asked nothing of it. */
  readonly decision: Decision | undefined
  readonly isExplained: boolean
  readonly asked: Asked
  /** The gateway chose the model, or an alias of its owner's did: the caller may not know which it is. */
  readonly isChosen: boolean
  /** The caller wants no answer to less than what he sent. */
  readonly isLossless: boolean
  /** The conversation must stay with the model that answered last. */
  readonly isLocked?: boolean
  /** When its stream breaks in the middle of its text, another model may go on with it. */
  readonly isContinuable?: boolean
  /** Which answers of before the caller wants; `undefined` where he did not say. */
  readonly cache?: Directives['cache']
  /** A model that gets a copy of the call. */
  readonly shadow?: ShadowCopy | undefined
  /** What he said of routing that could not be heeded. */
  readonly warnings?: readonly Loss[]
  /** Keeps the call's conversation with the model that answered. */
  readonly keepSession?: ((result: DispatchResult) => void) | undefined
  /** What the router said; `undefined` where none was asked or spoke. */
  readonly foreseen?: ForeseenPrompt | undefined
}

export type Question = Pick<ChatCall, 'id' | 'format' | 'principal' | 'routeHeader' | 'governing'> & {
  readonly chat: ChatRequest
  readonly said: SaidInBody | undefined
  /** Where the decision is logged; left out for one that nobody acts on. */
  readonly decisionLog?: DecisionLog | undefined
  /** The client's headers; without them its session is told by what the body says. */
  readonly header?: (name: string) => string | undefined
  /** Not only the decision is wanted: then it may be one to learn from. */
  readonly isToBeAnswered?: boolean
}

/** Which targets may answer, best first. At once for a call that names its model and asks nothing more. */
export function decide(call: Question, context: Context): Routed | Promise<Routed> {
  requireDeclaredChoice(call.chat, call.format)
  const plain = plainTarget(call, context.snapshot)
  if (plain === undefined) return decideFor(call, context)
  return {
    targets: [plain],
    decision: undefined,
    isExplained: false,
    asked: askedOf(call.chat, true),
    isChosen: false,
    isLossless: false,
  }
}

async function decideFor(call: Question, context: Context): Promise<Routed> {
  const { snapshot, ports } = context
  const signals = classify(call.chat)
  const governing = call.governing ?? governingPolicy(call, () => signals, snapshot)
  const { choice, said, directives, policy, suffix } = readDirectives({
    model: call.chat.model,
    header: call.routeHeader,
    said: call.said,
    principal: call.principal,
    snapshot,
    governing,
  })
  const isExplained = directives.explain === true
  const { warnings = NONE, wishes = {}, kept = NONE } = call.said ?? {}
  const { entries, named, losses } = askedModels({ choice, suffix, wishes }, snapshot, { findTarget, candidatesOf })
  const isNamed = named.length === entries.length
  const naming = {
    warnings: [...warnings, ...losses],
    asked: askedOf(call.chat, isNamed),
    isChosen: !isNamed || snapshot.aliases.has(call.chat.model),
  }
  const isLimited = hasHardLimits(directives)
  if (isLimited) requireSeenModels(kept)
  if (isNamed && !isLimited && !isExplained)
    return {
      targets: [...new Set(named)],
      decision: undefined,
      isExplained,
      ...naming,
      isLossless: false,
      cache: directives.cache,
      shadow: shadowCopy(policy, directives, lotOf(directives, call.id)),
    }

  const translated = (target: Target): Translation =>
    translationOf(target, call.format, naming, call.principal.name, context)
  const pool = choice.type === 'auto' ? choice.pool : undefined
  const asked = modelsOf(entries)
  const speaks = (target: Target): boolean => translated(target).spoken === call.format
  // A list of models is its caller's own order, on every turn.
  const session =
    isNamed || entries.length > 1 ? undefined : await openSession(call, { signals, directives, pool }, context)
  const lot = session?.lot ?? lotOf(directives, call.id)
  const able = ableToServe(asked, call, speaks)
  const { id, principal, chat: request, isToBeAnswered = false } = call
  // Also where its model is forgotten: after a restart, or because it is another gateway's.
  const isLocked = isBound(request.native.body) || (session !== undefined && signals.phase !== 'first-turn')
  const isPinned = named.length > 0 || entries.length > 1 || !isEmpty(wishes)
  const exploration = isToBeAnswered
    ? explorationOf({ directives, signals, isPinned, isLocked, principal }, context)
    : undefined
  if (isToBeAnswered) context.learning.asked({ id, key: principal.name, signals, lastTurn: lastTurnOf(request) })
  const input: RouteInput = {
    id: call.id,
    signals,
    candidates: session === undefined ? able : withinReach(able, session.previous),
    previous: session?.previous,
    directives,
    policy,
    router: context.router,
    deadlineMs: snapshot.router.deadlineMs,
    speaks,
    lossesOn: (target) => lossesOn(call.chat, translated(target)),
    live: context.live.read,
    toolShares: context.toolReliability.share,
    learned: context.learning.learned,
    exploration,
    clock: ports.clock,
    today: new Date(ports.clock.now()).toISOString().slice(0, 10),
    log: ports.log,
    isExplained,
    ranksAll: hasAskedOrder(entries, wishes),
    ...spreadOf(pool, lot, snapshot),
    predictsAll: call.decisionLog !== undefined,
    onPrediction: context.telemetry.routed,
  }
  const routed = await routeAmongUp(input, context.breakers)
  const mustStay = session?.previous?.lock !== undefined && routed.staying?.passes === true
  const listed = isExplained ? Number.POSITIVE_INFINITY : LISTED
  const { decision: ordered, ranked } = inAskedOrder(routed, entries, mustStay ? onlyAlone(wishes) : wishes, listed)
  const warned = naming.warnings.length === 0 ? ordered : { ...ordered, warnings: naming.warnings }
  const decided =
    session === undefined ? warned : { ...warned, session: session.describe(routed.staying, warned.model) }
  const decision = isExplained
    ? withLosses(decided, ranked, (target) => lossesOn(call.chat, translated(target)))
    : decided
  context.decisions.set(call.id, { decision, key: call.principal.name })
  const key = call.principal.name
  call.decisionLog?.decided({ input, foreseen: routed.foreseen, decision: decided, said, key, governing, snapshot })
  return {
    targets: ranked,
    decision,
    isExplained,
    ...naming,
    isLossless: directives.require?.lossless === true,
    isLocked: mustStay,
    cache: directives.cache,
    keepSession: session === undefined ? undefined : (result) => keepSession(session, result, routed),
    foreseen: routed.believed,
    shadow: shadowCopy(policy, directives, lot),
  }
}

/** How the pool shares its requests. A conversation stays on one side: chance is a hash of its name. */
function spreadOf(pool: string | undefined, conversation: string, snapshot: Snapshot): { readonly spread?: Spread } {
  const { weights, canary } = (pool === undefined ? undefined : snapshot.pools.get(pool)) ?? {}
  if (weights === undefined && canary === undefined) return {}
  const draw = (question: string): number => fraction(`${question} ${pool} ${conversation}`)
  return { spread: { weights, canary, draw: { canary: draw('canary'), weights: draw('weights') } } }
}

const NONE: readonly never[] = []

/** Of a body that goes on from what its provider keeps, those that are asked in its own format. Throws when none is. */
function ableToServe(
  candidates: readonly Target[],
  call: Question,
  speaks: (target: Target) => boolean,
): readonly Target[] {
  const refusal = call.format.untranslatable?.(call.chat.native.body)
  if (refusal === undefined) return candidates
  const able = candidates.filter(speaks)
  if (able.length === 0) throw refusal
  return able
}

/** What each candidate's format could not carry: written out only for a caller who wants to see the decision. */
function withLosses(
  decision: Decision,
  ranked: readonly Target[],
  lossesAt: (target: Target) => readonly Loss[],
): Decision {
  const losses = new Map(ranked.map((target) => [target.id, lossesAt(target)]))
  const candidates = decision.candidates.map((candidate) => {
    const list = losses.get(candidate.model) ?? []
    return list.length === 0 ? candidate : { ...candidate, losses: list }
  })
  return { ...decision, candidates }
}

/** The target of a call that names one and says nothing about routing at any door: nothing has to be read then. */
function plainTarget(call: Question, snapshot: Snapshot): Target | undefined {
  const { model } = call.chat
  if (call.routeHeader !== undefined || call.said !== undefined) return undefined
  if (snapshot.aliases.has(model) || !isEmpty(call.principal.routing)) return undefined
  if (hasMatchingPolicies(snapshot)) return undefined
  const policy = snapshot.policies.get(snapshot.defaultPolicy)
  return policy === undefined || hasHardLimits(policy.directives) ? undefined : snapshot.targets.get(model)
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false
  return true
}

/** A model named outright is not routed, but no door's hard limits are passed by. */
function hasHardLimits(directives: Directives): boolean {
  return [directives.max, directives.require, directives.models].some(
    (limits) => limits !== undefined && !isEmpty(limits),
  )
}
