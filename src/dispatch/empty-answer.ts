import type { FallbackReason } from '../core/dispatch-settings.ts'
import { GatewayError } from '../core/errors.ts'
import type { Message } from '../core/request.ts'
import type { FinishReason, StreamPart } from '../core/stream-part.ts'
import { isCutShort } from '../core/stream-part.ts'
import type { WireFormat } from '../core/wire-format.ts'

/** What makes an answer without content one that is meant. */
export type Silence = {
  readonly finishReason: FinishReason | undefined
  /** The model thought, and signed what it thought without saying it. */
  readonly hasThought: boolean
  /** The client's conversation ends with results of tools. */
  readonly followsResults: boolean
}

/** What is done about an answer without content. */
export type Emptiness = {
  readonly fallbackOn: ReadonlySet<FallbackReason>
  /** Another target could be asked. */
  readonly hasOthers: boolean
}

/**
 * Throws `upstream_empty` unless an answer without content may be meant: one that a limit or a filter cut short, or where
 * the format's models end their turn in silence, one to the results of tools or of a thought alone. Any other is a
 * failure in disguise. Throws `content_filtered` where another target is to be asked what a filter refused.
 */
export function refuseEmpty(
  format: WireFormat,
  { finishReason, hasThought, followsResults }: Silence,
  { fallbackOn, hasOthers }: Emptiness,
): void {
  if (finishReason === 'content-filter' && hasOthers && fallbackOn.has('content_filter')) {
    throw new GatewayError('content_filtered', 'The provider’s filter refused to answer.')
  }
  if (!fallbackOn.has('empty') || format.mayBeEmpty === true || isCutShort(finishReason)) return
  if (format.endsInSilence === true && finishReason === 'stop' && (hasThought || followsResults)) return
  throw new GatewayError('upstream_empty', 'The model answered without any content.')
}

/** The state of a thought whose text was left out. */
export function isSignedThought(part: StreamPart): boolean {
  return part.type === 'reasoning-end' && part.signature !== undefined
}

/** True where the last turn of the assistant's was answered with results of tools, whatever the user said beside them. */
export function endsWithResults(messages: readonly Message[]): boolean {
  const last = messages.findLastIndex(({ role }) => role === 'assistant')
  return messages.slice(last + 1).some(({ role }) => role === 'tool')
}
