import { GatewayError } from './core/errors.ts'
import type { ChatRequest } from './core/request.ts'
import { spokenFormat } from './core/spoken-format.ts'
import type { Target } from './core/target.ts'
import type { WireFormat } from './core/wire-format.ts'
import type { Routed } from './decide.ts'
import type { Translation } from './dispatch/upstream-request.ts'
import type { Context } from './pipeline.ts'

/** Who is asked in which format: the client's own where the target's provider takes it. */
export function translationOf(
  target: Target,
  client: WireFormat,
  { asked, isChosen }: Pick<Routed, 'asked' | 'isChosen'>,
  key: string,
  context: Context,
): Translation {
  const configured = context.snapshot.providers.get(target.provider)
  const id = spokenFormat(target, configured?.provider, asked)
  const spoken = id === client.id ? client : context.formats.get(id)
  const textTools = target.textTools === undefined ? undefined : context.textTools(target.id)
  const told = textTools === undefined ? target : { ...target, textTools }
  if (spoken !== undefined) {
    const recall = (chat: ChatRequest): ChatRequest => context.thoughts.recall(key, chat, spoken.id)
    return { target: told, configured, client, spoken, isChosen, recall }
  }
  throw new GatewayError('internal_error', `No codec for ${id}.`, { detail: { target: target.id } })
}
