import { z } from 'zod'

// The whole of thalamus.yaml. Strict: an unknown key is a typo. External names are snake_case, units stand in names.

const secretReference = z
  .string()
  .regex(
    /^(?:env:[A-Za-z_]\w*|file:.+)$/,
    'a secret must be a reference: env:NAME or file:/path, never the value itself',
  )
  .describe('Where the secret is kept: env:NAME or file:/path.')

const jsonValue: z.ZodType<unknown> = z.json()
const routing = z.record(z.string(), jsonValue).describe('The same members as a request body’s `routing`.')

const isoDate = z
  .union([z.string(), z.date().transform((date) => date.toISOString().slice(0, 10))])
  .pipe(z.string().regex(/^\d{4}-\d{2}(?:-\d{2})?$/, 'a date such as 2024-07-23'))

const facts = z.strictObject({
  price_in: z.number().nonnegative().optional().describe('USD per million prompt tokens.'),
  price_out: z.number().nonnegative().optional().describe('USD per million answer tokens.'),
  price_cached_in: z.number().nonnegative().optional().describe('USD per million prompt tokens read from a cache.'),
  price_cache_write: z.number().nonnegative().optional().describe('USD per million prompt tokens written to a cache.'),
  context_tokens: z.int().positive().optional().describe('Tokens of prompt and answer together.'),
  max_output_tokens: z.int().positive().optional(),
  modalities_in: z.array(z.enum(['text', 'image', 'audio', 'video', 'pdf'])).optional(),
  modalities_out: z.array(z.enum(['text', 'image', 'audio', 'video', 'pdf'])).optional(),
  tools: z.boolean().optional(),
  structured_output: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  released: isoDate.optional(),
  knowledge: isoDate.optional(),
  params_b: z.number().positive().optional().describe('Billions of parameters.'),
  active_params_b: z.number().positive().optional().describe('Billions of parameters active per token.'),
  license: z.string().optional(),
  open_weights: z.boolean().optional(),
  region: z.array(z.string()).optional().describe('Where prompts are processed: eu, us, ch, …'),
  retention: z.enum(['zero', 'limited', 'kept']).optional(),
  training: z.enum(['never', 'opt-in', 'opt-out', 'always']).optional(),
  security: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).optional(),
  local: z.boolean().optional(),
  ttft_ms: z.number().positive().optional(),
  tokens_per_second: z.number().positive().optional(),
})

const model = z.union([
  z.string().min(1).describe('A model as PROVIDER/MODEL.'),
  z.strictObject({ id: z.string().min(1), facts: facts.optional() }),
])

const key = z.strictObject({
  name: z.string().min(1),
  key: secretReference,
  limits: z
    .strictObject({
      requests_per_minute: z.int().positive().optional(),
      tokens_per_minute: z.int().positive().optional(),
      concurrent: z.int().positive().optional(),
    })
    .optional(),
  budget: z.strictObject({ usd: z.number().positive(), per: z.enum(['day', 'month']) }).optional(),
  routing: routing.optional(),
  prompt_flags: z.enum(['off', 'soft', 'tighten']).default('off'),
})

const server = z.strictObject({
  host: z.string().default('127.0.0.1').describe('A public address without keys is refused.'),
  port: z.int().min(0).max(65_535).default(8787),
  max_body_bytes: z.int().positive().default(33_554_432),
  max_attempts: z.int().positive().max(10).default(3).describe('Models tried for one request.'),
  keys: z.array(key).default([]),
})

const provider = z.strictObject({
  type: z.string().optional().describe('The built-in provider this is, when its name does not say so.'),
  key: secretReference.optional(),
  base_url: z.url({ protocol: /^https?$/ }).optional(),
  headers: z.record(z.string(), z.string()).default({}).describe('Sent with every request to this provider.'),
  format: z.enum(['openai-chat']).optional().describe('The JSON shape it speaks.'),
  tool_calls: z.string().default('native').describe('native, auto, emulate or a dialect.'),
  refine: z.int().min(0).max(2).default(0),
})

const pool = z.strictObject({ models: z.array(z.string()).min(1), preset: z.string().optional() })

const milliseconds = z.int().positive()
const timeouts = z.strictObject({
  connect_ms: milliseconds.default(5_000),
  headers_ms: milliseconds.default(60_000).describe('To the status line of a streamed answer.'),
  first_part_ms: milliseconds.default(60_000).describe('To the first content part of a streamed answer.'),
  idle_ms: milliseconds.default(60_000).describe('Between two reads of an answer.'),
  total_ms: milliseconds.default(600_000).describe('For the whole call, all attempts together.'),
})

const router = z.strictObject({
  use: z.string().default('clusters'),
  device: z.enum(['auto', 'cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml', 'remote']).default('auto'),
  deadline_ms: z.int().positive().default(30).describe('How long a decision may wait for the router.'),
})

/** thalamus.yaml. */
export const configSchema = z.strictObject({
  server: server.prefault({}),
  providers: z
    .record(
      z.string().regex(/^[\w.-]+$/, 'letters, digits, ".", "_" and "-"'),
      provider.nullable().transform((value) => value ?? provider.parse({})),
    )
    .default({}),
  models: z.array(model).default([]),
  pools: z.record(z.string(), pool).default({}),
  aliases: z.record(z.string(), z.string()).default({}),
  router: router.prefault({}),
  policy: z.string().default('balanced'),
  timeouts: timeouts.prefault({}),
  store: z.strictObject({ url: z.string() }).optional(),
  telemetry: z.strictObject({ otlp_endpoint: z.url().optional(), prompts: z.boolean().default(false) }).prefault({}),
})

export type Config = z.infer<typeof configSchema>
export type ProviderConfig = Config['providers'][string]
