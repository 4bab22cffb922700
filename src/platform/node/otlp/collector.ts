import type { LookupOptions } from 'node:dns'
import type { Log } from '../../../core/ports.ts'
import { refusedLiteral } from '../../web/reachable.ts'
import { guardedLookup } from '../guarded-connect.ts'

/** What goes to a collector, each a path of its own or a stream of its own on it. */
export type Signal = 'traces' | 'metrics' | 'logs' | 'usage' | 'decisions'

/** A collector of OTLP over HTTP, and how it is reached. */
export type Collector = {
  /** `http://host:4318`, without a slash at its end. */
  readonly endpoint: string
  /** What every exporter of OpenTelemetry's takes. */
  exporter(path: 'v1/traces' | 'v1/metrics' | 'v1/logs'): ExporterOptions
  /** Says once a minute at most that a signal is not taken. */
  complain(signal: Signal, cause: unknown): void
}

export type ExporterOptions = {
  readonly url: string
  readonly headers: Record<string, string>
  readonly timeoutMillis: number
  readonly httpAgentOptions: { readonly keepAlive: true; readonly lookup: GuardedLookup }
}

type GuardedLookup = (
  hostname: string,
  options: LookupOptions,
  answered: Parameters<ReturnType<typeof guardedLookup>>[2],
) => void

export type CollectorOptions = {
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly log: Log
}

/** How long one export may take, its retries included. */
export const EXPORT_MS = 5_000
const QUIET_MS = 60_000

/** `undefined` after saying why nothing can be sent there. */
export function openCollector({ endpoint: written, headers, log }: CollectorOptions): Collector | undefined {
  const endpoint = written.replace(/\/$/, '')
  const refused = refusedLiteral(new URL(endpoint).hostname, true)
  if (refused !== undefined) {
    log('error', 'telemetry_not_sent', { endpoint, problem: refused.message })
    return undefined
  }
  const quietUntil = new Map<Signal, number>()
  return {
    endpoint,
    exporter: (path) => ({
      url: `${endpoint}/${path}`,
      headers: { ...headers },
      timeoutMillis: EXPORT_MS,
      httpAgentOptions: { keepAlive: true, lookup: guardedLookup(true) },
    }),
    complain(signal, cause) {
      const now = performance.now()
      if (now < (quietUntil.get(signal) ?? 0)) return
      quietUntil.set(signal, now + QUIET_MS)
      const problem = cause instanceof Error ? cause.message : String(cause)
      log('warn', 'telemetry_not_sent', { signal, endpoint, problem })
    },
  }
}
