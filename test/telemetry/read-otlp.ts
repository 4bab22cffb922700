import type { Received } from './start-collector.ts'

// Readers of OTLP's JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

type Member = { readonly key: string; readonly value: Value }
type Value = {
  readonly stringValue?: string
  readonly intValue?: string | number
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values?: readonly Value[] }
  readonly kvlistValue?: { readonly values?: readonly Member[] }
}
type Scope = { readonly name: string }
type Resource = { readonly attributes: readonly Member[] }
type Point = {
  readonly attributes?: readonly Member[]
  readonly asDouble?: number
  readonly count?: string
  readonly sum?: number
  readonly bucketCounts?: readonly string[]
  readonly explicitBounds?: readonly number[]
}
type Metric = {
  readonly name: string
  readonly sum?: Cumulative & { readonly isMonotonic: boolean }
  readonly gauge?: Points
  readonly histogram?: Cumulative
}
type Points = { readonly dataPoints: readonly Point[] }
type Cumulative = Points & { readonly aggregationTemporality: number }

export type ReadRecord = {
  readonly scope: string
  readonly name: string
  readonly severity: string
  readonly body: unknown
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
}

type LogRecord = {
  readonly eventName: string
  readonly severityText: string
  readonly body: Value
  readonly attributes?: readonly Member[]
}
type ResourceLogs = {
  readonly resource: Resource
  readonly scopeLogs: readonly { readonly scope: Scope; readonly logRecords: readonly LogRecord[] }[]
}
type ResourceMetrics = { readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] }
type ResourceSpans = {
  readonly scopeSpans: readonly {
    readonly spans: readonly { readonly name: string; readonly attributes?: readonly Member[] }[]
  }[]
}

/** All log records, in the order in which they came. */
export function recordsOf(received: readonly Received[]): readonly ReadRecord[] {
  return received
    .flatMap(({ resourceLogs = [] }) => resourceLogs as readonly ResourceLogs[])
    .flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ scope, logRecords }) =>
        logRecords.map((record) => ({
          scope: scope.name,
          name: record.eventName,
          severity: record.severityText,
          body: plain(record.body),
          attributes: object(record.attributes),
          resource: object(resource.attributes),
        })),
      ),
    )
}

export function spansOf(
  received: readonly Received[],
): readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[] {
  return received
    .flatMap(({ resourceSpans = [] }) => resourceSpans as readonly ResourceSpans[])
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map(({ name, attributes }) => ({ name, attributes: object(attributes) }))
}

/** The last values that were pushed, by the line that `/metrics` has of each. */
export function lastMetrics(received: readonly Received[]): ReadonlyMap<string, number> {
  const pushes = received.flatMap(({ resourceMetrics = [] }) => resourceMetrics as readonly ResourceMetrics[])
  const lines = new Map<string, number>()
  for (const metric of pushes.at(-1)?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []) putMetric(metric, lines)
  return lines
}

const CUMULATIVE = 2

function putMetric({ name, sum, gauge, histogram }: Metric, lines: Map<string, number>): void {
  if (sum?.aggregationTemporality === CUMULATIVE && sum.isMonotonic && name.endsWith('_total'))
    for (const point of sum.dataPoints) lines.set(name + labels(point), point.asDouble ?? Number.NaN)
  for (const point of gauge?.dataPoints ?? []) lines.set(name + labels(point), point.asDouble ?? Number.NaN)
  if (histogram?.aggregationTemporality !== CUMULATIVE) return
  for (const point of histogram.dataPoints) {
    let below = 0
    point.bucketCounts?.forEach((count, index) => {
      below += Number(count)
      lines.set(`${name}_bucket${labels(point, String(point.explicitBounds?.[index] ?? '+Inf'))}`, below)
    })
    lines.set(`${name}_sum${labels(point)}`, point.sum ?? Number.NaN)
    lines.set(`${name}_count${labels(point)}`, Number(point.count))
  }
}

/** The lines of `/metrics` with their values. */
export function metricLines(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}

function labels({ attributes = [] }: Point, bound?: string): string {
  const pairs = attributes.map(({ key, value }) => `${key}="${value.stringValue ?? ''}"`)
  if (bound !== undefined) pairs.push(`le="${bound}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function object(members: readonly Member[] = []): Record<string, unknown> {
  return Object.fromEntries(members.map(({ key, value }) => [key, plain(value)]))
}

function plain(value: Value): unknown {
  if (value.stringValue !== undefined) return value.stringValue
  if (value.intValue !== undefined) return Number(value.intValue)
  if (value.doubleValue !== undefined) return value.doubleValue
  if (value.boolValue !== undefined) return value.boolValue
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain)
  return value.kvlistValue === undefined ? null : object(value.kvlistValue.values)
}
