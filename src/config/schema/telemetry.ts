import { z } from 'zod'
import { NO_URL } from './values.ts'

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

export const telemetry = z.strictObject({
  otlp_endpoint: z
    .url({ protocol: /^https?$/, error: NO_URL })
    .optional()
    .describe('An OTLP/HTTP collector, http://127.0.0.1:4318.'),
  prompts: z.boolean().default(false).describe('Prompts in traces. Not done yet.'),
  decision_log: decisionLog.optional().describe('Every routed decision and what became of it, a JSON record a line.'),
})
