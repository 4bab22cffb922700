import type { Decision } from '../core/decision.ts'
import type { Usage } from '../core/stream-part.ts'
import type { Metrics } from './metrics.ts'
import type { CallRecord, EstimatedKind, Spent } from './record.ts'
import type { CounterCell, HistogramCell } from './registry.ts'

/** The series that calls of one endpoint, model, status and key count in; made when there is something to count. */
type Series = {
  readonly requests: CounterCell
  ttft: HistogramCell | undefined
  /** By the label's value. */
  readonly tokens: Map<string, CounterCell>
  cost: CounterCell | undefined
  costRatio: HistogramCell | undefined
}

const NONE: readonly never[] = []

/** Counts finished calls. All of its values come from configuration and tables, so there are few series. */
export function createCallCounter(metrics: Metrics): (record: CallRecord) => void {
  const known = new Map<string, Series>()
  const overhead = metrics.overhead.cell()

  function seriesOf(record: CallRecord, model: string): Series {
    const name = `${record.endpoint} ${record.status} ${labelOf(record)} ${model}`
    const found = known.get(name)
    if (found !== undefined) return found
    const created = {
      requests: metrics.requests.cell(record.endpoint, model, String(record.status)),
      ttft: undefined,
      tokens: new Map<string, CounterCell>(),
      cost: undefined,
      costRatio: undefined,
    }
    known.set(name, created)
    return created
  }

  return (record) => {
    const model = record.target ?? 'none'
    const series = seriesOf(record, model)
    series.requests.value += 1
    overhead.observe(record.overheadMs / 1_000)
    const { usage, decision, ttftMs, costUsd } = record
    if (ttftMs !== undefined) {
      series.ttft ??= metrics.ttft.cell(model)
      series.ttft.observe(ttftMs / 1_000)
    }
    for (const { guard, action, count } of record.guards ?? NONE) metrics.guards.add(count, guard, action)
    if (decision !== undefined) metrics.decisions.add(1, decision.model, decision.policy, decision.reason)
    if (costUsd !== undefined) {
      series.cost ??= metrics.cost.cell(model, labelOf(record))
      series.cost.value += costUsd
      const expected = decision === undefined || record.cached !== undefined ? undefined : expectedCost(decision, model)
      if (expected !== undefined && expected > 0) {
        series.costRatio ??= metrics.costRatio.cell(model)
        series.costRatio.observe(costUsd / expected)
      }
    }
    if (usage === undefined) return
    if (record.estimated.length > 0) countEstimated(metrics, model, labelOf(record), { ...record, usage })
    for (const [kind, member] of KINDS) {
      const count = usage[member]
      if (count === undefined) continue
      const cell = series.tokens.get(kind) ?? metrics.tokens.cell(model, kind)
      series.tokens.set(kind, cell)
      cell.value += count
    }
  }
}

function labelOf({ key, keyLabel }: CallRecord): string {
  return keyLabel ?? key
}

function expectedCost({ candidates }: Decision, model: string): number | undefined {
  return candidates.find((candidate) => candidate.model === model)?.cost_usd
}

/** Counts what an attempt took whose answer reached nobody. */
export function countSpent(metrics: Metrics, model: string, key: string, spent: Spent): void {
  const { usage, costUsd } = spent
  if (costUsd !== undefined) metrics.cost.add(costUsd, model, key)
  for (const [kind, member] of KINDS) {
    const count = usage[member]
    if (count !== undefined) metrics.tokens.add(count, model, kind)
  }
  countEstimated(metrics, model, key, spent)
}

/** A cost with one estimated count is an estimate as a whole. */
function countEstimated(
  metrics: Metrics,
  model: string,
  key: string,
  { usage, estimated, costUsd, costBasis }: Spent,
): void {
  if (estimated.length === 0) return
  for (const kind of estimated) metrics.estimatedTokens.add(usage[COUNT_OF[kind]] ?? 0, model, kind)
  if (costUsd !== undefined && costBasis !== 'provider') metrics.estimatedCost.add(costUsd, model, key)
}

const COUNT_OF = { input: 'inputTokens', output: 'outputTokens' } as const satisfies Record<EstimatedKind, keyof Usage>

/** The label `kind` and the count behind it. The kinds after the first two are parts of these, or what is charged for them. */
const KINDS = [
  ['input', 'inputTokens'],
  ['output', 'outputTokens'],
  ['cached_input', 'cachedInputTokens'],
  ['cache_write', 'cacheWriteTokens'],
  ['cache_write_1h', 'longCacheWriteTokens'],
  ['reasoning', 'reasoningTokens'],
  ['audio_input', 'inputAudioTokens'],
  ['audio_output', 'outputAudioTokens'],
  ['cached_audio_input', 'cachedAudioTokens'],
  ['image_output', 'outputImageTokens'],
  ['billed_input', 'billedInputTokens'],
  ['billed_output', 'billedOutputTokens'],
] as const satisfies readonly (readonly [string, keyof Usage])[]
