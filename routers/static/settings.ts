import { z } from 'zod'

// `device` is accepted and has no effect: the table is summed on the thread that asks.
export const staticSettings = z.strictObject({ device: z.string().optional() })
