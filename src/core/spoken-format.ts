import type { Provider } from './provider.ts'
import type { WireFormatId } from './request.ts'
import type { Target } from './target.ts'

/** The format in which a target is asked: the client's own where the provider takes it, so that nothing is translated. */
export function spokenFormat(target: Target, provider: Provider | undefined, client: WireFormatId): WireFormatId {
  if (target.format === client) return client
  return provider?.alsoSpeaks?.includes(client) === true && provider.format === target.format ? client : target.format
}
