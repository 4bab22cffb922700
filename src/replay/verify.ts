import type { Candidate, Decision } from '../core/decision.ts'

/**
 * Members in which a decision made again differs from the logged one, as JSON has them; none where they are the same.
 * The time it took and what was told to the caller besides are not compared. Where the gateway drew and the log does not
 * hold the draw, or the caller gave a list, the winner and the order are left out, and everything that they were made
 * from must be the same.
 */
export function differences(logged: Decision, again: Decision): string[] {
  const isDrawn = logged.plan !== undefined || ((logged.propensity ?? 1) < 1 && logged.propensity !== again.propensity)
  const before = comparable(logged, isDrawn)
  const after = comparable(again, isDrawn)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.filter((name) => sorted(before[name]) !== sorted(after[name]))
}

type Members = Readonly<Record<string, unknown>>

function comparable(decision: Decision, isDrawn: boolean): Members {
  const { elapsed_ms: _, plan: _plan, warnings: _warnings, session: _session, ...members } = decision
  if (!isDrawn) return members
  const { model: _model, reason: _reason, propensity: _propensity, candidates, ...rest } = members
  return { ...rest, candidates: candidates.toSorted(byModel) }
}

function byModel(left: Candidate, right: Candidate): number {
  return left.model < right.model ? -1 : 1
}

/** JSON with the members of every object in one order: what was read back may have another. */
function sorted(value: unknown): string | undefined {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  )
}
