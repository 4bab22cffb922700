import type { ReadableSpan } from '@opentelemetry/sdk-trace'

// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids in hexadecimal, enums as numbers, 64 bits as text.

type HrTime = readonly [seconds: number, nanoseconds: number]

const NANO_DIGITS = 9

/** Spans as OTLP/HTTP takes them. */
export function writeOtlpSpans(spans: readonly ReadableSpan[], resource: Readonly<Record<string, string>>): string {
  const byScope = Map.groupBy(spans, ({ instrumentationScope }) => instrumentationScope.name)
  const scopeSpans = [...byScope].map(([name, own]) => ({ scope: { name }, spans: own.map(writeSpan) }))
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: writeAttributes(resource) }, scopeSpans }] })
}

function writeSpan(span: ReadableSpan): object {
  const { traceId, spanId, traceFlags } = span.spanContext()
  const { parentSpanContext: parent, status } = span
  return {
    traceId,
    spanId,
    ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
    flags: traceFlags,
    name: span.name,
    // The API counts from 0, the protocol from 1.
    kind: span.kind + 1,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.endTime),
    attributes: writeAttributes(span.attributes),
    events: span.events.map(({ name, time, attributes = {} }) => ({
      name,
      timeUnixNano: nanoseconds(time),
      attributes: writeAttributes(attributes),
    })),
    status: { code: status.code, ...(status.message === undefined ? {} : { message: status.message }) },
  }
}

function nanoseconds([seconds, rest]: HrTime): string {
  return `${seconds}${String(rest).padStart(NANO_DIGITS, '0')}`
}

function writeAttributes(attributes: Readonly<Record<string, unknown>>): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: writeValue(value) }],
  )
}

function writeValue(value: unknown): object {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(writeValue) } }
  switch (typeof value) {
    case 'boolean':
      return { boolValue: value }
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
    default:
      return { stringValue: String(value) }
  }
}
