import { z } from 'zod'
import { INJECTION_SOURCES, PII_KINDS } from '../../core/guard-settings.ts'

const place = {
  on_failure: z
    .enum(['allow', 'block'])
    .describe('What becomes of a call whose guard throws or is late: it passes unseen, or is an error.'),
  timeout_ms: z
    .int()
    .positive()
    .default(5_000)
    .describe('Milliseconds that the guard may take for a request, and for each answer.'),
  passthrough: z
    .enum(['allow', 'block'])
    .default('block')
    .describe('Whether paths and lists of tokens that the gateway passes on unread may be used all the same.'),
}

const pii = z.strictObject({
  use: z.literal('pii').describe('What names a person or opens a door.'),
  on: z
    .array(z.enum(['request', 'answer']))
    .min(1)
    .default(['request'])
    .describe('Before the model, after it, or both.'),
  action: z
    .enum(['redact', 'block', 'flag'])
    .default('redact')
    .describe('A placeholder such as [EMAIL_1] in its place, an error, or only a note in the decision.'),
  kinds: z
    .array(z.enum(PII_KINDS))
    .min(1)
    .default([...PII_KINDS])
    .describe('What is looked for.'),
  restore: z
    .boolean()
    .default(false)
    .describe('The caller gets his own words back where the answer has their placeholder.'),
  ...place,
  on_failure: place.on_failure.default('block'),
})

const injection = z.strictObject({
  use: z.literal('prompt-injection').describe('Orders to the model in texts that should hold none.'),
  on: z
    .array(z.enum(['request']))
    .min(1)
    .default(['request'])
    .describe('Before the model.'),
  action: z.enum(['block', 'flag']).default('flag').describe('An error, or only a note in the decision.'),
  threshold: z.number().min(0).max(1).default(0.5).describe('How sure the check has to be, 0..1.'),
  sources: z
    .array(z.enum(INJECTION_SOURCES))
    .min(1)
    .default(['user', 'tool-result', 'document', 'tools', 'other'])
    .describe('Whose texts are read.'),
  ...place,
  on_failure: place.on_failure.default('allow'),
})

export const guards = z.array(z.discriminatedUnion('use', [pii, injection]))
