import { z } from 'zod'

export const clustersSettings = z.strictObject({
  device: z
    .string()
    .default('auto')
    .describe('Where the encoder runs: auto or cpu; what is not there falls back to cpu.'),
})
export type ClustersSettings = z.infer<typeof clustersSettings>
