import type { Decision } from '../core/decision.ts'
import type { Directives } from '../core/directives.ts'
import type { Policy } from '../core/policy.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Router, Signals } from '../core/router.ts'
import type { Target } from '../core/target.ts'
import type { Loss } from '../core/wire-format.ts'
import type { Admitted } from './admit.ts'
import { admit } from './admit.ts'
import type { Choice } from './choose.ts'
import { chooseByScore, chooseWithoutPrediction } from './choose.ts'
import { describeCandidates, describeDropped, describeSignals } from './describe.ts'
import type { LiveMeasures } from './estimate.ts'
import { estimate } from './estimate.ts'
import { paretoFront } from './front.ts'
import { limitsOf } from './limits.ts'
import { needsOf } from './needs.ts'
import type { Predicted } from './predict-in-time.ts'
import { predictInTime } from './predict-in-time.ts'
import { reasonOf } from './reason.ts'
import type { Scored } from './score.ts'
import { addPenalties } from './score.ts'
import type { ToolShares } from './weigh-tools.ts'
import { weighTools } from './weigh-tools.ts'

export type RouteInput = {
  readonly id: string
  readonly signals: Signals
  readonly candidates: readonly Target[]
  /** Merged from all doors, the policy's own included. */
  readonly directives: Directives
  readonly policy: Policy
  readonly router: Router | undefined
  /** Milliseconds to wait for the router. */
  readonly deadlineMs: number
  readonly live: LiveMeasures
  /** Read for requests with tools; all models are alike when left out. */
  readonly toolShares?: ToolShares
  readonly clock: Clock
  /** ISO date. */
  readonly today: string
  readonly log: Log
  /** Whether a target takes the client's own format; all do when left out. */
  readonly speaks?: (target: Target) => boolean
  /** What a target's format cannot carry of the request; nothing when left out. */
  readonly lossesOn?: (target: Target) => readonly Loss[]
  /** Told how long the router took. */
  readonly onPrediction?: (router: string, device: string, milliseconds: number) => void
}

export type RouteResult = { readonly decision: Decision; readonly ranked: readonly Target[] }

/** Filter ▶ predict ▶ estimate ▶ choose. Throws `no_feasible_model` when no candidate passes the hard limits. */
export async function route(input: RouteInput): Promise<RouteResult> {
  const startedAt = input.clock.monotonic()
  const { admitted, predicted } = await filterAndPredict(input)
  const { passing, directives, relaxed } = admitted
  const { predictions } = predicted
  addPenalties(passing, directives, input.today)
  const choose = (pool: readonly Scored[]): Choice =>
    predictions === undefined
      ? chooseWithoutPrediction(pool, directives, input.policy.fixedOrder)
      : chooseByScore(pool, directives)
  const { signals, toolShares } = input
  const unweighed = signals.toolCount === 0 || toolShares === undefined ? undefined : weighTools(passing, toolShares)
  const choice = choose(passing)
  const isByTools = unweighed !== undefined && choose(unweighed).ranked[0]?.target.id !== choice.ranked[0]?.target.id
  const front = paretoFront(passing)
  const dropped = describeDropped(admitted.rejected)
  const ranked = choice.ranked.map(({ target }) => target)
  const decision: Decision = {
    id: input.id,
    model: ranked[0]?.id ?? '',
    policy: input.policy.name,
    router: predicted.router?.name ?? 'none',
    reason: reason(predicted, isByTools, () => reasonOf(choice, dropped, directives, relaxed, isByTools)),
    candidates: describeCandidates(choice, front),
    dropped,
    front: front.members.map(({ target }) => target.id),
    knee: front.knee?.target.id ?? null,
    truncated: signals.truncated || predictions?.truncated === true,
    router_timed_out: predicted.problem !== undefined,
    ...(predicted.problem === undefined
      ? {}
      : { router_problem: { router: input.router?.name ?? 'none', problem: predicted.problem } }),
    elapsed_ms: input.clock.monotonic() - startedAt,
    signals: describeSignals(signals),
    ...(predictions?.evidence === undefined ? {} : { evidence: predictions.evidence }),
    ...(relaxed.length === 0 ? {} : { relaxed }),
  }
  return { decision, ranked }
}

/** Why the winner won, and where the router that was asked said nothing, that as well. */
function reason({ predictions, problem }: Predicted, isByTools: boolean, ofChoice: () => string): string {
  if (predictions === undefined && !isByTools) return problem
  return problem === undefined ? ofChoice() : `${ofChoice()}, ${problem}`
}

type Filtered = { readonly admitted: Admitted<Scored>; readonly predicted: Predicted }

/**
 * Facts are filtered before the router is asked. Only when a limit is about an estimate are all candidates asked
 * about first, since every limit that a model fails is told.
 */
async function filterAndPredict(input: RouteInput): Promise<Filtered> {
  const { candidates, directives, today, speaks = () => true, lossesOn = () => [] } = input
  const context = { today, isLossless: (target: Target) => lossesOn(target).length === 0 }
  const needs = needsOf(input.signals, speaks)
  if (limitsOf(directives, context).some((limit) => limit.isEstimated)) {
    const predicted = await ask(input, candidates)
    return { predicted, admitted: admit(measure(input, candidates, predicted), needs, directives, context) }
  }
  const bare = candidates.map((target) => ({ target, estimate: undefined }))
  const admitted = admit(bare, needs, directives, context)
  const targets = admitted.passing.map(({ target }) => target)
  const predicted = await ask(input, targets)
  return { predicted, admitted: { ...admitted, passing: measure(input, targets, predicted) } }
}

async function ask(input: RouteInput, candidates: readonly Target[]): Promise<Predicted> {
  const { router, signals, deadlineMs, clock, log } = input
  const startedAt = clock.monotonic()
  const predicted = await predictInTime({ router, input: { signals, candidates }, deadlineMs, clock, log })
  const { name, device } = predicted.router ?? {}
  if (name !== undefined && device !== undefined) input.onPrediction?.(name, device, clock.monotonic() - startedAt)
  return predicted
}

function measure(input: RouteInput, targets: readonly Target[], { predictions }: Predicted): Scored[] {
  return targets.map((target, index) => {
    const prediction = predictions?.predictions[index]
    return {
      target,
      index,
      quality: prediction?.quality,
      uncertainty: prediction?.uncertainty,
      estimate: estimate(target, input.signals, prediction, input.live),
      penalty: 0,
      assumed: undefined,
      tools: undefined,
    }
  })
}
