import { z } from 'zod'
import { milliseconds } from './values.ts'

export const store = z
  .strictObject({
    url: z
      .string()
      .regex(
        /^(?:env:[A-Za-z_]\w*|file:.+|rediss?:\/\/[^@]+)$/,
        'neither the address of a Redis or Valkey nor a reference to one\nWrite redis://HOST:PORT, or, for one with a password, env:NAME or file:/path, and keep it there.',
      )
      .describe('redis://HOST:PORT or rediss://…; with a password in it, a reference: env:NAME or file:/path.'),
    timeout_ms: milliseconds.default(250).describe('How long a call waits for the store.'),
    on_failure: z
      .enum(['open', 'closed'])
      .default('open')
      .describe(
        'Without the store, keys are held to their limits by each gateway alone, or are refused. Keys with a budget are refused either way.',
      ),
  })
  .optional()
  .describe(
    'Redis or Valkey, for limits and budgets that several gateways share. Without it each keeps its own in memory.',
  )
