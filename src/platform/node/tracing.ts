/** A running trace exporter. */
export type Tracing = { shutdown(): Promise<void> }

/**
 * Sends spans to an OTLP/HTTP collector at `endpoint` (`http://host:4318`). Loaded only when asked for: the SDK is
 * most of its own cost. The queue is bounded and drops when the collector is too slow.
 */
export async function startTracing(endpoint: string, version: string): Promise<Tracing> {
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
  const provider = new TracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': 'thalamus', 'service.version': version }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }),
        maxQueueSize: 2_048,
      }),
    ],
  })
  trace.setGlobalTracerProvider(provider)
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator())
  return {
    async shutdown() {
      await provider.shutdown()
      trace.disable()
      propagation.disable()
      context.disable()
    },
  }
}
