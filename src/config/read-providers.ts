import type { Secrets } from '../core/ports.ts'
import type { Provider } from '../core/provider.ts'
import type { WireFormatId } from '../core/request.ts'
import type { ConfiguredProvider } from '../core/snapshot.ts'
import { DIALECTS } from '../dialects/index.ts'
import type { Config, ProviderConfig } from './config-schema.ts'
import type { Say } from './problem.ts'
import { suggestion } from './problem.ts'
import { readHeaders, secretValues } from './read-headers.ts'
import { readReach, sayAmbiguous } from './read-reach.ts'
import { readSecret } from './read-secret.ts'

type Sources = { readonly providers: ReadonlyMap<string, Provider>; readonly secrets: Secrets }

const TOOL_CALLS: readonly string[] = ['native', 'auto', 'emulate', ...DIALECTS.keys()]

/** The providers of a configuration by their name in it; those with a problem are left out. */
export function readProviders(config: Config, sources: Sources, say: Say): Map<string, ConfiguredProvider> {
  const configured = new Map<string, ConfiguredProvider>()
  for (const [name, settings] of Object.entries(config.providers)) {
    const provider = readProvider(name, settings, sources, say)
    if (provider !== undefined) configured.set(name, provider)
  }
  sayAmbiguous(configured, say)
  return configured
}

function readProvider(
  name: string,
  settings: ProviderConfig,
  { providers, secrets }: Sources,
  say: Say,
): ConfiguredProvider | undefined {
  const path = `providers.${name}`
  const type = settings.type ?? (providers.has(name) ? name : speakerOf(settings.format, providers))
  const provider = providers.get(type)
  if (provider === undefined) {
    say(`${path}.type`, `there is no provider "${type}"`, suggestion(type, providers.keys()))
    return undefined
  }
  const { keyVariable } = provider
  const spoken = [provider.format, ...(provider.alsoSpeaks ?? []), ...(provider.speaksIfTold ?? [])]
  const format = settings.format ?? provider.format
  if (!spoken.includes(format)) {
    say(`${path}.format`, `a provider of the type ${type} does not speak ${format}`, `It speaks ${spoken.join(', ')}.`)
    return undefined
  }
  const baseUrl = (settings.base_url ?? provider.baseUrl)?.replace(/\/+$/, '')
  if (baseUrl === undefined) say(`${path}.base_url`, 'missing', locationRemedy(name, settings, provider, providers))
  else if (/[?#]/.test(baseUrl)) say(`${path}.base_url`, 'has a query or a fragment', 'End it before "?" or "#".')
  else if (hasCredentials(baseUrl))
    say(`${path}.base_url`, 'carries a user or a password', 'Remove them and use key, or a header that is a reference.')
  if (settings.key === undefined && keyVariable !== undefined && settings.base_url === undefined)
    say(`${path}.key`, 'missing', `Add key: env:${keyVariable}`)
  const secret = settings.key === undefined ? undefined : readSecret(settings.key, `${path}.key`, secrets, say)
  const wrong = secret === undefined ? undefined : provider.checkKey?.(secret)
  if (wrong !== undefined) say(`${path}.key`, wrong.problem, wrong.remedy)
  const headers = readHeaders(settings.headers, `${path}.headers`, secrets, say)
  if (baseUrl === undefined) return undefined
  const reach = readReach(settings, baseUrl, { path, providers, secrets }, say)
  const hidden = secretValues(settings.headers, headers)
  const told = settings.format === undefined ? provider : speakingOnly(provider, format)
  const { tool_calls: toolCalls, refine, max_concurrent: maxConcurrent } = settings
  if (!TOOL_CALLS.includes(toolCalls)) {
    say(`${path}.tool_calls`, `there is no dialect "${toolCalls}"`, suggestion(toolCalls, TOOL_CALLS))
    return undefined
  }
  return { name, provider: told, secret, headers, hidden, baseUrl, format, reach, toolCalls, refine, maxConcurrent }
}

/** Who names a format means it: clients of another that the type also takes are translated. */
function speakingOnly(
  { alsoSpeaks: _, formatFor: __, completions, ...provider }: Provider,
  format: WireFormatId,
): Provider {
  return completions === undefined || !format.startsWith('openai-') ? provider : { ...provider, completions }
}

/** The type that stands for a server of one's own: the first that speaks the format and has no quirks of its own for it. */
function speakerOf(format: WireFormatId | undefined, providers: ReadonlyMap<string, Provider>): string {
  if (format === undefined || format.startsWith('openai-')) return 'openai-compatible'
  return [...providers.values()].find((provider) => provider.format === format)?.id ?? 'openai-compatible'
}

function locationRemedy(
  name: string,
  settings: ProviderConfig,
  provider: Provider,
  providers: ReadonlyMap<string, Provider>,
): string {
  const example = `Say where it is: base_url: ${provider.exampleBaseUrl ?? 'http://127.0.0.1:8000/v1'}`
  if (settings.type !== undefined || providers.has(name)) return example
  const guess = suggestion(name, providers.keys(), `"${name}" is no built-in provider.`)
  return `${guess} ${example}`
}

function hasCredentials(url: string): boolean {
  const { username, password } = new URL(url)
  return username !== '' || password !== ''
}
