import type { Resource } from '@opentelemetry/resources'
import type { Collector } from './collector.ts'
import { countSpans } from './count-spans.ts'

/** A running trace exporter. */
export type Tracing = {
  shutdown(): Promise<void>
  /** Spans that were dropped so far: too many waited, or the collector did not take them. */
  dropped(): number
}

const MOST_WAITING = 2_048

/**
 * Sends spans to a collector. The queue is bounded and drops when the collector is too slow; a collector that fails is
 * logged, and never in the way of a request.
 */
export async function startTracing(collector: Collector, resource: Resource): Promise<Tracing> {
  const [
    { context, propagation, trace },
    { BatchSpanProcessor, TracerProvider },
    { OTLPTraceExporter },
    { setGlobalErrorHandler, W3CTraceContextPropagator },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/core'),
  ])
  const complain = (cause: unknown): void => collector.complain('traces', cause)
  setGlobalErrorHandler(complain)
  const exporter = new OTLPTraceExporter(collector.exporter('v1/traces'))
  const counted = countSpans(MOST_WAITING)
  const provider = new TracerProvider({
    resource,
    spanProcessors: [
      counted.processor(
        new BatchSpanProcessor({ exporter: counted.exporter(exporter), maxQueueSize: MOST_WAITING * 2 }),
      ),
    ],
  })
  trace.setGlobalTracerProvider(provider)
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  return {
    dropped: counted.dropped,
    async shutdown() {
      await provider.shutdown().catch(complain)
      trace.disable()
      propagation.disable()
      context.disable()
    },
  }
}
