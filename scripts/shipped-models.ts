import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

type Card = {
  readonly id: string
  readonly version: number
  readonly summary: string
  readonly license: string
  readonly artefacts?: readonly { readonly file: string }[]
}

/** The guard whose weights are a module of its own. */
const GUARD = {
  id: 'prompt-injection',
  version: 1,
  summary: 'A linear model over hashed words that finds orders to a model.',
  license: 'Apache-2.0',
  files: ['src/guards/prompt-injection/weights.js'],
}

/**
 * What was learned and is shipped in the package that stands in `folder`: components of CycloneDX, each with its files and
 * their SHA-256. https://cyclonedx.org/capabilities/mlbom/
 */
export function shippedModels(folder: string): Record<string, unknown>[] {
  const routers = readdirSync(join(folder, 'routers')).sort()
  const cards = routers.map((name) => join(folder, 'routers', name, 'card.json')).filter((path) => existsSync(path))
  const models = cards.map((path) => {
    const { artefacts = [], ...card }: Card = JSON.parse(readFileSync(path, 'utf8'))
    return { ...card, files: artefacts.map(({ file }) => posix.join('routers', card.id, file)) }
  })
  const shipped = [...models, GUARD].filter(({ files }) => files.length > 0)
  return shipped.map(({ id, version, summary, license, files }) => ({
    'bom-ref': `model:${id}`,
    type: 'machine-learning-model',
    name: id,
    version: String(version),
    description: summary,
    licenses: [{ license: { id: license } }],
    components: files.map((file) => ({
      'bom-ref': `model:${id}:${file}`,
      type: 'file',
      name: file,
      hashes: [{ alg: 'SHA-256', content: sha256(join(folder, file)) }],
    })),
  }))
}

export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
