import { z } from 'zod'

export const clustersSettings = z.strictObject({
  device: z
    .string()
    .default('auto')
    .describe(
      'Where the encoder runs: auto, cpu, cuda, tensorrt, webgpu, coreml, dml or remote; what does not run falls back to cpu.',
    ),
})
export type ClustersSettings = z.infer<typeof clustersSettings>
