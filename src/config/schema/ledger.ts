import { z } from 'zod'

export const ledger = z.strictObject({
  sqlite: z.string().min(1).describe('The SQLite file, from the folder of this configuration: usage.sqlite.'),
  on_failure: z
    .enum(['open', 'closed'])
    .default('open')
    .describe('While it cannot be written: serve on and write later, or refuse calls with 503.'),
})
