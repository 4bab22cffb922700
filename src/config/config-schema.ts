import { z } from 'zod'
import type { WireFormatId } from '../core/request.ts'
import { policySchema } from './policy-schema.ts'

// The whole of thalamus.yaml. Strict: an unknown key is a typo. External names are snake_case, units stand in names.
// A message of two lines is a problem and its remedy.

const secretReference = z
  .string()
  .regex(
    /^(?:env:[A-Za-z_]\w*|file:.+)$/,
    'a secret must be a reference, never the value itself\nWrite env:NAME or file:/path, and keep the secret there.',
  )
  .describe('Where the secret is kept: env:NAME or file:/path.')

const NO_URL = 'not an http:// or https:// address\nWrite it as http://127.0.0.1:8000.'

const jsonValue: z.ZodType<unknown> = z.json()
const routing = z.record(z.string(), jsonValue).describe('The same members as a request body’s `routing`.')

const isoDate = z.string().regex(/^\d{4}-\d{2}(?:-\d{2})?$/, 'not a date\nWrite it as 2024-07-23 or 2024-07.')
const modality = z.enum(['text', 'image', 'audio', 'video', 'pdf'])
const modalityOut = z.enum(['text', 'image', 'audio', 'video', 'pdf', 'embedding'])

const rate = (what: string) => z.number().nonnegative().exactOptional().describe(`USD per million ${what}.`)

const longPrompt = z.strictObject({
  above_tokens: z.int().positive().describe('Prompts longer than this cost these rates.'),
  price_in: rate('prompt tokens'),
  price_out: rate('answer tokens'),
  price_cached_in: rate('prompt tokens read from a cache'),
  price_cache_write: rate('prompt tokens written to a cache'),
  price_cache_write_1h: rate('prompt tokens kept in a cache for an hour'),
})

const facts = z.strictObject({
  price_in: z.number().nonnegative().exactOptional().describe('USD per million prompt tokens.'),
  price_out: z.number().nonnegative().exactOptional().describe('USD per million answer tokens.'),
  price_cached_in: z
    .number()
    .nonnegative()
    .exactOptional()
    .describe('USD per million prompt tokens read from a cache.'),
  price_cache_write: z
    .number()
    .nonnegative()
    .exactOptional()
    .describe('USD per million prompt tokens written to a cache.'),
  price_cache_write_1h: rate('prompt tokens kept in a cache for an hour'),
  price_reasoning: rate('reasoning tokens, where they cost other than the answer’s'),
  price_audio_in: rate('prompt tokens that are sound'),
  price_audio_cached_in: rate('prompt tokens that are sound and read from a cache'),
  price_audio_out: rate('answer tokens that are sound'),
  price_image_out: rate('answer tokens that are pictures'),
  price_web_search: z
    .number()
    .nonnegative()
    .exactOptional()
    .describe('USD per thousand searches with the provider’s own tool.'),
  price_factors: z
    .record(z.string(), z.number().positive())
    .exactOptional()
    .describe(
      'What the rates are multiplied by where the provider names a tier, speed or place: { flex: 0.5, us: 1.1 }.',
    ),
  long_prompt: longPrompt.exactOptional().describe('Rates of calls with a long prompt.'),
  context_tokens: z.int().positive().exactOptional().describe('Tokens of prompt and answer together.'),
  max_output_tokens: z.int().positive().exactOptional().describe('Most tokens of one answer.'),
  modalities_in: z.array(modality).exactOptional().describe('What a prompt may hold.'),
  modalities_out: z
    .array(modalityOut)
    .exactOptional()
    .describe('What an answer may hold. Without text, a model is never routed to: [embedding].'),
  tools: z.boolean().exactOptional().describe('Calls tools in the provider’s own format.'),
  structured_output: z.boolean().exactOptional().describe('Keeps to a JSON Schema given with the request.'),
  reasoning: z.boolean().exactOptional().describe('Thinks before it answers.'),
  released: isoDate.exactOptional().describe('Day of release, 2024-07-23 or 2024-07.'),
  knowledge: isoDate.exactOptional().describe('Day its knowledge ends, 2024-01-31 or 2024-01.'),
  params_b: z.number().positive().exactOptional().describe('Billions of parameters.'),
  active_params_b: z.number().positive().exactOptional().describe('Billions of parameters active per token.'),
  license: z.string().exactOptional().describe('Licence of the weights: apache-2.0, mit, llama3.1, proprietary, …'),
  open_weights: z.boolean().exactOptional().describe('The weights can be downloaded.'),
  openness: z
    .literal([0, 1, 2, 3])
    .exactOptional()
    .describe('0 closed, 1 weights under conditions, 2 under an open-source licence, 3 training data too.'),
  region: z.array(z.string()).exactOptional().describe('Where prompts are processed: eu, us, ch, …'),
  retention: z.enum(['zero', 'limited', 'kept']).exactOptional().describe('Whether the provider keeps prompts.'),
  training: z
    .enum(['never', 'opt-in', 'opt-out', 'always'])
    .exactOptional()
    .describe('Whether the provider trains on prompts.'),
  security: z.literal([0, 1, 2, 3]).exactOptional().describe('Your own grade of the provider, 3 being the strictest.'),
  local: z.boolean().exactOptional().describe('Runs on your own machine; known of loopback addresses.'),
  energy_wh_per_1k_tokens: z
    .number()
    .nonnegative()
    .exactOptional()
    .describe('Watt-hours for a thousand tokens of answers, as measured.'),
  reading_grade: z
    .number()
    .exactOptional()
    .describe('Grade of school for which its answers are written (Flesch-Kincaid).'),
  max_concurrent: z.int().positive().exactOptional().describe('Requests that it serves at once.'),
  ttft_ms: z.number().positive().exactOptional().describe('Milliseconds to the first token.'),
  tokens_per_second: z.number().positive().exactOptional().describe('Speed of the answer after its first token.'),
})

