import { catalog, findCatalogEntry, SIMULATED_POOL } from '../../src/config/catalog.ts'
import type { Target } from '../../src/core/target.ts'

const MAKERS = new Set('alibaba anthropic deepseek google minimax mistral moonshotai openai xai zai'.split(' '))

/** Models to choose from, with the catalogue's prices. */
export const POOLS: Readonly<Record<string, readonly Target[]>> = {
  /** Of `npm start` without a provider. */
  simulated: SIMULATED_POOL.map((id) => target(id)),
  /** Two years' models as operators have them side by side, from three cents to five dollars a million tokens. */
  mixed: [
    'mistral/ministral-8b-2512',
    'openai/gpt-4.1-nano',
    'openai/gpt-4o-mini',
    'groq/openai/gpt-oss-20b',
    'google/gemini-2.5-flash-lite',
    'openai/gpt-5-nano',
    'openai/gpt-4.1-mini',
    'mistral/mistral-large-2512',
    'anthropic/claude-haiku-4-5',
    'openai/o4-mini',
    'openai/gpt-4.1',
    'openai/gpt-4o',
    'anthropic/claude-sonnet-4-5',
    'anthropic/claude-opus-4-5',
  ].map((id) => target(id)),
  /** Every model of the catalogue that its maker sells and that calls tools. */
  catalog: catalog
    .filter(({ provider, facts }) => facts.tools === true && facts.price_in !== undefined && MAKERS.has(provider))
    .map(({ id }) => target(id)),
}

function target(id: string): Target {
  const entry = catalog.find((one) => one.id === id) ?? findCatalogEntry('simulated', id)
  if (entry === undefined) throw new Error(`The catalogue does not know ${id}.`)
  const { facts } = entry
  return { id, provider: 'bench', model: id, format: 'openai-chat', baseUrl: '', catalogId: id, facts }
}
