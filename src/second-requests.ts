import { shapeOf } from './classify/shape.ts'
import type { Snapshot } from './core/snapshot.ts'
import type { Routed } from './decide.ts'
import type { Hedging } from './dispatch/dispatch.ts'
import { hedgeAfterMs } from './hedge-after.ts'
import { mayBeCopied } from './may-be-copied.ts'
import type { ChatCall, Context } from './pipeline.ts'

// Which calls may be asked a second time: beside a slow first request, or after a stream that broke.

/** Whether another model may go on with a stream that breaks; the answer is read and written anew then. */
export function mayGoOn(
  { body, shadowOf, principal, format, guards }: ChatCall,
  routed: Routed,
  { dispatch: settings }: Snapshot,
): boolean {
  if (settings === undefined || settings.continuations === 0 || !body.stream || shadowOf !== undefined) return false
  // What a guard still holds back of an answer would be missing from what another model goes on with.
  if (guards?.isEmpty() === false) return false
  if (principal.limits?.budget !== undefined || routed.isLocked === true || format.id === 'openai-completions')
    return false
  const { chat } = body.read()
  const { choices = 1, logprobs = false } = chat.sampling
  return choices === 1 && !logprobs && mayBeCopied(chat, body)
}

/** Copies and calls that would be felt twice are asked once, and so are those of a budget, where one is set aside. */
export function hedgingOf(
  { body, shadowOf, principal }: ChatCall,
  routed: Routed,
  { snapshot, hedges, live }: Context,
): Hedging | undefined {
  const settings = snapshot.dispatch?.hedge
  if (settings === undefined) return undefined
  hedges.earn(settings.share)
  if (principal.limits?.budget !== undefined) return undefined
  const { chat } = body.read()
  if (shadowOf !== undefined || routed.isLocked === true || !mayBeCopied(chat, body)) return undefined
  const expected = { stream: body.stream, promptTokens: shapeOf(chat).promptTokens, decision: routed.decision }
  return { budget: hedges, afterMs: (target) => hedgeAfterMs(target, settings, expected, live) }
}
