import { Agent, request } from 'undici/index.js'
import type { Problem } from '../../../config/problem.ts'
import type { ConfiguredProvider, Snapshot } from '../../../core/snapshot.ts'
import { reachOf } from '../../web/reachable.ts'
import { guardedConnector } from '../guarded-connect.ts'
import { modelsUrl } from '../models-url.ts'

const LIVE_MS = 5_000

/** Asks every provider for its list of models, and says which of them do not answer as they should. */
export async function probeProviders({ targets, providers }: Snapshot): Promise<Problem[]> {
  const urls = new Map([...targets.values()].map((target) => [target.provider, target.baseUrl]))
  const probes = [...providers.values()].map((provider) => probe(provider, urls.get(provider.name)))
  return (await Promise.all(probes)).flat()
}

async function probe(provider: ConfiguredProvider, url: string | undefined): Promise<Problem[]> {
  if (url === undefined) return []
  const path = `providers.${provider.name}`
  const { secret } = provider
  const credentials = secret === undefined ? {} : { authorization: `Bearer ${secret}`, 'api-key': secret }
  const connect = guardedConnector(LIVE_MS, reachOf(new URL(url).origin, provider.reach))
  const dispatcher = new Agent({ connect, allowH2: false })
  try {
    const { statusCode, body } = await request(modelsUrl(url), {
      dispatcher,
      signal: AbortSignal.timeout(LIVE_MS),
      headers: { ...provider.headers, ...credentials },
    })
    await body.dump()
    if (statusCode < 400) return []
    const remedy = statusCode === 401 || statusCode === 403 ? 'Check its key.' : `Check its base_url, ${url}.`
    return [{ path, problem: `answered ${statusCode} to GET /models`, remedy }]
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : ''
    return [{ path, problem: `does not answer${why}`, remedy: `Check that ${url} can be reached from here.` }]
  } finally {
    await dispatcher.destroy()
  }
}
