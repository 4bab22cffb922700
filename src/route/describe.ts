import type { Candidate, Dropped } from '../core/decision.ts'
import type { Lesson } from '../core/learned.ts'
import type { Signals } from '../core/router.ts'
import type { Choice } from './choose.ts'
import type { Considered } from './considered.ts'
import { scoreAt, targetAt } from './considered.ts'
import { energiesOf } from './energy.ts'
import { estimateAt, known } from './figures.ts'
import type { Front } from './front.ts'
import type { Taught } from './learn-from.ts'
import type { Rejected } from './relax.ts'
import { goalsIn } from './score.ts'

/** What is said beside its figures of one candidate. */
type Note = { readonly dominator: string | undefined; readonly lesson: Lesson | undefined }
/** The same of all, by place. */
type Notes = { readonly dominators?: ReadonlyMap<number, string> | undefined; readonly taught?: Taught | undefined }

/** The ranked models as a decision shows them, and behind them those of the front that are not among them. */
export function describeCandidates(
  considered: Considered,
  choice: Choice,
  front: Front,
  { dominators, taught }: Notes = {},
): Candidate[] {
  const members = new Set(front.members)
  const ranked = new Set(choice.ranked)
  return [...ranked, ...front.members.filter((place) => !ranked.has(place))].map((place) =>
    describeCandidate(considered, place, choice.inBand[place] === 1, members.has(place), {
      dominator: dominators?.get(place),
      lesson: taught?.get(place),
    }),
  )
}

function describeCandidate(
  considered: Considered,
  place: number,
  inBand: boolean,
  onFront: boolean,
  { dominator, lesson }: Note,
): Candidate {
  const { columns, figures, penalties, tools } = considered
  const quality = known(figures.quality[place])
  const estimate = estimateAt(figures, place)
  const ttftP95 = figures.measured[place]?.ttftMsP95
  const energyWh = known((energiesOf(columns)[place] ?? Number.NaN) * estimate.outputTokens * figures.choices)
  const share = tools?.[place]
  const assumed = penalties.assumed[place] ?? 0
  return {
    model: targetAt(considered, place).id,
    quality,
    uncertainty: known(figures.uncertainty[place]),
    cost_usd: estimate.costUsd,
    latency_ms: estimate.latencyMs,
    ttft_ms: estimate.ttftMs,
    ...(ttftP95 === undefined ? {} : { ttft_ms_p95: ttftP95 }),
    output_tokens: estimate.outputTokens,
    ...(estimate.isLengthAssumed ? { output_tokens_assumed: true } : {}),
    ...(energyWh === undefined ? {} : { energy_wh: energyWh }),
    score: quality === undefined ? undefined : scoreAt(considered, place),
    in_band: inBand,
    on_front: onFront,
    ...(dominator === undefined ? {} : { dominated_by: dominator }),
    ...(share === undefined ? {} : { tool_reliability: share.reliability }),
    ...(lesson === undefined ? {} : { learned: { outcomes: round(lesson.outcomes), shift: round(lesson.shift) } }),
    ...(assumed === 0 ? {} : { assumed: goalsIn(assumed) }),
  }
}

function round(figure: number): number {
  return Number(figure.toFixed(4))
}

/** One entry a limit that a model fails. */
export function describeDropped(rejected: readonly Rejected[]): Dropped[] {
  return rejected.flatMap(({ target, failures }) =>
    failures.map(({ limit, actual }) => ({
      model: target.id,
      constraint: limit.name,
      required: limit.required,
      actual: actual ?? null,
    })),
  )
}

/** What routing knew of the request. The text it read is not among it: decisions are logged, prompts are not. */
export function describeSignals(signals: Signals): Readonly<Record<string, unknown>> {
  return {
    prompt_tokens: signals.promptTokens,
    last_turn_tokens: signals.lastTurnTokens,
    turns: signals.turns,
    phase: signals.phase,
    tools: signals.toolCount,
    tool_forced: signals.isToolForced,
    images: signals.hasImages,
    audio: signals.hasAudio,
    files: signals.hasFiles,
    json: signals.wantsJson,
    choices: signals.choices,
    max_output_tokens: signals.maxOutputTokens ?? null,
  }
}
