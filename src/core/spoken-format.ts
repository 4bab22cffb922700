import { nearestEffort } from './nearest-effort.ts'
import type { Provider } from './provider.ts'
import type { ChatRequest, WireFormatId } from './request.ts'
import type { Target } from './target.ts'

/** What of a call decides in which format its targets are asked. */
export type Asked = {
  readonly client: WireFormatId
  /** The caller named this model. One that routing chose is a chat model, and completes texts as a chat. */
  readonly isNamed: boolean
  readonly hasTools: boolean
  /** How hard the model is told to think: `none` where it shall not, `undefined` where nothing was said. */
  readonly effort: string | undefined
}

export function askedOf({ tools, reasoning, native }: ChatRequest, isNamed: boolean): Asked {
  const budget = reasoning?.budgetTokens
  const effort = reasoning?.effort ?? (budget === undefined ? undefined : nearestEffort(budget))
  return { client: native.format, isNamed, hasTools: tools.length > 0, effort }
}

/**
 * The format in which a target is asked: the one its provider serves this call in, if there is but one, else the client's
 * own where the provider takes it, so that nothing is translated.
 */
export function spokenFormat(target: Target, provider: Provider | undefined, asked: Asked): WireFormatId {
  const { client, isNamed } = asked
  if (provider?.format !== target.format) return target.format
  if (client === 'openai-completions' && isNamed && completes(provider, target.model)) return client
  const only = provider.formatFor?.(target.model, asked)
  if (only !== undefined) return only
  if (target.format === client || client === 'openai-completions') return target.format
  return provider.alsoSpeaks?.includes(client) === true ? client : target.format
}

function completes({ completions }: Provider, model: string): boolean {
  return completions === 'all' || completions?.test(model) === true
}
