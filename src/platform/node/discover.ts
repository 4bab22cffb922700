import { request } from 'undici/index.js'
import type { Provider } from '../../core/provider.ts'
import { modelsUrl } from './models-url.ts'

/** What was found without a configuration, in the configuration's own form. */
export type Discovered = {
  readonly providers: Readonly<Record<string, { readonly key?: string; readonly base_url?: string }>>
  readonly models: readonly string[]
}

const PROBE_MS = 250
const MAX_LOCAL_MODELS = 50

/** Providers whose key stands in the environment, and local servers that answer at their usual port. */
export async function discover(
  providers: ReadonlyMap<string, Provider>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Discovered> {
  const found: Record<string, { readonly key?: string; readonly base_url?: string }> = {}
  for (const provider of providers.values()) {
    const { keyVariable } = provider
    if (keyVariable === undefined || provider.baseUrl === undefined) continue
    if ((environment[keyVariable] ?? '') !== '') found[provider.id] = { key: `env:${keyVariable}` }
  }
  const local = [...providers.values()].filter((provider) => provider.isLocal === true)
  const served = await Promise.all(
    local.map(async (provider) => ({ provider, models: await listModels(provider.baseUrl) })),
  )
  const models: string[] = []
  for (const { provider, models: names } of served) {
    if (names.length === 0) continue
    found[provider.id] = {}
    models.push(...names.slice(0, MAX_LOCAL_MODELS).map((name) => `${provider.id}/${name}`))
  }
  return { providers: found, models }
}

/** Names a local server gives at `/v1/models`; none when nothing of the kind answers in time. */
async function listModels(baseUrl: string | undefined): Promise<string[]> {
  if (baseUrl === undefined) return []
  try {
    const response = await request(modelsUrl(baseUrl), {
      signal: AbortSignal.timeout(PROBE_MS),
      headersTimeout: PROBE_MS,
    })
    if (response.statusCode !== 200) {
      await response.body.dump()
      return []
    }
    const body: unknown = await response.body.json()
    return modelNames(body)
  } catch {
    // Nothing listens there, or something else does: either way it is no model server.
    return []
  }
}

function modelNames(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) return []
  return body.data.flatMap((model: unknown) =>
    typeof model === 'object' && model !== null && 'id' in model && typeof model.id === 'string' ? [model.id] : [],
  )
}
