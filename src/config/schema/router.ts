import { z } from 'zod'
import { milliseconds, NO_URL, secretReference } from './values.ts'

const remote = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: NO_URL }).describe('The server, without /v2: http://gpu-1:8000.'),
  model: z.string().min(1).default('thalamus-encoder').describe('The name under which it serves the encoder.'),
  key: secretReference.optional().describe('Sent as "authorization: Bearer …".'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Sent with every call. A value may be a reference: env:NAME, Bearer file:/path.'),
  timeout_ms: milliseconds.default(15).describe('Later, and the CPU here answers; less than deadline_ms.'),
  max_concurrent: z.int().positive().default(8).describe('Calls under way at once.'),
  max_batch: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Prompts of one call. Over 1 only where the server’s model gives the same for a batch.'),
})

export const router = z.strictObject({
  use: z
    .string()
    .default('auto')
    .describe(
      'Who predicts quality: auto (clusters, and static when it is late), clusters, static, catalog-scores, uniform.',
    ),
  device: z
    .enum(['auto', 'cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml', 'remote'])
    .default('auto')
    .describe('Where the router runs. auto: the best device that proves itself, else the CPU.'),
  remote: remote.optional().describe('The server that runs the encoder for device: remote.'),
  deadline_ms: milliseconds.default(30).describe('How long a decision may wait for the router.'),
})
