import { classify } from './classify/classify.ts'
import type { CallGuards } from './core/guard.ts'
import type { ChatBody, ChatRequest } from './core/request.ts'
import type { Signals } from './core/router.ts'
import type { SaidInBody } from './core/said-in-body.ts'
import type { Principal, Snapshot } from './core/snapshot.ts'
import type { WireFormat } from './core/wire-format.ts'
import { matchPolicy } from './directives/match-policy.ts'
import { readDirectives } from './directives/read-directives.ts'
import { guardsOfPolicies, hasPolicyGuards } from './guards-of.ts'
import { describeSignals } from './route/describe.ts'

// Which policy governs a chat, told from the body before that policy's own guards change it.

type Caller = { readonly format: WireFormat; readonly principal: Principal }

/** The policy that governs a call where its caller names none. */
export function governingPolicy(
  { chat, format, principal }: Caller & { readonly chat: ChatRequest },
  signals: () => Signals,
  snapshot: Snapshot,
): string {
  const { model, metadata } = chat
  const call = { key: principal.name, format: format.id, model, metadata, signals: () => describeSignals(signals()) }
  return matchPolicy(call, snapshot)
}

export type Asking = Caller & {
  readonly body: ChatBody
  readonly said: SaidInBody | undefined
  readonly routeHeader: string | undefined
}

/** `governing`: as it was told before the guards of policies read the body; `undefined` where no policy has any. */
export type Governed = { readonly body: ChatBody; readonly governing: string | undefined }

/**
 * The body past the guards of every policy that governs the call or that it names: naming another switches none off.
 * Throws `request_blocked` and `guard_failed`, and what reading its directives throws.
 */
export function underPolicies(asking: Asking, guards: CallGuards | undefined, snapshot: Snapshot): Governed {
  const { body, said, routeHeader: header, principal, format } = asking
  if (guards === undefined || !hasPolicyGuards(snapshot)) return { body, governing: undefined }
  const { chat } = body.read()
  const governing = governingPolicy({ chat, format, principal }, () => classify(chat), snapshot)
  const { named } = readDirectives({ model: chat.model, header, said, principal, snapshot, governing })
  const placed = guardsOfPolicies(named)
  return { body: placed.length === 0 ? body : body.changed((bytes) => guards.also(placed, bytes)), governing }
}
