import { z } from 'zod'

// `device` is accepted and has no effect: there is no model to run.
export const catalogScoresSettings = z.strictObject({ device: z.string().optional() })
