import { z } from 'zod'
import { milliseconds } from './values.ts'

export const timeouts = z.strictObject({
  connect_ms: milliseconds.default(5_000).describe('To a connection.'),
  headers_ms: milliseconds.default(60_000).describe('To the status line of a streamed answer.'),
  first_part_ms: milliseconds.default(60_000).describe('To the first content part of a streamed answer.'),
  idle_ms: milliseconds.default(60_000).describe('Between two reads of an answer.'),
  total_ms: milliseconds.default(600_000).describe('For the whole call, all attempts together.'),
})
