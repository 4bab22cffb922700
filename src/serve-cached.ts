import type { CachedCall, FoundAnswer } from './answer-cache.ts'
import { replay } from './cache/replay.ts'
import type { TakenLimits } from './call-account.ts'
import { takeLimits } from './call-account.ts'
import type { DecisionCache } from './core/decision.ts'
import type { Target } from './core/target.ts'
import type { Routed } from './decide.ts'
import { answerContext, type ClientSide } from './dispatch/client-side.ts'
import type { DispatchResult } from './dispatch/dispatch.ts'
import { formatNotes } from './guards/guard-notes.ts'
import type { ChatCall, ChatOutcome, Context } from './pipeline.ts'
import { keepReceipt, namedDecision, withLost } from './receipts.ts'
import { formatLosses, setRouteHeaders } from './route-headers.ts'

type Answering = {
  readonly call: ChatCall
  readonly client: ClientSide
  readonly routed: Routed
}

/**
 * Answers with an answer of before, for which its key pays nothing; `undefined` where there is none, and nothing was sent.
 * Rejects with the refusal of a key that may not ask now.
 */
export async function answerAgain(
  cached: CachedCall,
  answering: Answering,
  context: Context,
): Promise<ChatOutcome | undefined> {
  const found = await cached.find()
  const answer = found === undefined ? undefined : replayed(found, answering, context)
  if (found === undefined || answer === undefined) return undefined
  const { call, routed } = answering
  const taking = takeRequest(call, context)
  const taken = taking instanceof Promise ? await taking : taking
  try {
    const outcome = serve(found, answer, { ...answering, taken }, context)
    routed.keepSession?.(outcome.result)
    return outcome
  } finally {
    taken?.settle()
  }
}

/** A request is counted, and has its place among those under way. What costs nothing waits for no tokens and no money. */
function takeRequest({ id, exchange, principal }: ChatCall, context: Context) {
  const { limits } = principal
  if (limits === undefined) return undefined
  const asked = { ...limits, tokensPerMinute: undefined, budget: undefined }
  return takeLimits({ id, exchange, key: principal.name, limits: asked }, NOTHING, context)
}

const NOTHING = { tokens: 0, cost: { full: 0, least: 0 } }

type Replayed = ReturnType<typeof replay> & { readonly target: Target }

function serve(
  found: FoundAnswer,
  { target, ...answer }: Replayed,
  { call, routed, taken }: Answering & { readonly taken: TakenLimits | undefined },
  context: Context,
): ChatOutcome {
  const { entry, kind } = found
  const { clock } = context.ports
  const losses = [...(routed.warnings ?? []), ...(entry.losses ?? [])]
  const overheadMs = clock.monotonic() - call.startedAt
  const headers: Record<string, string> = { 'content-type': answer.contentType }
  setRouteHeaders(headers, call.id, target, routed.decision, [], overheadMs)
  delete headers['x-route-attempts']
  taken?.setHeaders(headers)
  headers['x-route-cost-usd'] = '0'
  headers['x-route-cache'] = kind === 'exact' ? 'hit' : 'semantic'
  headers['age'] = String(Math.floor(found.ageMs / 1_000))
  const guards = call.guards?.notes() ?? []
  if (guards.length > 0) headers['x-route-guards'] = formatNotes(guards)
  if (losses.length > 0) headers['x-route-losses'] = formatLosses(losses)
  const decided = routed.decision ?? namedDecision(call.id, target, routed.warnings)
  const cache = describe(found)
  keepReceipt(context, call.id, call.principal.name, {
    ...withLost(decided, target, entry.losses ?? []),
    cache,
    ...(guards.length === 0 ? {} : { guards }),
  })
  if (call.body.stream) headers['cache-control'] = 'no-cache'
  else headers['content-length'] = String(encoder.encode(answer.body).length)
  const firstPartAt = clock.monotonic()
  const { sink } = call.exchange
  sink.head(200, headers)
  sink.end(answer.body)
  const { usage, finishReason, responseId } = entry
  const ending = { usage, finishReason, responseId }
  const result: DispatchResult = {
    outcome: 'complete',
    attempts: [],
    target,
    error: undefined,
    observed: { events: 1, firstPartAt, ending: () => ending, sample: () => [] },
    waitedMs: 0,
    sentAt: undefined,
  }
  return { result, routed, overheadMs, cached: kind }
}

const encoder = new TextEncoder()

/** For the model that is asked first. */
function replayed({ entry }: FoundAnswer, { call, client, routed }: Answering, context: Context): Replayed | undefined {
  const [target] = routed.targets
  const stored = entry.format === call.format.id ? call.format : context.formats.get(entry.format)
  if (target === undefined || stored === undefined) return undefined
  try {
    const { format, framing, usedCallIds, watch } = client
    const { stream } = call.body
    const asked = answerContext(client, target.id, context.ports.clock.now())
    return { target, ...replay(entry, stored, { ...asked, format, framing, stream, usedCallIds, watch }) }
  } catch {
    // Kept by a version that read answers otherwise: the model is asked.
    return undefined
  }
}

function describe({ entry, kind, ageMs }: FoundAnswer): DecisionCache {
  return { kind, age_s: Math.floor(ageMs / 1_000), id: entry.id }
}
