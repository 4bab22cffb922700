import { GatewayError } from '../core/errors.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { providerType } from './aliases.ts'

type Providers = Snapshot['providers']

const SLUG = /^[a-z0-9][a-z0-9._ -]*(?:\/[a-z0-9][a-z0-9._-]*)?$/i

/** Patterns that admit the models of these providers alone. One that is not configured admits none. */
export function providersOnly(slugs: readonly string[], member: string, providers: Providers): string[] {
  const patterns = slugs.flatMap((slug) => {
    const configured = named(slug, member, providers)
    // Which of a provider's endpoints answers is not known here: none is certain to be the one.
    return configured.length === 0 ? [`${baseOf(slug)}/*`] : hasEndpoint(slug) ? [] : configured.map(patternOf)
  })
  // No pattern at all would admit everything.
  return patterns.length === 0 ? ['!*'] : patterns
}

/** Patterns that exclude the models of these providers; of an endpoint, all of its provider's. */
export function providersBut(slugs: readonly string[], member: string, providers: Providers): string[] {
  return slugs.flatMap((slug) => {
    const configured = named(slug, member, providers)
    return (configured.length === 0 ? [baseOf(slug)] : configured).map((name) => `!${patternOf(name)}`)
  })
}

/** Names of configured providers, in the order of these. */
export function orderedProviders(slugs: readonly string[], member: string, providers: Providers): string[] {
  return [...new Set(slugs.flatMap((slug) => named(slug, member, providers)))]
}

/** The configured providers that a name means: its own name, its type, or another gateway's name for that. */
function named(slug: string, member: string, providers: Providers): string[] {
  if (!SLUG.test(slug)) {
    throw new GatewayError('invalid_request', `${member} names no provider.`, { param: member })
  }
  const base = baseOf(slug)
  const type = providerType(base)
  return [...providers.values()]
    .filter(({ name, provider }) => name.toLowerCase() === base || provider.id === type)
    .map(({ name }) => name)
}

function patternOf(name: string): string {
  return `${name}/*`
}

function baseOf(slug: string): string {
  return (slug.split('/', 1)[0] ?? slug).toLowerCase().replaceAll(' ', '-')
}

function hasEndpoint(slug: string): boolean {
  return slug.includes('/')
}
