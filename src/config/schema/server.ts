import { z } from 'zod'
import { milliseconds, secretReference } from './values.ts'

const jsonValue: z.ZodType<unknown> = z.json()
const routing = z.record(z.string(), jsonValue).describe('The same members as a request body’s `routing`.')

const key = z.strictObject({
  name: z.string().min(1).describe('Names the caller in logs and metrics.'),
  key: secretReference,
  limits: z
    .strictObject({
      requests_per_minute: z.int().positive().optional().describe('Requests begun in any minute.'),
      tokens_per_minute: z.int().positive().optional().describe('Tokens of prompts and answers in any minute.'),
      concurrent: z.int().positive().optional().describe('Requests under way at once.'),
    })
    .optional()
    .describe('How much this caller may use. Not enforced yet.'),
  budget: z
    .strictObject({
      usd: z.number().positive().describe('Dollars in each period.'),
      per: z.enum(['day', 'month']).describe('The period.'),
    })
    .optional()
    .describe('How much this caller may spend. Not enforced yet.'),
  routing: routing.optional(),
  prompt_flags: z
    .enum(['off', 'soft', 'tighten'])
    .default('off')
    .describe('What a flag written in a prompt may do: nothing, choose a preset without limits, or also add limits.'),
  sensitive: z.boolean().default(false).describe('Calls of this key are never explored with (learning.explore).'),
})

export const server = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('A public address without keys is refused.'),
  port: z.int().min(0).max(65_535).default(8787).describe('0 takes a free one.'),
  max_body_bytes: z.int().positive().default(33_554_432).describe('Larger requests are refused.'),
  max_attempts: z.int().positive().max(10).default(3).describe('Models tried for one request.'),
  grace_ms: milliseconds
    .default(30_000)
    .describe('How long answers under way may go on after a signal to stop; then they end with an error.'),
  drain_delay_ms: z
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe('How long connections are still taken after a signal to stop, while /readyz says 503.'),
  keys: z.array(key).default([]).describe('Who may call. Without keys only this machine may.'),
})
