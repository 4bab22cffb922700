import type { Prediction, Router, Signals } from '../core/router.ts'
import type { Previous } from '../core/session.ts'
import type { Target } from '../core/target.ts'
import type { Loss } from '../core/wire-format.ts'
import type {
  DecisionRecord,
  LoggedCandidate,
  LoggedModel,
  LoggedPrevious,
  LoggedSpread,
} from '../decision-log/record.ts'
import type { LiveMeasure } from '../route/estimate.ts'
import type { RouteInput } from '../route/route.ts'
import type { Spread } from '../route/spread.ts'

/** What a logged decision rested on, as `route` takes it: everything but the policy and what was said. */
export type LoggedRequest = Omit<RouteInput, 'directives' | 'policy'>

/** Reads a record back. `undefined` where the log does not hold the facts of one of its models. */
export function loggedRequest(
  record: DecisionRecord,
  models: ReadonlyMap<string, LoggedModel>,
): LoggedRequest | undefined {
  const targets = targetsOf(record, models)
  if (targets === undefined) return undefined
  const byModel = new Map(record.candidates.map((candidate) => [candidate.model, candidate]))
  const of = (target: { readonly id: string }): LoggedCandidate | undefined => byModel.get(target.id)
  return {
    id: record.id,
    signals: signalsOf(record),
    candidates: targets,
    router: askedOf(record.router),
    predict: (asked) => predictedOf(record, asked.map(of)),
    deadlineMs: 0,
    live: (id) => measuredOf(byModel.get(id)),
    ...(record.candidates.some(({ tool_reliability: share }) => share !== undefined)
      ? { toolShares: (target) => toolShareOf(of(target)) }
      : {}),
    clock: STOPPED,
    today: record.today,
    log: () => undefined,
    ...(record.spread === undefined ? {} : { spread: spreadOf(record.spread) }),
    ...(record.previous === undefined ? {} : { previous: previousOf(record.previous) }),
    ...learnedOf(record),
    speaks: (target) => of(target)?.speaks ?? true,
    // What nobody asked at the time is unknown, and an unknown fact fails a limit.
    lossesOn: (target) => (of(target)?.lossless === true ? [] : UNKNOWN_LOSS),
  }
}

/** What was learned by then, and the draw of what might be tried. */
function learnedOf({ learned, exploration }: DecisionRecord): Pick<LoggedRequest, 'learned' | 'exploration'> {
  const lessons = learned === undefined ? undefined : new Map(Object.entries(learned))
  return {
    ...(lessons === undefined ? {} : { learned: () => lessons }),
    ...(exploration === undefined ? {} : { exploration: { share: exploration.share, random: () => exploration.draw } }),
  }
}

/** The same request, of which `router` speaks anew. `undefined` where its text was not logged. */
export function predictedAnew(
  { predict: _, ...request }: LoggedRequest,
  { signals }: DecisionRecord,
  router: Router,
): LoggedRequest | undefined {
  return signals.text === undefined ? undefined : { ...request, router }
}

const lists = new WeakMap<ReadonlyMap<string, LoggedModel>, readonly Target[]>()

/** The same list for decisions in a row among the same models: what is looked up of them is kept beside it. */
function targetsOf(
  { candidates }: DecisionRecord,
  models: ReadonlyMap<string, LoggedModel>,
): readonly Target[] | undefined {
  const last = lists.get(models)
  if (last?.length === candidates.length && candidates.every(({ model }, place) => last[place]?.id === model))
    return last
  const targets = candidates.flatMap(({ model }): Target[] => {
    const known = models.get(model)
    return known === undefined ? [] : [targetOf(known)]
  })
  if (targets.length < candidates.length) return undefined
  lists.set(models, targets)
  return targets
}

/** True where the log does not say what formats lose of this request. */
export function isLosslessUnknown(record: DecisionRecord): boolean {
  return record.candidates.every(({ lossless }) => lossless === undefined)
}

function targetOf({ id, provider, model, format, catalog_id: catalogId, facts }: LoggedModel): Target {
  return { id, provider, model, format, baseUrl: '', catalogId, facts }
}

const UNKNOWN_LOSS: readonly Loss[] = [{ path: '', reason: 'not logged' }]
const STOPPED = {
  monotonic: () => 0,
  now: () => 0,
  timer: () => ({ cancel: () => undefined, refresh: () => undefined }),
}

function signalsOf({ signals }: DecisionRecord): Signals {
  return {
    promptTokens: signals.prompt_tokens,
    lastTurnTokens: signals.last_turn_tokens,
    turns: signals.turns,
    phase: signals.phase,
    toolCount: signals.tools,
    isToolForced: signals.tool_forced,
    hasImages: signals.images,
    hasAudio: signals.audio,
    hasFiles: signals.files,
    wantsJson: signals.json,
    choices: signals.choices,
    maxOutputTokens: signals.max_output_tokens ?? undefined,
    routingText: signals.text ?? '',
    truncated: signals.truncated,
  }
}

function spreadOf({ weights, canary, draw }: LoggedSpread): Spread {
  return {
    weights: weights === undefined ? undefined : new Map(Object.entries(weights)),
    canary:
      canary === undefined ? undefined : { model: canary.model, share: canary.share, inPlaceOf: canary.in_place_of },
    draw,
  }
}

function measuredOf(candidate: LoggedCandidate | undefined): LiveMeasure | undefined {
  if (candidate === undefined) return undefined
  return {
    ttftMs: candidate.ttft_ms,
    ttftMsP95: candidate.ttft_ms_p95,
    tokensPerSecond: candidate.tokens_per_second,
    lengthFactor: candidate.length_factor,
    lengthBelief: candidate.length_belief,
    readingGrade: candidate.reading_grade,
    remainingShare: candidate.remaining_share,
  }
}

function previousOf({ model, lock, cached_tokens: cachedTokens, margin_points: points }: LoggedPrevious): Previous {
  return { targetId: model, lock, cachedTokens, marginPoints: () => points }
}

type Predicted = ReturnType<NonNullable<RouteInput['predict']>>

/** What the router said then; nothing of a model that it was not asked about. */
function predictedOf({ router, decision }: DecisionRecord, asked: readonly (LoggedCandidate | undefined)[]): Predicted {
  const problem = router.problem as Predicted['problem']
  if (router.spoke === null) {
    return { predictions: undefined, router: askedOf(router), problem: problem ?? 'router failed' }
  }
  return {
    predictions: {
      predictions: asked.map(predictionOf),
      truncated: router.truncated ?? false,
      ...(decision.evidence === undefined ? {} : { evidence: decision.evidence }),
    },
    router: named(router.spoke),
    problem,
  }
}

function predictionOf(candidate: LoggedCandidate | undefined): Prediction {
  const { quality = 0, uncertainty = 0, output_tokens: outputTokens } = candidate ?? {}
  return { quality, uncertainty, outputTokens }
}

function toolShareOf(candidate: LoggedCandidate | undefined): { readonly reliability: number; readonly calls: number } {
  return { reliability: candidate?.tool_reliability ?? 1, calls: candidate?.tool_calls ?? 0 }
}

function askedOf({ asked }: DecisionRecord['router']): Router | undefined {
  return asked === null ? undefined : named(asked)
}

/** Only its name is asked for: `predict` speaks in its place. */
function named(name: string): Router {
  return {
    name,
    device: 'none',
    predict: () => ({ predictions: [], truncated: false }),
    close: () => Promise.resolve(),
  }
}
