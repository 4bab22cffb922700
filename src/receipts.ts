import type { Decision } from './core/decision.ts'
import type { Principal } from './core/snapshot.ts'
import type { Target } from './core/target.ts'
import type { Loss } from './core/wire-format.ts'
import type { Context } from './pipeline.ts'
import { NAMED } from './route-headers.ts'

/** Keeps the receipt of a call that no router saw: to a model that its caller named. */
export function keepNamed(
  { id, principal, context }: { readonly id: string; readonly principal: Principal; readonly context: Context },
  target: Target,
  losses: readonly Loss[],
): void {
  keepReceipt(context, id, principal.name, withLost(namedDecision(id, target), target, losses))
}

export function keepReceipt({ decisions }: Context, id: string, key: string, decision: Decision): void {
  decisions.set(id, { decision, key })
}

export function withLost(decision: Decision, target: Target, list: readonly Loss[]): Decision {
  return list.length === 0 ? decision : { ...decision, losses: { model: target.id, list } }
}

const NONE: readonly never[] = []

/** The receipt of a call that named its model: nothing was weighed, and no policy spoke. */
export function namedDecision(id: string, target: Target, warnings: readonly Loss[] = NONE): Decision {
  return {
    id,
    model: target.id,
    policy: 'none',
    router: 'none',
    reason: NAMED,
    candidates: NONE,
    dropped: NONE,
    front: NONE,
    knee: null,
    truncated: false,
    router_timed_out: false,
    elapsed_ms: 0,
    ...(warnings.length === 0 ? {} : { warnings }),
  }
}
