import type { AnswerGuard } from '../core/guard.ts'
import type { Message } from '../core/request.ts'
import type { StreamPart } from '../core/stream-part.ts'
import type { AnswerContext, WireFormat } from '../core/wire-format.ts'
import type { ClientFraming } from '../stream/enframe.ts'

/** What the caller understands: his wire format, and how he wants a stream cut into events. */
export type ClientSide = {
  readonly format: WireFormat
  readonly framing: ClientFraming
  /** The call's id, unique. */
  readonly id: string
  /** He asked for usage in his stream. */
  readonly includeUsage: boolean
  /** He reads calls as `function_call`. */
  readonly legacyCalls: boolean | undefined
  /** His conversation ends with results of tools. */
  readonly followsResults: boolean
  /** The ids of the calls in his conversation. */
  readonly usedCallIds: () => readonly string[]
  /** Sees the parts of an answer on their way to him. */
  readonly watch?: ((parts: readonly StreamPart[]) => void) | undefined
  /** Nothing reaches him but through it. */
  readonly guard?: AnswerGuard | undefined
}

/** What a writer is told of a call that `model` answers. */
export function answerContext(client: ClientSide, model: string, now: number): AnswerContext {
  const { id, includeUsage, legacyCalls } = client
  return { id, model, createdSeconds: Math.floor(now / 1_000), includeUsage, legacyCalls }
}

/** The ids of all calls in a conversation. */
export function callIdsOf(messages: readonly Message[]): string[] {
  return messages.flatMap(({ content }) => content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])))
}
