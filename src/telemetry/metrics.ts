import { createRegistry } from './registry.ts'

const LATENCY_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const OVERHEAD_BOUNDS = [0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5]
const RATIO_BOUNDS = [0.1, 0.25, 0.5, 0.8, 1, 1.25, 2, 4, 10]

export type Metrics = ReturnType<typeof createMetrics>

/** Every metric the gateway keeps; names are public (contract.md §7). Prompts and keys stand in none of them. */
export function createMetrics() {
  const registry = createRegistry()
  return {
    requests: registry.counter('thalamus_requests_total', 'Requests answered.', ['endpoint', 'model', 'status']),
    overhead: registry.histogram(
      'thalamus_overhead_seconds',
      'Time to the head of the answer, less the time spent waiting for upstreams.',
      [],
      OVERHEAD_BOUNDS,
    ),
    router: registry.histogram(
      'thalamus_router_seconds',
      'Time from request to prediction of the router.',
      ['router', 'device'],
      OVERHEAD_BOUNDS,
    ),
    ttft: registry.histogram('thalamus_ttft_seconds', 'Time to the first content part.', ['model'], LATENCY_BOUNDS),
    tokens: registry.counter('thalamus_tokens_total', 'Tokens, by kind.', ['model', 'kind']),
    cost: registry.counter('thalamus_cost_usd_total', 'Dollars, as the provider says or from usage and known prices.', [
      'model',
      'key',
    ]),
    costRatio: registry.histogram(
      'thalamus_cost_ratio',
      'Cost of routed calls over what the decision expected: 1 is as foretold.',
      ['model'],
      RATIO_BOUNDS,
    ),
    estimatedTokens: registry.counter(
      'thalamus_tokens_estimated_total',
      'The part of thalamus_tokens_total that the upstream did not say.',
      ['model', 'kind'],
    ),
    estimatedCost: registry.counter(
      'thalamus_cost_usd_estimated_total',
      'The part of thalamus_cost_usd_total that rests on estimated tokens.',
      ['model', 'key'],
    ),
    failures: registry.counter('thalamus_upstream_failures_total', 'Failed attempts.', ['model', 'code']),
    breakerOpen: registry.gauge(
      'thalamus_breaker_open',
      '1 while a model rests because it failed, 0 once it is up again.',
      ['model'],
    ),
    hedges: registry.counter(
      'thalamus_hedges_total',
      'Second requests beside a slow first one, by what became of them: won, lost or failed.',
      ['model', 'result'],
    ),
    queueWaiting: registry.gauge('thalamus_queue_waiting', 'Calls that wait for a provider to have room.', [
      'provider',
    ]),
    decisions: registry.counter('thalamus_decisions_total', 'Routing decisions.', ['model', 'policy', 'reason']),
    guards: registry.counter('thalamus_guard_total', 'What guards found in requests and answers, and their failures.', [
      'guard',
      'action',
    ]),
    cache: registry.counter(
      'thalamus_cache_total',
      'Answers of before: found, not found, kept, or too large to be kept.',
      ['kind', 'outcome'],
    ),
    shadowsDropped: registry.counter(
      'thalamus_shadow_dropped_total',
      'Copies for a shadow target that were not sent, since too many were under way.',
      ['model'],
    ),
    decisionLog: registry.counter(
      'thalamus_decision_log_records_total',
      'Records of the decision log: written, dropped because too many waited, or failed to be written.',
      ['result'],
    ),
    telemetryDropped: registry.counter(
      'thalamus_telemetry_dropped_total',
      'Log lines, spans and records of usage and decisions that were dropped, and exports of metrics that were missed: whoever takes them was too slow, or failed.',
      ['sink'],
    ),
    ledger: registry.counter(
      'thalamus_ledger_records_total',
      'Records of usage: written, written late, or dropped because too many waited.',
      ['result'],
    ),
    store: {
      up: registry.gauge('thalamus_store_up', '1 while the shared store of limits and budgets answers, else 0.', []),
      failures: registry.counter(
        'thalamus_store_failures_total',
        'Calls to the store that failed or were too late.',
        [],
      ),
      seconds: registry.histogram('thalamus_store_seconds', 'Time to an answer of the store.', [], OVERHEAD_BOUNDS),
    },
    toolCalls: registry.counter('thalamus_tool_calls_total', 'Calls of tools in answers, by what became of them.', [
      'model',
      'outcome',
    ]),
    toolDialectCalls: registry.counter(
      'thalamus_tool_dialect_calls_total',
      'The same by the way in which they were looked for: native, or the dialect of the model’s text.',
      ['model', 'dialect', 'outcome'],
    ),
    toolReliability: registry.gauge(
      'thalamus_tool_reliability',
      'How far the calls of tools of a model can be relied on, 0 to 1, as of its last one.',
      ['model'],
    ),
    outcomes: registry.counter(
      'thalamus_outcomes_total',
      'What became of decisions, by who says so; a reward that was put right counts again.',
      ['model', 'source', 'verdict'],
    ),
    drift: {
      psi: registry.gauge(
        'thalamus_drift_psi',
        'Population stability index of the kinds of prompts, the last thousand against the first two thousand.',
        [],
      ),
      far_share: registry.gauge(
        'thalamus_drift_far_share',
        'Share of the last thousand prompts that are unlike all that the router learned from.',
        [],
      ),
      cusum: registry.gauge(
        'thalamus_drift_cusum',
        'Sum of how far a model’s rewards fall short of what is expected, on the kind of prompt where it is highest; 6 is an alarm.',
        ['model'],
      ),
      brier: registry.gauge(
        'thalamus_drift_brier',
        'Mean squared distance of predicted quality and rewards of users.',
        ['model'],
      ),
      brier_expected: registry.gauge(
        'thalamus_drift_brier_expected',
        'What thalamus_drift_brier would be if the predictions were right.',
        ['model'],
      ),
    },
    read: () => registry.read(),
    render: () => registry.render(),
  }
}
