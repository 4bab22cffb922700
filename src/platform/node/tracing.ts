import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../core/ports.ts'
import { refusedLiteral } from '../web/reachable.ts'
import { countSpans } from './count-spans.ts'
import { guardedLookup } from './guarded-connect.ts'

/** A running trace exporter. */
export type Tracing = {
  shutdown(): Promise<void>
  /** Spans that were dropped so far: too many waited, or the collector did not take them. */
  dropped(): number
}

export type TracingOptions = {
  /** An OTLP/HTTP collector, `http://host:4318`. */
  readonly endpoint: string
  readonly version: string
  readonly log: Log
}

const EXPORT_MS = 5_000
const SHUTDOWN_MS = 2_000
const QUIET_MS = 60_000
const MOST_WAITING = 2_048

/**
 * Sends spans to an OTLP/HTTP collector. Loaded only when asked for: the SDK is most of its own cost. The queue is
 * bounded and drops when the collector is too slow; a collector that fails is logged, once a minute at most, and
 * never in the way of a request or of the end of the program.
 */
export async function startTracing({ endpoint, version, log }: TracingOptions): Promise<Tracing> {
  const [
    { context, propagation, trace },
    { BatchSpanProcessor, TracerProvider },
    { OTLPTraceExporter },
    resources,
    core,
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/core'),
  ])
  const refused = refusedLiteral(new URL(endpoint).hostname, true)
  if (refused !== undefined) {
    log('error', 'traces_not_sent', { endpoint, problem: refused.message })
    return { shutdown: () => Promise.resolve(), dropped: () => 0 }
  }
  const complain = atMostOnceAMinute((cause) => log('warn', 'traces_not_sent', { endpoint, problem: describe(cause) }))
  core.setGlobalErrorHandler(complain)
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_MS,
    httpAgentOptions: { keepAlive: true, lookup: guardedLookup(true) },
  })
  const counted = countSpans(MOST_WAITING)
  const provider = new TracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': 'thalamus', 'service.version': version }),
    spanProcessors: [
      counted.processor(
        new BatchSpanProcessor({ exporter: counted.exporter(exporter), maxQueueSize: MOST_WAITING * 2 }),
      ),
    ],
  })
  trace.setGlobalTracerProvider(provider)
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator())
  return {
    dropped: counted.dropped,
    async shutdown() {
      // Spans that cannot be sent any more are lost; the program ends all the same.
      const sent = provider.shutdown().catch(complain)
      await Promise.race([sent, sleep(SHUTDOWN_MS, undefined, { ref: false })])
      trace.disable()
      propagation.disable()
      context.disable()
    },
  }
}

function atMostOnceAMinute(act: (cause: unknown) => void): (cause: unknown) => void {
  let quietUntil = 0
  return (cause) => {
    const now = performance.now()
    if (now < quietUntil) return
    quietUntil = now + QUIET_MS
    act(cause)
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
