import { isLoopback } from '../core/is-loopback.ts'
import type { ConfiguredProvider } from '../core/snapshot.ts'
import type { Facts, Target, TextTools } from '../core/target.ts'
import { dialectOfModel, EMULATED } from '../dialects/detect.ts'
import { SNIFF } from '../dialects/sniff.ts'
import { catalog, findCatalogEntry } from './catalog.ts'
import type { Config } from './config-schema.ts'
import { embeddingModels } from './embedding-models.ts'
import type { Say } from './problem.ts'
import { suggestion } from './problem.ts'
import { toolPriorOf } from './tool-prior.ts'

type Providers = ReadonlyMap<string, ConfiguredProvider>

/** The models of a configuration: those listed, and the catalogue's for every provider of which none is listed. */
export function readTargets(config: Config, providers: Providers, say: Say): Map<string, Target> {
  const targets = new Map<string, Target>()
  const places = new Map<string, number>()
  const listed = new Set<string>()
  for (const [index, entry] of config.models.entries()) {
    const path = `models[${index}]`
    const { id, facts } = typeof entry === 'string' ? { id: entry, facts: undefined } : entry
    const name = id.slice(0, Math.max(0, id.indexOf('/')))
    const model = id.slice(name.length + 1)
    const before = places.get(id)
    if (before !== undefined) say(path, `"${id}" is listed twice`, `Remove it, or models[${before}].`)
    else if (name === '' || model === '')
      say(path, `"${id}" is not of the form PROVIDER/MODEL`, 'Write it as, for example, openai/gpt-5-mini.')
    else if (config.providers[name] === undefined)
      say(
        path,
        `there is no provider "${name}"`,
        suggestion(name, Object.keys(config.providers), `Add it: providers: { ${name}: … }`),
      )
    places.set(id, before ?? index)
    listed.add(name)
    const provider = providers.get(name)
    if (provider !== undefined && model !== '') targets.set(id, targetOf(provider, model, facts))
  }
  for (const provider of providers.values()) {
    if (!listed.has(provider.name)) addCatalogue(provider, targets)
  }
  return targets
}

function addCatalogue(provider: ConfiguredProvider, targets: Map<string, Target>): void {
  for (const entry of catalog) {
    const isServed = entry.provider === provider.provider.id && entry.hosted !== false && entry.listed !== false
    if (!isServed || entry.facts.price_in === undefined) continue
    const target = targetOf(provider, entry.model, undefined)
    targets.set(target.id, target)
  }
}

function targetOf(provider: ConfiguredProvider, model: string, said: Facts | undefined): Target {
  const isSimulated = provider.name === 'simulated'
  const entry = findCatalogEntry(isSimulated ? 'simulated' : provider.provider.id, model)
  const id = `${provider.name}/${model}`
  const embedding = embeddingModels([provider]).get(id)
  const local: Facts = isLoopback(new URL(provider.baseUrl).hostname) && !isSimulated ? { local: true } : {}
  const facts: Facts = { ...embedding, ...entry?.facts, ...local, ...said }
  const textTools = textToolsOf(provider, model, facts)
  return {
    id,
    provider: provider.name,
    model,
    format: provider.format,
    baseUrl: provider.baseUrl,
    catalogId: entry?.of ?? entry?.id,
    facts: textTools === undefined ? facts : { ...facts, tools: true },
    ...(textTools === undefined ? {} : { textTools }),
    toolPrior: toolPriorOf(entry?.of ?? entry?.id, textTools),
    refine: provider.refine ?? 0,
    ...(provider.maxConcurrent === undefined ? {} : { providerConcurrency: provider.maxConcurrent }),
  }
}

function textToolsOf({ toolCalls }: ConfiguredProvider, model: string, facts: Facts): TextTools | undefined {
  switch (toolCalls) {
    case undefined:
    case 'native':
      return undefined
    case 'emulate':
      return { dialect: EMULATED, isEmulated: true }
    case 'auto':
      if (facts.tools === false) return { dialect: EMULATED, isEmulated: true }
      return { dialect: dialectOfModel(model) ?? SNIFF, isGuess: true, isEmulated: false }
    default:
      return { dialect: toolCalls, isEmulated: false }
  }
}
