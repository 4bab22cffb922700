import type { Metrics } from './metrics.ts'
import type { CallRecord } from './record.ts'
import type { CounterCell, HistogramCell } from './registry.ts'

/** The series that calls of one endpoint, model, status and key count in; made when there is something to count. */
type Series = {
  readonly requests: CounterCell
  ttft: HistogramCell | undefined
  input: CounterCell | undefined
  output: CounterCell | undefined
  cachedInput: CounterCell | undefined
  reasoning: CounterCell | undefined
  cost: CounterCell | undefined
}

/** Counts finished calls. All of its values come from configuration and tables, so there are few series. */
export function createCallCounter(metrics: Metrics): (record: CallRecord) => void {
  const known = new Map<string, Series>()
  const overhead = metrics.overhead.cell()

  function seriesOf(record: CallRecord, model: string): Series {
    const name = `${record.endpoint} ${record.status} ${record.key} ${model}`
    const found = known.get(name)
    if (found !== undefined) return found
    const created = {
      requests: metrics.requests.cell(record.endpoint, model, String(record.status)),
      ttft: undefined,
      input: undefined,
      output: undefined,
      cachedInput: undefined,
      reasoning: undefined,
      cost: undefined,
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
    if (decision !== undefined) metrics.decisions.add(1, decision.model, decision.policy, decision.reason)
    if (costUsd !== undefined) {
      series.cost ??= metrics.cost.cell(model, record.key)
      series.cost.value += costUsd
    }
    if (usage === undefined) return
    if (usage.inputTokens !== undefined) {
      series.input ??= metrics.tokens.cell(model, 'input')
      series.input.value += usage.inputTokens
    }
    if (usage.outputTokens !== undefined) {
      series.output ??= metrics.tokens.cell(model, 'output')
      series.output.value += usage.outputTokens
    }
    if (usage.cachedInputTokens !== undefined) {
      series.cachedInput ??= metrics.tokens.cell(model, 'cached_input')
      series.cachedInput.value += usage.cachedInputTokens
    }
    if (usage.reasoningTokens !== undefined) {
      series.reasoning ??= metrics.tokens.cell(model, 'reasoning')
      series.reasoning.value += usage.reasoningTokens
    }
  }
}
