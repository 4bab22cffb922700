import { z } from 'zod'

export const pool = z.strictObject({
  models: z.array(z.string().min(1)).min(1).describe('Patterns over models: "openai/*"; "!*mini" takes out.'),
  preset: z
    .string()
    .optional()
    .describe('The preset that governs auto/POOL where neither key nor caller names one; its limits hold in any case.'),
  weights: z
    .record(z.string().min(1), z.number().positive())
    .optional()
    .describe('Shares the requests that one of these models wins among them, by weight: { a/gpt-5: 3, b/gpt-5: 1 }.'),
  canary: z
    .strictObject({
      model: z.string().min(1).describe('The model on trial, as PROVIDER/MODEL.'),
      share: z.number().positive().max(1).describe('Of the requests, 0 to 1.'),
      in_place_of: z
        .string()
        .min(1)
        .optional()
        .describe('Only of requests that a model of this pattern wins. Default: any.'),
    })
    .optional()
    .describe('A model on trial, which gets a share of the requests.'),
})
