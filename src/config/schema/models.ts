import { z } from 'zod'
import { facts } from './facts.ts'

export const model = z.union(
  [
    z.string().min(1).describe('A model as PROVIDER/MODEL.'),
    z.strictObject({
      id: z.string().min(1).describe('The model as PROVIDER/MODEL.'),
      facts: facts.optional().describe('Replace what the catalogue says, fact by fact.'),
    }),
  ],
  'neither a name nor an object\nWrite PROVIDER/MODEL, or { id: PROVIDER/MODEL, facts: … }.',
)
