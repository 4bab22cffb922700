// Reads catalog/*.yaml, the facts we keep by hand. Strict: an unknown key or fact is an error that names the file.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Facts } from '../src/core/target.ts'

const price = z.number().positive().max(1000)
const tokens = z.int().positive()
const modalities = z.array(z.enum(['text', 'image', 'audio', 'video', 'pdf'])).min(1)
const isoDate = z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/)

const longPrompt = z.strictObject({
  above_tokens: tokens,
  price_in: price.exactOptional(),
  price_out: price.exactOptional(),
  price_cached_in: price.exactOptional(),
  price_cache_write: price.exactOptional(),
  price_cache_write_1h: price.exactOptional(),
})

/** Every fact a catalogue file may state; the names are those of `Facts`, which the assertion below holds us to. */
export const factSchema = z.strictObject({
  price_in: price.exactOptional(),
  price_out: price.exactOptional(),
  price_cached_in: price.exactOptional(),
  price_cache_write: price.exactOptional(),
  price_cache_write_1h: price.exactOptional(),
  price_reasoning: price.exactOptional(),
  price_audio_in: price.exactOptional(),
  price_audio_cached_in: price.exactOptional(),
  price_audio_out: price.exactOptional(),
  price_image_out: price.exactOptional(),
  price_web_search: price.exactOptional(),
  price_factors: z.record(z.string().regex(/^[a-z_]+$/), z.number().positive().max(20)).exactOptional(),
  long_prompt: longPrompt.exactOptional(),
  context_tokens: tokens.exactOptional(),
  max_output_tokens: tokens.exactOptional(),
  modalities_in: modalities.exactOptional(),
  modalities_out: modalities.exactOptional(),
  tools: z.boolean().exactOptional(),
  structured_output: z.boolean().exactOptional(),
  reasoning: z.boolean().exactOptional(),
  released: isoDate.exactOptional(),
  knowledge: isoDate.exactOptional(),
  params_b: z.number().positive().exactOptional(),
  active_params_b: z.number().positive().exactOptional(),
  license: z.string().min(1).exactOptional(),
  open_weights: z.boolean().exactOptional(),
  openness: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).exactOptional(),
  region: z.array(z.string().min(2)).min(1).exactOptional(),
  retention: z.enum(['zero', 'limited', 'kept']).exactOptional(),
  training: z.enum(['never', 'opt-in', 'opt-out', 'always']).exactOptional(),
  security: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).exactOptional(),
  local: z.boolean().exactOptional(),
  energy_wh_per_1k_tokens: z.number().positive().exactOptional(),
  reading_grade: z.number().exactOptional(),
  max_concurrent: z.int().positive().exactOptional(),
  ttft_ms: z.number().positive().exactOptional(),
  tokens_per_second: z.number().positive().exactOptional(),
}) satisfies z.ZodType<Partial<Record<keyof Facts, unknown>>>

/** The facts in the order in which they are written. */
export const FACT_NAMES = factSchema.keyof().options

const sourceSchema = z.strictObject({ source: z.string().min(1), checked_at: isoDate })
const modelSchema = z.strictObject({
  name: z.string().min(1),
  family: z.string().optional(),
  of: z.string().optional().describe('Catalogue id of the vendor’s entry whose model this provider resells.'),
  hosted: z.boolean().default(true).describe('False when the vendor publishes the weights but sells no API for them.'),
  listed: z.boolean().default(true).describe('False when only a configuration that names it gets it, see README.md.'),
  aliases: z.array(z.string()).default([]),
  prices_as: z.string().optional().describe('The name under which the npm catalogues know it, when not its id.'),
  facts: z.record(z.string(), factSchema).default({}),
})
const providerSchema = z.strictObject({
  provider: z.string().min(1),
  name: z.string().min(1),
  prices: z.strictObject({ 'genai-prices': z.string().optional(), tokenlens: z.string().optional() }).default({}),
  embeddings: z.boolean().default(true).describe('False when the gateway reaches no embedding models there.'),
  terms: z.array(z.strictObject({ ...sourceSchema.shape, facts: factSchema })).default([]),
  sources: z.record(z.string(), sourceSchema).default({}),
  models: z.record(z.string(), modelSchema),
})
const sharedSchema = z.strictObject({ as_of: isoDate, sources: z.record(z.string(), sourceSchema) })

export type FactSource = z.infer<typeof sourceSchema>
export type ProviderFile = z.infer<typeof providerSchema>
export type ModelEntry = z.infer<typeof modelSchema>

/** The shared sources and every provider file of the folder, in alphabetical order. */
export function readCatalogFolder(folder: string): {
  readonly asOf: string
  readonly sources: Readonly<Record<string, FactSource>>
  readonly providers: readonly ProviderFile[]
} {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && file !== 'sources.yaml')
  const shared = readYaml(join(folder, 'sources.yaml'), sharedSchema)
  return {
    asOf: shared.as_of,
    sources: shared.sources,
    providers: files.toSorted().map((file) => readYaml(join(folder, file), providerSchema)),
  }
}

function readYaml<T>(path: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(parse(readFileSync(path, 'utf8')))
  if (!result.success) throw new Error(`${path}:\n${z.prettifyError(result.error)}`)
  return result.data
}
