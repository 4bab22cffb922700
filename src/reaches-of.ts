import type { Reach } from './core/ports.ts'
import { splitUrl } from './core/provider.ts'
import type { Snapshot } from './core/snapshot.ts'

/**
 * How what a configuration names is reached, by origin: its providers, and the issuer of its tokens, which may be in a network
 * of one's own. What an issuer names in its turn may not.
 */
export function reachesOf({ providers, jwt }: Pick<Snapshot, 'providers' | 'jwt'>): ReadonlyMap<string, Reach> {
  const reaches = new Map<string, Reach>()
  for (const url of jwt === undefined ? [] : [jwt.issuer, jwt.jwksUrl]) {
    if (url !== undefined && URL.canParse(url)) reaches.set(new URL(url).origin, { allowsPrivate: true })
  }
  for (const { baseUrl, reach } of providers.values()) {
    if (reach !== undefined) reaches.set(splitUrl(baseUrl).origin, reach)
  }
  return reaches
}
