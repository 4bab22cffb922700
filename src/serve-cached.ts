import type { CachedCall, FoundAnswer } from './answer-cache.ts'
import { replay } from './cache/replay.ts'
import type { CallAccount } from './call-account.ts'
import type { DecisionCache } from './core/decision.ts'
import type { WireFormat } from './core/wire-format.ts'
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
  readonly account: CallAccount | undefined
}

/** Answers with an answer of before, for which its key pays nothing; `undefined` where there is none, and nothing was sent. */
export async function answerAgain(
  cached: CachedCall,
  answering: Answering,
  context: Context,
): Promise<ChatOutcome | undefined> {
  const { call, routed, account } = answering
  let outcome: ChatOutcome | undefined
  try {
    const found = await cached.find()
    outcome = found === undefined ? undefined : serve(found, answering, context)
  } catch (thrown) {
    account?.end(undefined, call)
    throw thrown
  }
  if (outcome === undefined) return undefined
  account?.end(undefined, call)
  routed.keepSession?.(outcome.result)
  return outcome
}

function serve(
  found: FoundAnswer,
  { call, client, routed, account }: Answering,
  context: Context,
): ChatOutcome | undefined {
  const { entry, kind } = found
  const [target] = routed.targets
  const stored = entry.format === call.format.id ? call.format : context.formats.get(entry.format)
  if (target === undefined || stored === undefined) return undefined
  const { clock } = context.ports
  const answer = replayed(found, stored, call, client, target.id, clock.now())
  if (answer === undefined) return undefined
  const losses = [...(routed.warnings ?? []), ...(entry.losses ?? [])]
  const overheadMs = clock.monotonic() - call.startedAt
  const headers: Record<string, string> = { 'content-type': answer.contentType }
  setRouteHeaders(headers, call.id, target, routed.decision, [], overheadMs)
  delete headers['x-route-attempts']
  account?.taken.setHeaders(headers)
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

function replayed(
  { entry }: FoundAnswer,
  stored: WireFormat,
  call: ChatCall,
  client: ClientSide,
  model: string,
  now: number,
): ReturnType<typeof replay> | undefined {
  try {
    const { format, framing, usedCallIds, watch } = client
    const { stream } = call.body
    return replay(entry, stored, { ...answerContext(client, model, now), format, framing, stream, usedCallIds, watch })
  } catch {
    // Kept by a version that read answers otherwise: the model is asked.
    return undefined
  }
}

function describe({ entry, kind, ageMs }: FoundAnswer): DecisionCache {
  return { kind, age_s: Math.floor(ageMs / 1_000), id: entry.id }
}
