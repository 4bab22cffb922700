// What deploy/grafana/thalamus.json shows, row by row. Names of metrics are those of src/telemetry/metrics.ts: the generator
// refuses others, and takes each panel's description from there.

export type Panel = {
  readonly title: string
  /** Of Grafana: reqps, s, currencyUSD, percentunit, short. */
  readonly unit: string
  readonly queries: readonly Query[]
  /** The metric whose help describes the panel; the first of the first query when not said. */
  readonly about?: string
  readonly type?: 'timeseries' | 'stat'
}
export type Query = { readonly expr: string; readonly legend: string }
export type Row = { readonly title: string; readonly panels: readonly Panel[] }

// The dashboard's variables: which job, and which of its gateways.
const OF = 'job="$job", instance=~"$instance"'

export const ROWS: readonly Row[] = [
  {
    title: 'Calls',
    panels: [
      one('Requests', 'reqps', perSecond('thalamus_requests_total', 'status'), '{{status}}'),
      one('Requests by model', 'reqps', perSecond('thalamus_requests_total', 'model'), '{{model}}'),
      quantiles('Time to the first content', 'thalamus_ttft_seconds'),
      quantiles('Time the gateway adds', 'thalamus_overhead_seconds'),
    ],
  },
  {
    title: 'Routing',
    panels: [
      one('Decisions by model', 'reqps', perSecond('thalamus_decisions_total', 'model'), '{{model}}'),
      one('Decisions by reason', 'reqps', perSecond('thalamus_decisions_total', 'reason'), '{{reason}}'),
      quantiles('Time of the router', 'thalamus_router_seconds', 'device'),
      {
        ...one(
          'Cost over what was expected',
          'short',
          `${perSecond('thalamus_cost_ratio_sum', 'model')} / ${perSecond('thalamus_cost_ratio_count', 'model')}`,
          '{{model}}',
        ),
        about: 'thalamus_cost_ratio',
      },
    ],
  },
  {
    title: 'Upstreams',
    panels: [
      one(
        'Failed attempts',
        'reqps',
        perSecond('thalamus_upstream_failures_total', 'model, code'),
        '{{model}} {{code}}',
      ),
      one('Models that rest', 'short', `max by (model) (thalamus_breaker_open{${OF}})`, '{{model}}'),
      one('Calls that wait for room', 'short', `sum by (provider) (thalamus_queue_waiting{${OF}})`, '{{provider}}'),
      one('Second requests', 'reqps', perSecond('thalamus_hedges_total', 'model, result'), '{{model}} {{result}}'),
    ],
  },
  {
    title: 'Use and cost',
    panels: [
      one('Tokens', 'short', perSecond('thalamus_tokens_total', 'kind'), '{{kind}} a second'),
      one('Dollars an hour, by model', 'currencyUSD', anHour('thalamus_cost_usd_total', 'model'), '{{model}}'),
      one('Dollars an hour, by key', 'currencyUSD', anHour('thalamus_cost_usd_total', 'key'), '{{key}}'),
      {
        title: 'Estimated, not said by the provider',
        unit: 'percentunit',
        queries: [
          { expr: share('thalamus_tokens_estimated_total', 'thalamus_tokens_total'), legend: 'tokens' },
          { expr: share('thalamus_cost_usd_estimated_total', 'thalamus_cost_usd_total'), legend: 'dollars' },
        ],
      },
    ],
  },
  {
    title: 'Answers',
    panels: [
      one('Kept answers', 'reqps', perSecond('thalamus_cache_total', 'kind, outcome'), '{{kind}} {{outcome}}'),
      one('Guards', 'reqps', perSecond('thalamus_guard_total', 'guard, action'), '{{guard}} {{action}}'),
      one('Tool calls', 'reqps', perSecond('thalamus_tool_calls_total', 'model, outcome'), '{{model}} {{outcome}}'),
      one(
        'Tool calls by dialect',
        'reqps',
        perSecond('thalamus_tool_dialect_calls_total', 'dialect, outcome'),
        '{{dialect}} {{outcome}}',
      ),
      one('Reliability of tool calls', 'percentunit', `min by (model) (thalamus_tool_reliability{${OF}})`, '{{model}}'),
    ],
  },
  {
    title: 'Learning',
    panels: [
      one('Outcomes', 'reqps', perSecond('thalamus_outcomes_total', 'source, verdict'), '{{source}} {{verdict}}'),
      {
        title: 'Drift of prompts',
        unit: 'short',
        queries: [
          { expr: `max(thalamus_drift_psi{${OF}})`, legend: 'index' },
          { expr: `max(thalamus_drift_far_share{${OF}})`, legend: 'share of far ones' },
        ],
      },
      one('Drift of models', 'short', `max by (model) (thalamus_drift_cusum{${OF}})`, '{{model}}'),
      {
        title: 'Error of predictions',
        unit: 'short',
        queries: [
          { expr: `max by (model) (thalamus_drift_brier{${OF}})`, legend: '{{model}}' },
          { expr: `max by (model) (thalamus_drift_brier_expected{${OF}})`, legend: '{{model}}, expected' },
        ],
      },
    ],
  },
  {
    title: 'What the gateway depends on',
    panels: [
      one('The store answers', 'short', `min by (instance) (thalamus_store_up{${OF}})`, '{{instance}}'),
      quantiles('Time of the store', 'thalamus_store_seconds'),
      {
        title: 'Calls to the store that failed',
        unit: 'reqps',
        queries: [{ expr: `sum(rate(thalamus_store_failures_total{${OF}}[$__rate_interval]))`, legend: 'failed' }],
      },
      one('Ledger', 'reqps', perSecond('thalamus_ledger_records_total', 'result'), '{{result}}'),
      one('Decision log', 'reqps', perSecond('thalamus_decision_log_records_total', 'result'), '{{result}}'),
      one('Telemetry that was dropped', 'reqps', perSecond('thalamus_telemetry_dropped_total', 'sink'), '{{sink}}'),
      one('Shadow copies not sent', 'reqps', perSecond('thalamus_shadow_dropped_total', 'model'), '{{model}}'),
    ],
  },
]

function one(title: string, unit: string, expr: string, legend: string): Panel {
  return { title, unit, queries: [{ expr, legend }] }
}

function quantiles(title: string, metric: string, by?: string): Panel {
  const labels = by === undefined ? 'le' : `le, ${by}`
  const suffix = by === undefined ? '' : ` {{${by}}}`
  const queries = [0.5, 0.95, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (${labels}) (rate(${metric}_bucket{${OF}}[$__rate_interval])))`,
    legend: `p${quantile * 100}${suffix}`,
  }))
  return { title, unit: 's', queries }
}

function perSecond(metric: string, by: string): string {
  return `sum by (${by}) (rate(${metric}{${OF}}[$__rate_interval]))`
}

function anHour(metric: string, by: string): string {
  return `sum by (${by}) (rate(${metric}{${OF}}[$__rate_interval])) * 3600`
}

function share(part: string, whole: string): string {
  return `sum(rate(${part}{${OF}}[$__rate_interval])) / sum(rate(${whole}{${OF}}[$__rate_interval]))`
}
