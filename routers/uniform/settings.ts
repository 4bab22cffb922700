import { z } from 'zod'

// `device` is accepted and has no effect: there is no model to run.
export const uniformSettings = z.strictObject({ device: z.string().optional() })
