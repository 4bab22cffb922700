import { z } from 'zod'
import { DISPATCH_DEFAULTS } from '../../core/dispatch-settings.ts'
import { milliseconds } from './values.ts'

const { breaker: resting, queue: waiting, ...defaults } = DISPATCH_DEFAULTS

const breaker = z.strictObject({
  enabled: z.boolean().default(resting.isEnabled).describe('Models that fail rest for a while.'),
  failures: z.int().positive().default(resting.failures).describe('Failures in a row after which a model rests.'),
  share: z
    .number()
    .positive()
    .max(1)
    .default(resting.share)
    .describe('Share of the last 20 calls that failed, likewise.'),
  rest_ms: milliseconds
    .default(resting.restMs)
    .describe('The first rest; one that follows a failed trial is twice as long.'),
  max_rest_ms: milliseconds.default(resting.maxRestMs).describe('The longest of these rests.'),
})

const queue = z.strictObject({
  length: z.int().nonnegative().default(waiting.length).describe('Calls that wait for one provider.'),
  wait_ms: milliseconds.default(waiting.waitMs).describe('How long one waits before the next model is tried.'),
})

const hedge = z.strictObject({
  share: z.number().positive().max(1).default(0.05).describe('Share of the calls that may ask a second model.'),
  min_ms: milliseconds.default(500).describe('Least wait before that; else what 95 of 100 answers begin within.'),
})

export const dispatch = z.strictObject({
  retries: z
    .int()
    .min(0)
    .max(5)
    .default(defaults.retries)
    .describe('Times that one model is asked again when there is no other. server.max_attempts bounds all together.'),
  max_retry_after_ms: z
    .int()
    .nonnegative()
    .default(defaults.maxRetryAfterMs)
    .describe('Longest retry-after that is waited for when there is no other model; a longer one is passed on.'),
  hold_back_bytes: z
    .int()
    .positive()
    .default(defaults.holdBackBytes)
    .describe('Most bytes of a stream before its first content; more, and the next model is tried.'),
  hold_back_frames: z
    .int()
    .positive()
    .default(defaults.holdBackFrames)
    .describe('Most events and comments of a stream before its first content, likewise.'),
  fallback_on: z
    .array(z.enum(['empty', 'content_filter']))
    .default([...defaults.fallbackOn])
    .describe('Answers that count as failures: without any content, or refused by the provider’s filter.'),
  breaker: breaker.prefault({}).describe('When a model that fails is left alone.'),
  queue: queue.prefault({}).describe('Waiting for models with max_concurrent.'),
  hedge: hedge.optional().describe('Asks a second model when the first is slow to begin. Off unless it is here.'),
  continuations: z
    .int()
    .min(0)
    .max(3)
    .default(defaults.continuations)
    .describe('Times that a stream of text which breaks in the middle goes on with another model.'),
})
