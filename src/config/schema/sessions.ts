import { z } from 'zod'

export const sessions = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the turns of a conversation are seen as one.'),
  idle_s: z
    .number()
    .positive()
    .default(300)
    .describe('Seconds without a call after which the provider’s cache counts as lost.'),
  drift: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe('Least cosine between the kinds of two turns: less alike, and the margin no longer speaks for staying.'),
  switch_margin: z
    .number()
    .nonnegative()
    .default(1)
    .describe('Quality points by which another model must be the better choice.'),
})
