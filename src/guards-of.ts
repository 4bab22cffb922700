import type { CallGuards, PlacedGuard } from './core/guard.ts'
import type { Policy } from './core/policy.ts'
import type { Principal, Snapshot } from './core/snapshot.ts'
import { createCallGuards } from './guards/call-guards.ts'
import { formatNotes } from './guards/guard-notes.ts'

const NONE: readonly never[] = []

/** The guards of a caller's calls: everybody's and then his own. */
export function guardsOf(principal: Principal, snapshot: Snapshot): readonly PlacedGuard[] {
  const { guards: everybodys = NONE } = snapshot
  const { guards: own = NONE } = principal
  if (own.length === 0) return everybodys
  return everybodys.length === 0 ? own : [...everybodys, ...own]
}

/** Those of policies, in the order in which they were named. */
export function guardsOfPolicies(policies: readonly Policy[]): readonly PlacedGuard[] {
  return policies.flatMap(({ guards = NONE }) => guards)
}

/** False where no policy has guards: then no call need be looked at for them. */
export function hasPolicyGuards({ policies }: Snapshot): boolean {
  for (const { guards } of policies.values()) if (guards !== undefined) return true
  return false
}

/** Those of one call, open: policies may add theirs when its body has been read. `undefined` where nobody has any. */
export function openGuards(
  principal: Principal,
  snapshot: Snapshot,
  clock: { monotonic(): number },
): CallGuards | undefined {
  const guards = guardsOf(principal, snapshot)
  return guards.length === 0 && !hasPolicyGuards(snapshot) ? undefined : createCallGuards(guards, clock)
}

/** `x-route-guards`, where guards did something. */
export function guardHeaders(guards: CallGuards | undefined): Readonly<Record<string, string>> {
  const notes = guards?.notes() ?? NONE
  return notes.length === 0 ? NO_HEADERS : { 'x-route-guards': formatNotes(notes) }
}

const NO_HEADERS = {}
