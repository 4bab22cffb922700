import type { ClientTls, Reach, Secrets } from '../core/ports.ts'
import type { Provider } from '../core/provider.ts'
import type { ConfiguredProvider } from '../core/snapshot.ts'
import type { ProviderConfig } from './config-schema.ts'
import type { Say } from './problem.ts'
import { readPem } from './read-secret.ts'

type Sources = {
  /** Of the provider in the configuration. */
  readonly path: string
  readonly providers: ReadonlyMap<string, Provider>
  readonly secrets: Secrets
}

/**
 * How a provider may be reached. A name that the operator wrote may be one of his own network (`http://ollama:11434`); the
 * public name of a built-in provider may not, unless he says so: there it is another's doing.
 */
export function readReach(
  settings: ProviderConfig,
  baseUrl: string,
  { path, providers, secrets }: Sources,
  say: Say,
): Reach {
  const { allow_private: allowed, tls } = settings
  const allowsPrivate = allowed ?? !isBuiltIn(new URL(baseUrl).hostname, providers)
  if (tls === undefined) return { allowsPrivate }
  if (!baseUrl.startsWith('https:')) say(`${path}.tls`, 'used with http only', 'Write base_url with https://.')
  const read = (name: 'ca' | 'cert' | 'key'): string | undefined => {
    const reference = tls[name]
    return reference === undefined ? undefined : readPem(reference, `${path}.tls.${name}`, secrets, say)
  }
  const certificates: ClientTls = {
    ca: read('ca'),
    cert: read('cert'),
    key: read('key'),
    serverName: tls.server_name,
  }
  return { allowsPrivate, tls: certificates }
}

/** Sockets are shared by what is at one address, so that has to be reached in one way. */
export function sayAmbiguous(configured: ReadonlyMap<string, ConfiguredProvider>, say: Say): void {
  const first = new Map<string, ConfiguredProvider>()
  for (const provider of configured.values()) {
    const { origin } = new URL(provider.baseUrl)
    const other = first.get(origin) ?? provider
    first.set(origin, other)
    if (JSON.stringify(other.reach) === JSON.stringify(provider.reach)) continue
    say(
      `providers.${provider.name}`,
      `at the address of providers.${other.name}, with another tls or allow_private`,
      'Give both the same, or another host name to one of them.',
    )
  }
}

/** A dot at its end makes a name no other one. */
function isBuiltIn(written: string, providers: ReadonlyMap<string, Provider>): boolean {
  const hostname = written.replace(/\.$/, '')
  return [...providers.values()].some(
    ({ baseUrl, isLocal }) => baseUrl !== undefined && isLocal !== true && new URL(baseUrl).hostname === hostname,
  )
}
