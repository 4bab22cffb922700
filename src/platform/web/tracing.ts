import { propagation, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import packageFile from '../../../package.json' with { type: 'json' }
import type { Background, Log } from '../../core/ports.ts'
import { writeOtlpSpans } from './otlp-spans.ts'
import { refusedName } from './reachable.ts'

/** A running trace exporter. */
export type FetchTracing = {
  /** Spans that the collector did not take so far. */
  dropped(): number
}

type Options = {
  /** An OTLP/HTTP collector, `http://host:4318`. */
  readonly endpoint: string
  readonly background: Background
  readonly log: Log
}

const EXPORT_MS = 5_000
const SAMPLED = 1
const RESOURCE = { 'service.name': 'thalamus', 'service.version': packageFile.version }

/**
 * Sends spans to an OTLP/HTTP collector as JSON, through `fetch`: those that end together in one request, which goes on
 * after the answer. A collector that fails is logged and never in the way of a call.
 */
export function startFetchTracing({ endpoint, background, log }: Options): FetchTracing {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`
  let waiting: ReadableSpan[] = []
  let dropped = 0

  async function send(): Promise<void> {
    // The spans of one call end one after the other, without a wait in between.
    await undefined
    const spans = waiting
    waiting = []
    try {
      const refused = refusedName(new URL(url).hostname, true)
      if (refused !== undefined) throw refused
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: writeOtlpSpans(spans, RESOURCE),
        redirect: 'manual',
        signal: AbortSignal.timeout(EXPORT_MS),
      })
      await response.body?.cancel()
      if (!response.ok) throw new Error(`the collector answered ${response.status}`)
    } catch (cause) {
      dropped += spans.length
      log('warn', 'telemetry_not_sent', {
        signal: 'traces',
        endpoint,
        problem: cause instanceof Error ? cause.message : String(cause),
      })
    }
  }

  trace.setGlobalTracerProvider(
    new TracerProvider({
      resource: resourceFromAttributes(RESOURCE),
      spanProcessors: [
        {
          onStart: () => undefined,
          onEnd(span) {
            if ((span.spanContext().traceFlags & SAMPLED) === 0) return
            waiting.push(span)
            if (waiting.length === 1) background.run(send)
          },
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
      ],
    }),
  )
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  return { dropped: () => dropped }
}
