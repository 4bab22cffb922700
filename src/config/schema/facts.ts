import { z } from 'zod'

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

export const facts = z.strictObject({
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
  max_concurrent: z
    .int()
    .positive()
    .exactOptional()
    .describe('Requests that it serves at once; others wait (dispatch.queue).'),
  ttft_ms: z.number().positive().exactOptional().describe('Milliseconds to the first token.'),
  tokens_per_second: z.number().positive().exactOptional().describe('Speed of the answer after its first token.'),
})
