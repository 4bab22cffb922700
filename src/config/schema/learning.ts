import { z } from 'zod'

export const learning = z.strictObject({
  enabled: z.boolean().default(true).describe('Feedback moves predictions.'),
  signals: z
    .boolean()
    .default(false)
    .describe('So does what is seen of answers: tool calls, refusals, cut or failed answers, questions asked again.'),
  prior_count: z
    .number()
    .min(1)
    .default(50)
    .describe('Outcomes on prompts of one kind that the router’s own prediction counts for.'),
  forgetting_per_day: z.number().min(0.5).max(1).default(0.99).describe('What an outcome counts for a day later.'),
  explore: z
    .number()
    .min(0)
    .max(0.05, 'more than 0.05\nUse at most 0.05; 0.02 is usual, and 0 explores nothing.')
    .default(0)
    .describe('Share of decisions that may fall on another model than the best, within bounds of quality and cost.'),
  file: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Where what was learned is kept across restarts, from this file’s folder: learned.json.'),
})
