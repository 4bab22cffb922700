import type { Candidate, Decision } from '../core/decision.ts'
import type { DecisionRecord } from '../decision-log/record.ts'
import type { Again } from './decide-again.ts'

/** How many decisions went from one model to another. */
export type Move = { readonly from: string; readonly to: string; readonly decisions: number }

/** A predicted figure, a mean over the decisions that could be made again and for which both are known. */
export type Predicted = { readonly decisions: number; readonly logged: number; readonly replayed: number }

export type Summary = {
  readonly decisions: number
  readonly moved: number
  /** Most first. */
  readonly moves: readonly Move[]
  readonly infeasible: number
  /** Limits that stood in the way of some model of an infeasible decision, in how many decisions; most first. */
  readonly infeasibleLimits: readonly { readonly limit: string; readonly decisions: number }[]
  /** Infeasible ones that need a lossless answer of which the log does not say whether there was one. */
  readonly losslessUnknown: number
  readonly cost: Predicted | undefined
  readonly quality: Predicted | undefined
}

export type Tally = {
  add(record: DecisionRecord, again: Again, isLosslessUnknown: boolean): void
  summary(): Summary
}

/** Counts what becomes of logged decisions, one at a time: a log may be longer than memory. */
export function createTally(): Tally {
  const moves = new Map<string, { readonly from: string; readonly to: string; decisions: number }>()
  const limits = new Map<string, number>()
  const cost = { decisions: 0, logged: 0, replayed: 0 }
  const quality = { decisions: 0, logged: 0, replayed: 0 }
  let decisions = 0
  let infeasible = 0
  let losslessUnknown = 0

  return {
    add({ decision: logged }, again, isLosslessUnknown) {
      decisions += 1
      if (again.type === 'infeasible') {
        infeasible += 1
        if (again.asksLossless && isLosslessUnknown) losslessUnknown += 1
        for (const limit of again.limits) limits.set(limit, (limits.get(limit) ?? 0) + 1)
        return
      }
      const before = loggedModelIn(again.decision, logged)
      const after = candidateOf(again.decision, again.decision.model)
      if (logged.model !== again.decision.model) {
        const name = `${logged.model} ${again.decision.model}`
        const move = moves.get(name) ?? { from: logged.model, to: again.decision.model, decisions: 0 }
        move.decisions += 1
        moves.set(name, move)
      }
      addBoth(cost, before?.cost_usd, after?.cost_usd)
      addBoth(quality, before?.quality, after?.quality)
    },
    summary() {
      const ordered = [...moves.values()].toSorted(
        (left, right) => right.decisions - left.decisions || (left.from + left.to < right.from + right.to ? -1 : 1),
      )
      return {
        decisions,
        moved: ordered.reduce((sum, move) => sum + move.decisions, 0),
        moves: ordered,
        infeasible,
        infeasibleLimits: [...limits]
          .map(([limit, count]) => ({ limit, decisions: count }))
          .toSorted((left, right) => right.decisions - left.decisions || (left.limit < right.limit ? -1 : 1)),
        losslessUnknown,
        cost: meanOf(cost),
        quality: meanOf(quality),
      }
    },
  }
}

/** The estimates of one model in a decision. */
export function candidateOf({ candidates }: Decision, model: string): Candidate | undefined {
  return candidates.find((candidate) => candidate.model === model)
}

/** The estimates of the model that was logged, by the router that was asked last; by the first where a limit excludes it now. */
export function loggedModelIn(again: Decision, logged: Decision): Candidate | undefined {
  return candidateOf(again, logged.model) ?? candidateOf(logged, logged.model)
}

type Sums = { decisions: number; logged: number; replayed: number }

function addBoth(sums: Sums, logged: number | null | undefined, replayed: number | null | undefined): void {
  if (typeof logged !== 'number' || typeof replayed !== 'number') return
  sums.decisions += 1
  sums.logged += logged
  sums.replayed += replayed
}

function meanOf({ decisions, logged, replayed }: Sums): Predicted | undefined {
  return decisions === 0 ? undefined : { decisions, logged: logged / decisions, replayed: replayed / decisions }
}
