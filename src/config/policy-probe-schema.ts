import { z } from 'zod'

const figures = z.record(z.string(), z.number())

const probeSchema = z.strictObject({
  request: z.string(),
  /** Predicted quality by model, 0..1. */
  quality: figures,
  output_tokens: z.number(),
  /** The model that must win, or models of which one must. */
  winner: z.union([z.string(), z.array(z.string()).min(1)]),
  why: z.string(),
})

/** `probes.yaml`: models with facts, and requests with given predictions and the winner they must have. */
export const policyProbeFile = z.strictObject({
  models: z.record(z.string(), z.record(z.string(), z.unknown())),
  probes: z.array(probeSchema).min(1),
})

export type PolicyProbe = z.infer<typeof probeSchema>
