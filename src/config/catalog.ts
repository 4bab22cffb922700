// What is known of public models: the generated catalogue and the rules by which an upstream's own name finds its entry.

import data from '../../catalog/models.json' with { type: 'json' }
import { table } from '../core/table.ts'
import type { FactName, Facts } from '../core/target.ts'
import { bedrockNames } from './bedrock-names.ts'

/** One model as one provider sells it, or as its vendor publishes the weights. */
export type CatalogEntry = {
  /** `provider/model`, in the scheme of models.dev: `openai/gpt-5-mini`. */
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly name: string
  readonly family?: string
  /** The vendor's entry, when this provider resells somebody else's model. Routers keep the profile under that id. */
  readonly of?: string
  /** False when the vendor publishes weights but sells no API for them. */
  readonly hosted?: boolean
  /** False when it joins only where the configuration lists it: not every endpoint of the provider has it. */
  readonly listed?: boolean
  readonly aliases: readonly string[]
  readonly facts: Facts
  /** Which source states which facts; the keys are those of `catalogSources`. Of what the vendor's entry states too, that one says. */
  readonly sources: Readonly<Record<string, readonly FactName[]>>
}

export type CatalogSource = { readonly source: string; readonly checked_at: string }

/** Facts that stay with the model whoever runs it. Price, region, retention, training, security and speed do not. */
export const MODEL_FACTS = [
  'context_tokens',
  'max_output_tokens',
  'modalities_in',
  'modalities_out',
  'tools',
  'structured_output',
  'reasoning',
  'released',
  'knowledge',
  'params_b',
  'active_params_b',
  'license',
  'open_weights',
  'openness',
  'reading_grade',
] as const satisfies readonly FactName[]

/** Models the embedded simulator stands in for, from the cheapest to the flagships. */
export const SIMULATED_POOL: readonly string[] = [
  'google/gemini-2.5-flash-lite',
  'openai/gpt-5-nano',
  'deepseek/deepseek-v4-pro',
  'openai/gpt-5-mini',
  'zai/glm-5.2',
  'anthropic/claude-haiku-4-5',
  'google/gemini-3.5-flash',
  'anthropic/claude-opus-4-6',
]

// The file is generated from checked YAML and compared with it in a test; parsing it again at every start would buy nothing.
/** Every model we know, sorted by id. */
export const catalog = data.models as unknown as readonly CatalogEntry[]

/** The documents behind the facts, by key. */
export const catalogSources: Readonly<Record<string, CatalogSource>> = data.sources

/** Where a fact of an entry comes from and when that was looked at. */
export function factSource(entry: CatalogEntry, fact: FactName): CatalogSource | undefined {
  const key = Object.keys(entry.sources).find((candidate) => entry.sources[candidate]?.includes(fact))
  if (key !== undefined) return catalogSources[key]
  const vendor = entry.of === undefined ? undefined : catalogIndex().byId.get(entry.of)
  return vendor === undefined ? undefined : factSource(vendor, fact)
}

/**
 * The entry for an upstream's own name of a model: the provider's own where there is one, else the vendor's with only
 * the facts that stay with the model. `undefined` when the name is not known.
 */
export function findCatalogEntry(provider: string, model: string): CatalogEntry | undefined {
  const index = catalogIndex()
  const seller = VENDOR_NAMES[provider] ?? provider
  if (seller === 'simulated') return index.byId.get(model) ?? vendorEntry(index, model)
  const names = sellerNames(seller, model)
  for (const name of names.own) {
    const own = lookUp(index.byProvider.get(seller), name)
    if (own !== undefined) return own
  }
  const vendors = vendorEntry(index, names.vendor)
  return vendors === undefined ? undefined : withoutSellerFacts(vendors)
}

/** The names under which a provider's own entry is looked for, in order, and the one for the vendor's. */
function sellerNames(seller: string, model: string): { readonly own: readonly string[]; readonly vendor: string } {
  if (seller === 'aws-bedrock') return bedrockNames(model)
  const prefix = seller === 'google-vertex' ? /^google\// : /^models\//
  return { own: [model.replace(prefix, '')], vendor: model }
}

