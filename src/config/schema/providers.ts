import { z } from 'zod'
import type { WireFormatId } from '../../core/request.ts'
import { NO_URL, pemReference, secretReference } from './values.ts'

const WIRE_FORMATS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
  'bedrock-converse',
  'cohere-chat',
  'ollama-chat',
] as const satisfies readonly WireFormatId[]

const tls = z
  .strictObject({
    ca: pemReference.optional().describe('Whom to trust, in place of the system’s authorities: certificates in PEM.'),
    cert: pemReference.optional().describe('The gateway’s own certificate, for servers that ask for one.'),
    key: secretReference.optional().describe('The key of cert.'),
    server_name: z.string().min(1).optional().describe('The name its certificate has, where that is not the host’s.'),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'a certificate needs its key\nGive both.')

export const provider = z.strictObject({
  type: z.string().optional().describe('The built-in provider this is, when its name does not say so.'),
  key: secretReference.optional(),
  base_url: z
    .url({ protocol: /^https?$/, error: NO_URL })
    .optional()
    .describe('Where it answers, without /chat/completions: http://127.0.0.1:11434/v1.'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Sent with every request to this provider. A value may be a reference: env:NAME, Bearer file:/path.'),
  allow_private: z
    .boolean()
    .optional()
    .describe(
      'Whether its name may resolve to an address of this machine or a private network. By default yes, except for the public names of built-in providers.',
    ),
  tls: tls.optional().describe('Certificates for https, where the system’s authorities are not enough.'),
  max_concurrent: z
    .int()
    .positive()
    .optional()
    .describe('Calls that it takes at once, all of its models together; others wait (dispatch.queue).'),
  format: z.enum(WIRE_FORMATS).optional().describe('The JSON shape it speaks, when its type does not say so.'),
  tool_calls: z
    .string()
    .default('native')
    .describe(
      'How models call tools: native, auto, emulate, or a dialect of docs/dialects.md in which they write calls.',
    ),
  refine: z
    .int()
    .min(0)
    .max(2)
    .default(0)
    .describe('How many times a model is asked again for a call that its tool’s schema does not allow.'),
})
