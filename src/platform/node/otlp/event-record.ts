import type { AnyValue, Attributes, HrTime } from '@opentelemetry/api'
import type { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import type { Resource } from '@opentelemetry/resources'
import type { UsageRecord } from '../../../core/ledger.ts'

/** A log record as the exporter takes it. */
export type ExportedRecord = Parameters<OTLPLogExporter['export']>[0][number]

/** What is to be a log record: one object, and what it is called. */
export type Event = {
  readonly name: string
  readonly level: Level
  /** Milliseconds since 1970. */
  readonly at: number
  /** Counts up in its stream, also over what was dropped: a gap is a loss, the same number twice a repetition. */
  readonly seq: number
  /** As `plainCopy` has them. */
  readonly fields: AnyValue
}

export type Level = 'info' | 'warn' | 'error'

const SEVERITIES = { info: 9, warn: 13, error: 17 } as const satisfies Record<Level, number>

/** Who says it: the name of the scope, which collectors sort by. The same object for every record of one stream. */
export type Scope = { readonly name: string }

/** The body is the whole object, for whoever keeps rows; attributes are its flat members, for whoever sorts and sums. */
export function exportedRecord(
  { name, level, at, seq, fields }: Event,
  resource: Resource,
  scope: Scope,
): ExportedRecord {
  const time: HrTime = [Math.floor(at / 1_000), Math.round((at % 1_000) * 1_000_000)]
  return {
    hrTime: time,
    hrTimeObserved: time,
    severityNumber: SEVERITIES[level],
    severityText: level.toUpperCase(),
    eventName: name,
    body: fields,
    attributes: { ...flatMembers(fields), 'thalamus.seq': seq },
    droppedAttributesCount: 0,
    resource,
    instrumentationScope: scope,
  }
}

function flatMembers(fields: AnyValue): Attributes {
  const flat: Attributes = {}
  if (typeof fields !== 'object' || fields === null) return flat
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') flat[name] = value
  }
  return flat
}

/** A record of usage under the names of the ledger's columns; what is not known is absent. */
export function usageFields(record: UsageRecord): Readonly<Record<string, string | number | boolean | undefined>> {
  return {
    id: record.id,
    at_ms: Math.round(record.at),
    key: record.key,
    model: record.model,
    endpoint: record.endpoint,
    role: record.role,
    outcome: record.outcome,
    input_tokens: record.inputTokens,
    output_tokens: record.outputTokens,
    cached_input_tokens: record.cachedInputTokens,
    cache_write_tokens: record.cacheWriteTokens,
    reasoning_tokens: record.reasoningTokens,
    cost_nano_usd: record.costNanoUsd,
    estimated: record.isEstimated,
  }
}
