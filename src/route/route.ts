import type { Decision } from '../core/decision.ts'
import type { Directives } from '../core/directives.ts'
import type { Learned, Lessons } from '../core/learned.ts'
import type { Policy } from '../core/policy.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Predictions, Router, Signals } from '../core/router.ts'
import type { Previous, Staying } from '../core/session.ts'
import type { Target } from '../core/target.ts'
import type { Loss } from '../core/wire-format.ts'
import type { Admitted } from './admit.ts'
import { admit, rejectedOf } from './admit.ts'
import type { Choice } from './choose.ts'
import { chooseByScore, chooseWithoutPrediction } from './choose.ts'
import type { Columns } from './columns.ts'
import { columnsOf } from './columns.ts'
import type { Considered } from './considered.ts'
import { targetAt } from './considered.ts'
import { describeCandidates, describeDropped, describeSignals } from './describe.ts'
import type { LiveMeasure, LiveMeasures } from './estimate.ts'
import type { Exploration } from './explore.ts'
import { explore } from './explore.ts'
import type { Figures } from './figures.ts'
import { known, measure } from './figures.ts'
import { paretoFront } from './front.ts'
import { learnFrom } from './learn-from.ts'
import { likeTheBest } from './like-the-best.ts'
import { limitsOf } from './limits.ts'
import { needsOf } from './needs.ts'
import type { Predicted } from './predict-in-time.ts'
import { predictInTime } from './predict-in-time.ts'
import { reasonOf } from './reason.ts'
import { penaltiesOf } from './score.ts'
import type { Spread } from './spread.ts'
import { spreadChoice } from './spread.ts'
import { keepFirst, keptReason, mustStay, stayingOf, weighStaying, withoutStaying } from './stay.ts'
import { dominatorsOf, tradeOffs } from './trade-offs.ts'
import type { ToolShares } from './weigh-tools.ts'
import { readOnce, weighTools } from './weigh-tools.ts'

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
  /** What outcomes of earlier answers taught; nothing when left out. */
  readonly learned?: Learned | undefined
  /** Whether another model than the best may be tried; none may when left out. */
  readonly exploration?: Exploration | undefined
  readonly clock: Clock
  /** ISO date. */
  readonly today: string
  readonly log: Log
  /** Whether a target takes the client's own format; all do when left out. */
  readonly speaks?: (target: Target) => boolean
  /** What a target's format cannot carry of the request; nothing when left out. */
  readonly lossesOn?: (target: Target) => readonly Loss[]
  /** The model that answered the conversation last, where there is one. */
  readonly previous?: Previous | undefined
  /** How the pool shares its requests; the best wins when left out. */
  readonly spread?: Spread
  /** The caller wants to see the whole decision. */
  readonly isExplained?: boolean
  /** Ranks all that pass, since their order is not the last word (asked-order.ts). */
  readonly ranksAll?: boolean
  /** Asks about all candidates, also those that fail a limit, so that the decision can be made again under others. */
  readonly predictsAll?: boolean
  /** Speaks in the router's place: what it said when the decision was first made. */
  readonly predict?: (candidates: readonly Target[]) => Predicted
  /** Told how long the router took. */
  readonly onPrediction?: (router: string, device: string, milliseconds: number) => void
}

export type RouteResult = {
  readonly decision: Decision
  /** Best first. Of a large pool the first hundred, unless all were asked for: no plan goes further. */
  readonly ranked: readonly Target[]
  /** What the router said, and of whom it was asked. */
  readonly foreseen: Foreseen
  /** What became of the conversation's previous model, where there is one. */
  readonly staying?: Staying | undefined
  /** Where the winner is only tried: the best one, in whose place it is. */
  readonly insteadOf?: string | undefined
  /** How much the prompt is of each of the router's clusters, where it has any. */
  readonly shares?: ArrayLike<number> | undefined
  /** What the router said of the prompt, and of the first hundred of `ranked`; `undefined` where none spoke. */
  readonly believed: ForeseenPrompt | undefined
}

/** What outcomes of an answer are compared with. */
export type ForeseenPrompt = {
  readonly predictions: Predictions
  /** Predicted quality by target, 0..1: before outcomes and calls of tools were weighed, and after the outcomes were. */
  readonly qualities: ReadonlyMap<string, { readonly predicted: number; readonly believed: number }>
}

export type Foreseen = {
  readonly targets: readonly Target[]
  readonly predicted: Predicted
  /** What was seen of each candidate of late, by its place; has no place where nothing was seen. */
  readonly measured: readonly (LiveMeasure | undefined)[]
  /** Of a request with tools: how far each candidate's calls can be relied on, as it was weighed. */
  readonly toolShares?: ToolShares | undefined
  /** What outcomes taught of the candidates, as it was weighed. */
  readonly lessons?: Lessons | undefined
}

