import { z } from 'zod'

const enabled = z.boolean().default(false)
const ttl = z.number().positive().default(3_600)

export const cache = z.strictObject({
  shared: z
    .boolean()
    .default(false)
    .describe('Whether answers are kept in `store`, for all gateways that share it, and not in the memory of each.'),
  exact: z
    .strictObject({
      enabled: enabled.describe('Whether the same request of the same key is answered with the answer that it had.'),
      ttl_s: ttl.describe('Seconds that an answer is given again.'),
      max_bytes: z
        .int()
        .positive()
        .default(67_108_864)
        .describe('Memory for all answers together. The one that was used longest ago goes first.'),
      max_entry_bytes: z.int().positive().default(1_048_576).describe('Longer answers are not kept.'),
    })
    .prefault({})
    .describe('Answers to the same request.'),
  semantic: z
    .strictObject({
      enabled: enabled.describe(
        'Whether a question that asks the same in other words is answered with it too, for keys with `cache: semantic`. Needs `exact.enabled`.',
      ),
      ttl_s: ttl.describe('Seconds that an answer is given again.'),
      match: z
        .enum(['words', 'meaning'])
        .default('words')
        .describe(
          'What must be the same: every word of substance, or, by an encoder, the meaning. The latter is wrong now and then: docs/caching.md has how often. It needs the router `clusters`.',
        ),
      threshold: z
        .number()
        .min(0.5)
        .max(1)
        .default(0.99)
        .describe('For `match: meaning`, the least cosine between two questions that are answered alike.'),
    })
    .prefault({})
    .describe('Answers to questions that mean the same.'),
})
