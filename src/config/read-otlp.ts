import type { Secrets } from '../core/ports.ts'
import type { Config } from './config-schema.ts'
import type { Problem } from './problem.ts'
import { readHeaders } from './read-headers.ts'

/** What goes to which collector, its secrets read. */
export type OtlpSettings = {
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly traces: boolean
  readonly metrics: boolean
  readonly logs: boolean
  readonly usage: boolean
  readonly decisions: boolean
  readonly metricsIntervalMs: number
  /** Whether decisions go with the text that the router read. */
  readonly prompts: boolean
}

/** The collector of a configuration; contacts nothing. `undefined` where none is configured. */
export function readOtlp(
  { otlp_endpoint: endpoint, otlp, prompts }: Config['telemetry'],
  secrets: Secrets,
): OtlpSettings | undefined | { readonly problems: readonly Problem[] } {
  const { traces, metrics, logs, usage, decisions, metrics_interval_ms: metricsIntervalMs } = otlp
  if (endpoint === undefined) {
    if (!(metrics || logs || usage || decisions)) return undefined
    const problem = 'is needed by telemetry.otlp, which says what to send'
    return {
      problems: [{ path: 'telemetry.otlp_endpoint', problem, remedy: 'Name a collector: http://127.0.0.1:4318.' }],
    }
  }
  const problems: Problem[] = []
  const headers = readHeaders(otlp.headers, 'telemetry.otlp.headers', secrets, (path, problem, remedy) => {
    problems.push({ path, problem, remedy })
  })
  if (problems.length > 0) return { problems }
  return { endpoint, headers, traces, metrics, logs, usage, decisions, metricsIntervalMs, prompts }
}
