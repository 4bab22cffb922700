import { z } from 'zod'
import { CALL_PATHS } from '../core/call-paths.ts'
import { matchesPattern } from '../core/match-models.ts'
import { guards } from './schema/guards.ts'

const patterns = z
  .union(
    [
      z
        .string()
        .min(1)
        .transform((text) => [text]),
      z.array(z.string().min(1)).min(1),
    ],
    'neither a text nor a list of texts\nWrite a pattern such as team-* or a list of them.',
  )
  .describe('A pattern, or a list of which one must match; * stands for anything.')

const yesOrNo = z.boolean('neither true nor false\nWrite true or false.').optional()
const count = z
  .union(
    [
      z.boolean(),
      z
        .strictObject({
          min: z.number().optional().describe('At least this.'),
          max: z.number().optional().describe('At most this.'),
        })
        .refine(
          ({ min, max }) => min !== undefined || max !== undefined,
          'says nothing\nWrite { min: 8000 }, { max: 500 } or both.',
        ),
    ],
    'neither true, false nor a range\nWrite true, false or { min: 8000 }.',
  )
  .optional()

const signals = z.strictObject({
  prompt_tokens: count.describe('Tokens of the prompt, estimated.'),
  last_turn_tokens: count.describe('Tokens of the last turn, estimated.'),
  turns: count.describe('Turns of the user.'),
  phase: z
    .enum(['first-turn', 'user-turn', 'tool-loop'], 'no phase\nWrite first-turn, user-turn or tool-loop.')
    .optional()
    .describe('Where the conversation stands.'),
  tools: count.describe('Tools that are declared.'),
  tool_forced: yesOrNo.describe('Whether a call of a tool is demanded.'),
  images: yesOrNo.describe('Whether it has images.'),
  audio: yesOrNo.describe('Whether it has audio.'),
  files: yesOrNo.describe('Whether it has files.'),
  json: yesOrNo.describe('Whether JSON is demanded.'),
  choices: count.describe('Answers asked for at once.'),
  max_output_tokens: count.describe('The most tokens that the answer may have, where the client says it.'),
})

const PATHS = Object.values(CALL_PATHS)
const paths = patterns.refine(
  (written) => written.every((pattern) => PATHS.some((path) => matchesPattern(path, pattern))),
  `no path that is routed\nWrite one of ${PATHS.join(', ')}.`,
)

const match = z
  .strictObject({
    key: patterns.optional().describe('The caller’s key by its name; local where there are no keys.'),
    path: paths.optional().describe('The path: /v1/messages.'),
    model: patterns.optional().describe('The model as the client wrote it: auto, gpt-4*.'),
    metadata: z.record(z.string(), patterns).optional().describe('The client’s own labels (metadata of the body).'),
    signals: signals.optional().describe('Facts about the request: { tools: true, prompt_tokens: { min: 8000 } }.'),
  })
  .describe(
    'Requests it governs when the caller names no preset. All of it must hold; the first policy that matches governs.',
  )

/** One policy of the operator's: a member of `policies`, or the file NAME/policy.yaml. */
export const policySchema = z.strictObject({
  description: z.string().default('').describe('What it is for.'),
  extends: z.string().optional().describe('The preset whose values it takes where it says none. Default: balanced.'),
  routing: z.record(z.string(), z.json()).optional().describe('The same members as a request body’s `routing`.'),
  fixed_order: z
    .enum(['listed', 'cheapest', 'fastest', 'smallest', 'newest'])
    .optional()
    .describe('The order of models when no router spoke in time.'),
  match: match.optional(),
  guards: guards
    .default([])
    .describe('Guards of the calls that it governs, beside those of all and of their key: docs/guardrails.md.'),
  shadow: z
    .strictObject({
      model: z.string().min(1).describe('The model that gets the copy, as PROVIDER/MODEL.'),
      share: z.number().positive().max(1).describe('Of the requests, 0 to 1.'),
    })
    .optional()
    .describe(
      'A second model gets a copy of some requests. Its answers reach nobody; they are logged, and cost what they cost.',
    ),
})

export type PolicyConfig = z.infer<typeof policySchema>
