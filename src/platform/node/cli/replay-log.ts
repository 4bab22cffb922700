import type { Policy } from '../../../core/policy.ts'
import type { Router } from '../../../core/router.ts'
import type { CallRecord, DecisionRecord, LoggedModel, OutcomeRecord } from '../../../decision-log/record.ts'
import type { Again, Change } from '../../../replay/decide-again.ts'
import { decideAsLogged, decideUnder } from '../../../replay/decide-again.ts'
import type { Estimates, Graded } from '../../../replay/estimates.ts'
import { estimate } from '../../../replay/estimates.ts'
import { isLosslessUnknown, loggedRequest, predictedAnew } from '../../../replay/logged-request.ts'
import { gradesOf } from '../../../replay/reward.ts'
import type { Summary } from '../../../replay/summary.ts'
import { candidateOf, createTally, loggedModelIn } from '../../../replay/summary.ts'
import { differences } from '../../../replay/verify.ts'
import type { DecisionLogReading } from '../read-decision-log.ts'

/** What was not replayed. */
export type Skipped = {
  /** Lines that are no whole record. */
  readonly lines: number
  /** Decisions among models whose facts the log does not hold. */
  readonly withoutModels: number
  /** Decisions that another router cannot read, because their prompts were not logged. */
  readonly withoutPrompts: number
}

export type Replayed = { readonly summary: Summary; readonly estimates: Estimates; readonly skipped: Skipped }

type Progress = (share: number, decisions: number) => void

export type ReplayWith = {
  /** Those that can be named. */
  readonly policies: ReadonlyMap<string, Policy>
  /** Predicts in place of the one that did. */
  readonly router?: Router | undefined
}

/** Makes every decision of a log again under a change, and estimates what that would have earned. */
export async function replayLog(
  reading: DecisionLogReading,
  change: Change,
  { policies, router }: ReplayWith,
  progress: Progress,
): Promise<Replayed> {
  const tally = createTally()
  const rows = new Map<string, Omit<Graded, 'reward'>>()
  const infeasible = new Set<string>()
  let withoutPrompts = 0
  const outcomes = new Map<string, OutcomeRecord[]>()
  const complete = new Set<string>()
  const skipped = await eachDecision(reading, progress, {
    async decision(record, logged) {
      const request = router === undefined ? logged : predictedAnew(logged, record, router)
      if (request === undefined) {
        withoutPrompts += 1
        return
      }
      const again = await decideUnder(change, record, request, policies)
      tally.add(record, again, isLosslessUnknown(record))
      if (again.type === 'decided') rows.set(record.id, rowOf(record, again))
      else infeasible.add(record.id)
    },
    outcome(record) {
      const before = outcomes.get(record.id)
      if (before === undefined) outcomes.set(record.id, [record])
      else before.push(record)
    },
    call: ({ id, outcome }) => void (outcome === 'complete' && complete.add(id)),
  })
  const { rewards, note } = gradesOf(outcomes, complete)
  const refused = [...rewards.keys()].filter((id) => infeasible.has(id)).length
  const graded = [...rows].flatMap(([id, row]): Graded[] => {
    const reward = rewards.get(id)
    return reward === undefined ? [] : [{ ...row, reward }]
  })
  const found = estimate(graded, refused)
  const estimates = note === undefined ? found : { ...found, notes: [...found.notes, note] }
  return { summary: tally.summary(), estimates, skipped: { ...skipped, withoutPrompts } }
}

function rowOf(
  { decision: logged }: DecisionRecord,
  { decision }: Again & { type: 'decided' },
): Omit<Graded, 'reward'> {
  return {
    propensity: logged.propensity ?? 1,
    isSame: logged.model === decision.model,
    loggedQuality: loggedModelIn(decision, logged)?.quality,
    quality: candidateOf(decision, decision.model)?.quality,
  }
}

/** A decision that comes out otherwise than it was logged. */
export type Difference = { readonly id: string; readonly members: readonly string[] }
export type Verified = {
  readonly decisions: number
  readonly differences: readonly Difference[]
  readonly skipped: Skipped
}

/** Makes every decision of a log again under its own policy. */
export async function verifyLog(reading: DecisionLogReading, progress: Progress): Promise<Verified> {
  const found: Difference[] = []
  let decisions = 0
  const skipped = await eachDecision(reading, progress, {
    async decision(record, request) {
      decisions += 1
      const again = await decideAsLogged(record, request)
      const members = again.type === 'decided' ? differences(record.decision, again.decision) : ['infeasible']
      if (members.length > 0) found.push({ id: record.id, members })
    },
    outcome: () => undefined,
    call: () => undefined,
  })
  return { decisions, differences: found, skipped }
}

type Visitor = {
  decision(record: DecisionRecord, request: NonNullable<ReturnType<typeof loggedRequest>>): Promise<void>
  outcome(record: OutcomeRecord): void
  call(record: CallRecord): void
}

async function eachDecision(reading: DecisionLogReading, progress: Progress, visitor: Visitor): Promise<Skipped> {
  const models = new Map<string, ReadonlyMap<string, LoggedModel>>()
  let decisions = 0
  let withoutModels = 0
  for await (const record of reading.records) {
    if (record.type === 'models') models.set(record.hash, new Map(record.models.map((model) => [model.id, model])))
    else if (record.type === 'outcome') visitor.outcome(record)
    else if (record.type === 'call') visitor.call(record)
    else if (record.type === 'decision') {
      const request = loggedRequest(record, models.get(record.models) ?? new Map())
      if (request === undefined) withoutModels += 1
      else await visitor.decision(record, request)
      decisions += 1
      progress(reading.share(), decisions)
    }
  }
  return { lines: reading.skipped(), withoutModels, withoutPrompts: 0 }
}