type Asked = Pick<Foreseen, 'targets' | 'predicted'>

/** A pool may hold ten thousand models; a receipt that nobody asked for shows the first of them. */
export const LISTED = 100

/** Filter ▶ predict ▶ estimate ▶ choose. Throws `no_feasible_model` when no candidate passes the hard limits. */
export async function route(input: RouteInput): Promise<RouteResult> {
  const startedAt = input.clock.monotonic()
  const columns = columnsOf(input.candidates, input.today)
  const { admitted, foreseen, figures, places } = await filterAndPredict(input, columns)
  const { predicted } = foreseen
  const { passing, directives, relaxed, limits } = admitted
  const { predictions } = predicted
  const { signals, policy, previous } = input
  const toolShares = signals.toolCount === 0 || input.toolShares === undefined ? undefined : readOnce(input.toolShares)
  const isExplained = input.isExplained === true
  const most = isExplained ? Number.POSITIVE_INFINITY : LISTED
  const chooseFreely = (considered: Considered, listed: number): Choice =>
    predictions === undefined
      ? chooseWithoutPrediction(considered, directives, policy.fixedOrder, listed)
      : chooseByScore(considered, directives, listed)
  const choose = (considered: Considered, listed: number): Choice => {
    const free = chooseFreely(considered, listed)
    const { stay } = considered
    return stay === undefined || !mustStay(stay, previous, predictions) ? free : keepFirst(free, stay.place, listed)
  }
  const penalties = penaltiesOf(columns, passing, figures, directives, input.today)
  const full: Considered = { columns, passing, figures, penalties, tools: undefined }
  const lessons = predictions === undefined ? undefined : input.learned?.(predictions)
  const learning = learnFrom(full, lessons)
  const believed = learning?.considered ?? full
  const weigh = (pool: Considered) => {
    const plain =
      previous === undefined
        ? pool
        : weighStaying(pool, previous, predictions?.shares, signals.promptTokens, directives)
    return toolShares === undefined ? { weighed: plain, unweighed: undefined } : weighTools(plain, toolShares)
  }
  const { weighed: considered, unweighed } = weigh(believed)
  const best = choose(considered, input.ranksAll === true ? Number.POSITIVE_INFINITY : most)
  const isByTools = unweighed !== undefined && choose(unweighed, 1).ranked[0] !== best.ranked[0]
  const isByOutcomes = learning !== undefined && choose(weigh(full).weighed, 1).ranked[0] !== best.ranked[0]
  const isKept = considered.stay !== undefined && mustStay(considered.stay, previous, predictions)
  // Neither in the middle of a conversation nor in a pool that shares its requests by chance already.
  const isExplorable = predictions !== undefined && previous === undefined && input.spread === undefined
  const explored = explore(considered, best, directives, isExplorable ? input.exploration : undefined, (place) =>
    costsBeside(input, columns, places, predictions, place),
  )
  const shared = spreadChoice(considered, explored.choice, isKept ? undefined : input.spread)
  const { choice } = shared
  const propensity = explored.propensity * shared.propensity
  const staying =
    previous === undefined
      ? undefined
      : stayingOf(
          { considered, full: believed },
          previous,
          signals.promptTokens,
          choice.ranked[0],
          () => choose(withoutStaying(considered, believed), 1).ranked[0],
        )
  const front = paretoFront(considered)
  const rejected = rejectedOf(columns, figures, passing, limits, most)
  const dropped = describeDropped(rejected)
  const ranked = choice.ranked.map((place) => targetAt(considered, place))
  const dominators = isExplained ? dominatorsOf(considered, front) : undefined
  const candidates = describeCandidates(considered, choice, front, { dominators, taught: learning?.taught })
  const unlisted = input.candidates.length - candidates.length - rejected.length
  const decision: Decision = {
    id: input.id,
    model: ranked[0]?.id ?? '',
    policy: policy.name,
    router: predicted.router?.name ?? 'none',
    reason:
      shared.reason ??
      reason(predicted, keptReason(previous, staying), isByTools, () =>
        explored.isExplored
          ? 'explored'
          : reasonOf({ considered, choice, dropped, directives, relaxed, isByTools, isByOutcomes }),
      ),
    candidates,
    dropped,
    ...(unlisted <= 0 ? {} : { unlisted }),
    front: front.members.map((place) => targetAt(considered, place).id),
    knee: front.knee === undefined ? null : targetAt(considered, front.knee).id,
    ...(isExplained && predictions !== undefined
      ? { trade_offs: tradeOffs({ considered, choice, directives, today: input.today }) }
      : {}),
    truncated: signals.truncated || predictions?.truncated === true,
    router_timed_out: predicted.problem !== undefined,
    ...(predicted.problem === undefined
      ? {}
      : { router_problem: { router: input.router?.name ?? 'none', problem: predicted.problem } }),
    elapsed_ms: input.clock.monotonic() - startedAt,
    ...(propensity === 1 ? {} : { propensity }),
    signals: describeSignals(signals),
    ...(predictions?.evidence === undefined ? {} : { evidence: predictions.evidence }),
    ...(relaxed.length === 0 ? {} : { relaxed }),
  }
  const prompt = predictions && foresee(predictions, choice, full, believed)
  return {
    decision,
    ranked,
    foreseen: { ...foreseen, toolShares, lessons },
    staying,
    insteadOf: explored.isExplored ? ranked[1]?.id : undefined,
    shares: predictions?.shares,
    believed: prompt,
  }
}

