import type { Directives } from './core/directives.ts'
import type { Signals } from './core/router.ts'
import type { Wishes } from './core/said-in-body.ts'
import type { Previous } from './core/session.ts'
import { SESSION_DEFAULTS, SESSION_OFF } from './core/session.ts'
import type { Target } from './core/target.ts'
import type { Question } from './decide.ts'
import type { DispatchResult } from './dispatch/dispatch.ts'
import type { Context } from './pipeline.ts'
import type { RouteResult } from './route/route.ts'
import type { Session } from './sessions/sessions.ts'

type Read = { readonly signals: Signals; readonly directives: Directives; readonly pool: string | undefined }

/** The conversation of a call that is routed. */
export function openSession(call: Question, read: Read, context: Context): Promise<Session | undefined> {
  return context.sessions.open({
    ...read,
    id: call.id,
    chat: call.chat,
    tenant: call.principal.name,
    session: read.directives.session,
    header: call.header ?? (() => undefined),
    settings: context.snapshot.sessions ?? SESSION_DEFAULTS,
  })
}

/** What shares are drawn by where no session is open: the caller's name for the conversation, else the call alone. */
export function lotOf({ session }: Directives, id: string): string {
  return session === undefined || session === SESSION_OFF ? id : session
}

/**
 * Of a call that goes on from what a provider keeps, that provider's models: others of the same format keep nothing of it.
 * All of them where it has none any more.
 */
export function withinReach(candidates: readonly Target[], previous: Previous | undefined): readonly Target[] {
  if (previous?.lock !== 'bound state') return candidates
  const provider = candidates.find(({ id }) => id === previous.targetId)?.provider
  return provider === undefined ? candidates : candidates.filter((target) => target.provider === provider)
}

/** Keeps the conversation with the model that answered, or the one that it was tried in place of; a broken answer, and one that never began, change nothing. */
export function keepSession(
  session: Session,
  { outcome, target, observed }: DispatchResult,
  { shares, insteadOf, decision }: RouteResult,
): void {
  const hasAnswered = outcome === 'complete' || (outcome === 'abandoned' && observed?.firstPartAt !== undefined)
  if (!hasAnswered || target === undefined) return
  const ending = observed?.ending()
  session.answered({
    targetId: target.id,
    insteadOf: target.id === decision.model ? insteadOf : undefined,
    usage: ending?.usage,
    responseId: ending?.responseId,
    shares,
  })
}

/** What a conversation that is locked leaves of its caller's wishes for an order: whether others may be tried. */
export function onlyAlone({ isAlone }: Wishes): Wishes {
  return isAlone === undefined ? {} : { isAlone }
}