const model = z.union(
  [
    z.string().min(1).describe('A model as PROVIDER/MODEL.'),
    z.strictObject({
      id: z.string().min(1).describe('The model as PROVIDER/MODEL.'),
      facts: facts.optional().describe('Replace what the catalogue says, fact by fact.'),
    }),
  ],
  'neither a name nor an object\nWrite PROVIDER/MODEL, or { id: PROVIDER/MODEL, facts: … }.',
)

const key = z.strictObject({
  name: z.string().min(1).describe('Names the caller in logs and metrics.'),
  key: secretReference,
  limits: z
    .strictObject({
      requests_per_minute: z.int().positive().optional().describe('Requests begun in any minute.'),
      tokens_per_minute: z.int().positive().optional().describe('Tokens of prompts and answers in any minute.'),
      concurrent: z.int().positive().optional().describe('Requests under way at once.'),
    })
    .optional()
    .describe('How much this caller may use. Not enforced yet.'),
  budget: z
    .strictObject({
      usd: z.number().positive().describe('Dollars in each period.'),
      per: z.enum(['day', 'month']).describe('The period.'),
    })
    .optional()
    .describe('How much this caller may spend. Not enforced yet.'),
  routing: routing.optional(),
  prompt_flags: z
    .enum(['off', 'soft', 'tighten'])
    .default('off')
    .describe('What a flag written in a prompt may do: nothing, choose a preset without limits, or also add limits.'),
  sensitive: z.boolean().default(false).describe('Calls of this key are never explored with (learning.explore).'),
})

const server = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('A public address without keys is refused.'),
  port: z.int().min(0).max(65_535).default(8787).describe('0 takes a free one.'),
  max_body_bytes: z.int().positive().default(33_554_432).describe('Larger requests are refused.'),
  max_attempts: z.int().positive().max(10).default(3).describe('Models tried for one request.'),
  keys: z.array(key).default([]).describe('Who may call. Without keys only this machine may.'),
})

const WIRE_FORMATS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
  'bedrock-converse',
  'cohere-chat',
  'ollama-chat',
] as const satisfies readonly WireFormatId[]