function foresee(
  predictions: Predictions,
  { ranked }: Choice,
  plain: Considered,
  believed: Considered,
): ForeseenPrompt {
  const qualities = new Map<string, { readonly predicted: number; readonly believed: number }>()
  for (const place of ranked.slice(0, LISTED)) {
    const predicted = known(plain.figures.quality[place])
    if (predicted === undefined) continue
    qualities.set(targetAt(plain, place).id, { predicted, believed: believed.figures.quality[place] ?? predicted })
  }
  return { predictions, qualities }
}

/** Why the winner won, and where the router that was asked said nothing, that as well. */
function reason(
  { predictions, problem }: Predicted,
  { kept, left }: { readonly kept: string | undefined; readonly left: string | undefined },
  isByTools: boolean,
  ofChoice: () => string,
): string {
  const isUnpredicted = predictions === undefined && !isByTools && kept === undefined
  const why = isUnpredicted ? undefined : (kept ?? ofChoice())
  return [why, problem, left].filter((phrase) => phrase !== undefined).join(', ')
}

/** USD by place, as exploring compares them. */
function costsBeside(
  { live, signals }: RouteInput,
  columns: Columns,
  places: Int32Array,
  predictions: Predictions | undefined,
  best: number,
): Float64Array {
  const { id } = at(columns.targets, best)
  return measure(columns, places, predictions, signals, likeTheBest(live, id)).costUsd
}

type Filtered = {
  readonly admitted: Admitted
  readonly foreseen: Foreseen
  readonly figures: Figures
  /** Of those that the router was asked about. */
  readonly places: Int32Array
}

/**
 * Facts are filtered before the router is asked. Only when a limit is about an estimate are all candidates asked
 * about first, since every limit that a model fails is told.
 */
async function filterAndPredict(input: RouteInput, columns: Columns): Promise<Filtered> {
  const { candidates, directives, today, signals, live, speaks = () => true, lossesOn = () => [] } = input
  const context = { today, isLossless: (target: Target) => lossesOn(target).length === 0 }
  const needs = needsOf(signals, speaks)
  if (limitsOf(directives, context).some(({ reads }) => reads !== 'facts' && reads !== 'call')) {
    const asked = await ask(input, candidates)
    const figures = measure(columns, columns.places, asked.predicted.predictions, signals, live)
    const foreseen = { ...asked, measured: figures.measured }
    return { foreseen, figures, places: columns.places, admitted: admit(columns, figures, needs, directives, context) }
  }
  const admitted = admit(columns, undefined, needs, directives, context)
  const { passing } = admitted
  const asksAll = input.predictsAll === true || passing.length === candidates.length
  const asked = await ask(input, asksAll ? candidates : Array.from(passing, (place) => at(candidates, place)))
  const places = asksAll ? columns.places : passing
  const figures = measure(columns, places, asked.predicted.predictions, signals, live)
  return { foreseen: { ...asked, measured: figures.measured }, figures, places, admitted }
}

function at(candidates: readonly Target[], place: number): Target {
  const target = candidates[place]
  if (target === undefined) throw new RangeError(`No candidate ${place}.`)
  return target
}

async function ask(input: RouteInput, targets: readonly Target[]): Promise<Asked> {
  if (input.predict !== undefined) return { targets, predicted: input.predict(targets) }
  return { targets, predicted: await askRouter(input, targets) }
}

async function askRouter(input: RouteInput, candidates: readonly Target[]): Promise<Predicted> {
  const { router, signals, deadlineMs, clock, log } = input
  const startedAt = clock.monotonic()
  const predicted = await predictInTime({ router, input: { signals, candidates }, deadlineMs, clock, log })
  const { name, device } = predicted.router ?? {}
  if (name !== undefined && device !== undefined) input.onPrediction?.(name, device, clock.monotonic() - startedAt)
  return predicted
}
