// Writes catalog/embeddings.json from the npm price catalogue and the terms in catalog/*.yaml. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCatalogFolder } from './catalog-yaml.ts'
import { readGenaiEmbeddings } from './npm-prices.ts'

const CATALOG = join(import.meta.dirname, '..', 'catalog')
const OUTPUT = join(CATALOG, 'embeddings.json')

/** The whole text: one model a line, `provider/model` to what is known of it. */
function generate(): string {
  const { asOf, providers } = readCatalogFolder(CATALOG)
  const lines = providers.flatMap(({ provider, prices, embeddings, terms }) => {
    const known = embeddings ? prices['genai-prices'] : undefined
    const models = known === undefined ? [] : [...readGenaiEmbeddings(known, asOf)]
    // The first source that states a term wins, as for chat models.
    const said = Object.assign({}, ...terms.toReversed().map(({ facts }) => facts))
    // What it says of prices is said of chats.
    const agreed = Object.fromEntries(Object.entries(said).filter(([name]) => !name.startsWith('price_')))
    return models.map(([model, facts]) => [
      `${provider}/${model}`,
      { ...facts, ...agreed, modalities_out: ['embedding'] },
    ])
  })
  const written = lines
    .toSorted(([left], [right]) => String(left).localeCompare(String(right), 'en'))
    .map(([id, facts]) => `${JSON.stringify(id)}:${JSON.stringify(facts)}`)
  return `{\n${written.join(',\n')}\n}\n`
}

const text = generate()
if (!process.argv.includes('--check')) writeFileSync(OUTPUT, text)
else if (readFileSync(OUTPUT, 'utf8') !== text) {
  console.error('catalog/embeddings.json is stale. Run: node scripts/gen-embeddings.ts')
  process.exitCode = 1
}
