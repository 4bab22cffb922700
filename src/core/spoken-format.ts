import type { Provider } from './provider.ts'
import type { WireFormatId } from './request.ts'
import type { Target } from './target.ts'

/**
 * The format in which a target is asked: the client's own where the provider takes it, so that nothing is translated.
 * `isNamed`: the caller named this model. One that routing chose is a chat model, and completes texts as a chat.
 */
export function spokenFormat(
  target: Target,
  provider: Provider | undefined,
  client: WireFormatId,
  isNamed: boolean,
): WireFormatId {
  if (target.format === client) return client
  if (provider?.format !== target.format) return target.format
  if (client === 'openai-completions') return isNamed && completes(provider, target.model) ? client : target.format
  return provider.alsoSpeaks?.includes(client) === true ? client : target.format
}

function completes({ completions }: Provider, model: string): boolean {
  return completions === 'all' || completions?.test(model) === true
}