/** Other spellings of provider names: of models.dev, of OpenRouter's prefixes and of Hugging Face organisations. */
const VENDOR_NAMES = table<string>({
  'cohere-labs': 'cohere',
  coherelabs: 'cohere',
  'deepseek-ai': 'deepseek',
  'fireworks-ai': 'fireworks',
  gemini: 'google',
  llama: 'meta',
  'meta-llama': 'meta',
  minimaxai: 'minimax',
  mistralai: 'mistral',
  moonshot: 'moonshotai',
  qwen: 'alibaba',
  'stepfun-ai': 'stepfun',
  togetherai: 'together',
  'x-ai': 'xai',
  xiaomimimo: 'xiaomi',
  'z-ai': 'zai',
  'zai-org': 'zai',
  zhipuai: 'zai',
})

/** Spelling → entry; `exact` before `loose`, which ignores dates, tuning and quantisation. */
type NameIndex = { readonly exact: Map<string, CatalogEntry>; readonly loose: Map<string, CatalogEntry> }
type CatalogIndex = {
  readonly byId: ReadonlyMap<string, CatalogEntry>
  readonly byProvider: ReadonlyMap<string, NameIndex>
  readonly vendors: NameIndex
}

let built: CatalogIndex | undefined

function catalogIndex(): CatalogIndex {
  if (built !== undefined) return built
  const byProvider = new Map<string, NameIndex>()
  const vendors: NameIndex = { exact: new Map(), loose: new Map() }
  for (const entry of catalog) {
    const own = byProvider.get(entry.provider) ?? { exact: new Map(), loose: new Map() }
    byProvider.set(entry.provider, own)
    addNames(own, entry)
    if (entry.of === undefined) addNames(vendors, entry)
  }
  built = { byId: new Map(catalog.map((entry) => [entry.id, entry])), byProvider, vendors }
  return built
}

function addNames(index: NameIndex, entry: CatalogEntry): void {
  for (const name of [entry.model, ...entry.aliases]) {
    for (const spelling of [name, lastSegment(name)]) {
      addOnce(index.exact, spellingKey(spelling), entry)
      addOnce(index.loose, spellingKey(bareName(spelling)), entry)
    }
  }
}

function addOnce(map: Map<string, CatalogEntry>, key: string, entry: CatalogEntry): void {
  if (!map.has(key)) map.set(key, entry)
}

function lookUp(index: NameIndex | undefined, name: string): CatalogEntry | undefined {
  if (index === undefined) return undefined
  for (const spelling of [name, undated(name)]) {
    const found = index.exact.get(spellingKey(spelling))
    if (found !== undefined) return found
  }
  return index.loose.get(spellingKey(bareName(name)))
}

/** `vendor/model`, `accounts/fireworks/models/x`, a Hugging Face name or a bare name with an Ollama tag. */
function vendorEntry(index: CatalogIndex, name: string): CatalogEntry | undefined {
  const prefix = name.includes('/') ? name.slice(0, name.indexOf('/')).toLowerCase() : ''
  const vendor = index.byProvider.get(VENDOR_NAMES[prefix] ?? prefix)
  const plain = lastSegment(name).replace(/:(?:free|batch|nitro|floor|online|exacto|extended|thinking)$/, '')
  const last = name.startsWith('accounts/') ? plain.replaceAll(/(\d)p(\d)/g, '$1.$2') : plain
  const found = lookUp(vendor, last) ?? lookUp(index.vendors, last)
  return found?.of === undefined ? found : index.byId.get(found.of)
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** `gpt-5-mini-2025-08-07`, `claude-haiku-4-5@20251001` and `llama3.1:latest` without the end. */
function undated(name: string): string {
  return name.replace(/:latest$/, '').replace(/[-@](?:\d{8}|\d{4}-\d{2}-\d{2})(?:-v\d+)?$/, '')
}

/** Without date, `-latest`, tuning and quantisation: what is left names the weights. */
function bareName(name: string): string {
  const ends =
    /[-.](?:latest|instruct|it|chat|hf|turbo|gguf|awq|gptq|mlx|fp8|fp16|bf16|nvfp4|mxfp4|[48]bit|int[48]|i?q\d\w*)$/i
  let bare = undated(name)
  while (ends.test(bare)) bare = bare.replace(ends, '')
  return bare
}

/** Vendors, resellers and Ollama disagree on case, dots, dashes and colons; letters and digits they agree on. */
function spellingKey(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

function withoutSellerFacts(entry: CatalogEntry): CatalogEntry {
  const facts = Object.fromEntries(
    MODEL_FACTS.map((name) => [name, entry.facts[name]]).filter(([, value]) => value !== undefined),
  )
  return { ...entry, facts }
}
