import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace'

/** Bounds what waits for a collector, and counts what is lost on the way to it. */
export type CountedSpans = {
  /** Lets spans through while fewer than the bound wait or are being sent. */
  processor(inner: SpanProcessor): SpanProcessor
  exporter(inner: SpanExporter): SpanExporter
  dropped(): number
}

const SAMPLED = 1
const SUCCESS = 0

/** At most `mostWaiting` spans are held at once, also while the collector hangs. */
export function countSpans(mostWaiting: number): CountedSpans {
  let waiting = 0
  let dropped = 0
  return {
    processor: (inner) => ({
      onStart: (span, context) => inner.onStart(span, context),
      onEnd(span: ReadableSpan) {
        if ((span.spanContext().traceFlags & SAMPLED) === 0) return
        if (waiting >= mostWaiting) {
          dropped += 1
          return
        }
        waiting += 1
        inner.onEnd(span)
      },
      forceFlush: () => inner.forceFlush(),
      shutdown: () => inner.shutdown(),
    }),
    exporter: (inner) => ({
      export(spans, over) {
        inner.export(spans, (result) => {
          waiting -= spans.length
          if (result.code !== SUCCESS) dropped += spans.length
          over(result)
        })
      },
      forceFlush: () => inner.forceFlush?.() ?? Promise.resolve(),
      shutdown: () => inner.shutdown(),
    }),
    dropped: () => dropped,
  }
}
