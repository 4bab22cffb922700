import { z } from 'zod'
import { milliseconds, NO_URL } from './values.ts'

const decisionLog = z.strictObject({
  path: z.string().min(1).describe('The file, from the folder of this configuration: logs/decisions.jsonl.'),
  prompts: z.boolean().default(false).describe('Also the text that the router read of each prompt.'),
  max_bytes: z
    .int()
    .min(65_536)
    .default(67_108_864)
    .describe('A file that would grow larger is kept as PATH.1, and another begins.'),
  keep: z.int().min(0).max(1_000).default(8).describe('Full files that are kept; the oldest goes.'),
})

const otlp = z.strictObject({
  traces: z.boolean().default(true).describe('A span a call, a child an attempt.'),
  metrics: z.boolean().default(false).describe('What /metrics says.'),
  logs: z.boolean().default(false).describe('The lines of the log, as log records.'),
  usage: z.boolean().default(false).describe('A log record for each record of usage, as the ledger would have it.'),
  decisions: z.boolean().default(false).describe('A log record for each record of the decision log.'),
  metrics_interval_ms: milliseconds.min(1_000).default(60_000).describe('How often metrics are sent.'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Sent with everything. A value may be a reference: env:NAME, Bearer file:/path.'),
})

export const telemetry = z.strictObject({
  otlp_endpoint: z
    .url({ protocol: /^https?$/, error: NO_URL })
    .optional()
    .describe('An OTLP/HTTP collector, http://127.0.0.1:4318.'),
  otlp: otlp.prefault({}).describe('What goes to otlp_endpoint: docs/observability.md.'),
  prompts: z
    .boolean()
    .default(false)
    .describe('Also the text that the router read of each prompt, in otlp.decisions; never in traces.'),
  decision_log: decisionLog.optional().describe('Every routed decision and what became of it, a JSON record a line.'),
})