const provider = z.strictObject({
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

const pool = z.strictObject({
  models: z.array(z.string().min(1)).min(1).describe('Patterns over models: "openai/*"; "!*mini" takes out.'),
  preset: z.string().optional().describe('The preset that governs auto/POOL when the caller names none.'),
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

// Timers of Node and of browsers hold 31 bits: what is longer fires at once.
const MOST_MS = 2_147_483_647
const milliseconds = z.int().positive().max(MOST_MS, `longer than a timer can wait\nUse at most ${MOST_MS} (24 days).`)
const timeouts = z.strictObject({
  connect_ms: milliseconds.default(5_000).describe('To a connection.'),
  headers_ms: milliseconds.default(60_000).describe('To the status line of a streamed answer.'),
  first_part_ms: milliseconds.default(60_000).describe('To the first content part of a streamed answer.'),
  idle_ms: milliseconds.default(60_000).describe('Between two reads of an answer.'),
  total_ms: milliseconds.default(600_000).describe('For the whole call, all attempts together.'),
})

const remote = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: NO_URL }).describe('The server, without /v2: http://gpu-1:8000.'),
  model: z.string().min(1).default('thalamus-encoder').describe('The name under which it serves the encoder.'),
  key: secretReference.optional().describe('Sent as "authorization: Bearer …".'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Sent with every call. A value may be a reference: env:NAME, Bearer file:/path.'),
  timeout_ms: milliseconds.default(15).describe('Later, and the CPU here answers; less than deadline_ms.'),
  max_concurrent: z.int().positive().default(8).describe('Calls under way at once.'),
  max_batch: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Prompts of one call. Over 1 only where the server’s model gives the same for a batch.'),
})

const router = z.strictObject({
  use: z
    .string()
    .default('auto')
    .describe(
      'Who predicts quality: auto (clusters, and static when it is late), clusters, static, catalog-scores, uniform.',
    ),
  device: z
    .enum(['auto', 'cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml', 'remote'])
    .default('auto')
    .describe('Where the router runs. auto: the best device that proves itself, else the CPU.'),
  remote: remote.optional().describe('The server that runs the encoder for device: remote.'),
  deadline_ms: milliseconds.default(30).describe('How long a decision may wait for the router.'),
})

const decisionLog = z.strictObject({
  path: z.string().min(1).describe('The file, from the folder of this configuration: logs/decisions.jsonl.'),
  prompts: z.boolean().default(false).describe('Also the text that the router read of each prompt.'),
  max_bytes: z
    .int()
    .min(65_536)
    .default(67_108_864)
    .describe('A file that would grow larger is kept as PATH.1, and another begins.'),
  keep: z.int().min(0).max(1_000).default(8).describe('Full files that are kept; the oldest goes.'),
})

const sessions = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the turns of a conversation are seen as one.'),
  idle_s: z
    .number()
    .positive()
    .default(300)
    .describe('Seconds without a call after which the provider’s cache counts as lost.'),
  drift: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe('Least cosine between the kinds of two turns: less alike, and the margin no longer speaks for staying.'),
  switch_margin: z
    .number()
    .nonnegative()
    .default(1)
    .describe('Quality points by which another model must be the better choice.'),
})

const learning = z.strictObject({
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

/** thalamus.yaml. */
export const configSchema = z.strictObject({
  server: server.prefault({}).describe('Where the gateway listens, and for whom.'),
  providers: z
    .record(
      z.string().regex(/^[\w.-]+$/, 'not a name\nUse letters, digits, ".", "_" and "-".'),
      provider.nullable().transform((value) => value ?? provider.parse({})),
    )
    .default({})
    .describe('Who serves models, by the name you use for it in PROVIDER/MODEL.'),
  models: z
    .array(model)
    .default([])
    .describe('The models to choose from. A provider of which none is listed brings those of the catalogue.'),
  pools: z.record(z.string().min(1), pool).default({}).describe('Named choices, used as auto/POOL.'),
  policies: z
    .record(z.string(), policySchema)
    .default({})
    .describe('Your own policies: by name (auto:NAME), or for the requests that they match.'),
  aliases: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe('Other names for auto or for a model: gpt-4o: auto:balanced.'),
  router: router.prefault({}).describe('The model that predicts how well each candidate would answer.'),
  learning: learning.prefault({}).describe('What is learned from outcomes of answers.'),
  policy: z
    .string()
    .default('balanced')
    .describe('What governs when the caller says nothing: best, balanced, cheap, …'),
  sessions: sessions
    .prefault({})
    .describe('When a conversation stays with the model that answered last: docs/sessions.md.'),
  timeouts: timeouts.prefault({}).describe('How long to wait for an upstream.'),
  store: z
    .strictObject({ url: z.string().min(1).describe('redis://127.0.0.1:6379') })
    .optional()
    .describe('State that several gateways share. Not used yet: each keeps its own in memory.'),
  telemetry: z
    .strictObject({
      otlp_endpoint: z
        .url({ protocol: /^https?$/, error: NO_URL })
        .optional()
        .describe('An OTLP/HTTP collector, http://127.0.0.1:4318.'),
      prompts: z.boolean().default(false).describe('Prompts in traces. Not done yet.'),
      decision_log: decisionLog
        .optional()
        .describe('Every routed decision and what became of it, a JSON record a line.'),
    })
    .prefault({})
    .describe('What is reported beyond the log and /metrics.'),
})

export type Config = z.infer<typeof configSchema>
export type ProviderConfig = Config['providers'][string]
