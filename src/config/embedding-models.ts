import data from '../../catalog/embeddings.json' with { type: 'json' }
import type { ConfiguredProvider } from '../core/snapshot.ts'
import type { Facts } from '../core/target.ts'

// The file is generated from checked sources and compared with them in a test.
const known = data as unknown as Readonly<Record<string, Facts>>

/**
 * What the catalogue knows of embedding models at these providers, by the providers' names in the configuration. The
 * embedded simulator stands in for all of them.
 */
export function embeddingModels(providers: Iterable<ConfiguredProvider>): ReadonlyMap<string, Facts> {
  const models = new Map<string, Facts>()
  for (const { name, provider } of providers) {
    for (const [id, facts] of Object.entries(known)) {
      const [seller, model] = split(id)
      if (seller === provider.id) models.set(`${name}/${model}`, facts)
      if (name === 'simulated') models.set(`${name}/${id}`, facts)
    }
  }
  return models
}

function split(id: string): readonly [string, string] {
  const slash = id.indexOf('/')
  return [id.slice(0, slash), id.slice(slash + 1)]
}
