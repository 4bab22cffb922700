import type { ContentPart, ReasoningPart, Signature } from './core/content.ts'
import type { Clock, Store } from './core/ports.ts'
import type { ChatRequest, Message, WireFormatId } from './core/request.ts'
import type { StreamPart } from './core/stream-part.ts'

/** What must go back with a call of a tool: its own signature, and the signed thoughts before it. */
export type KeptThought = {
  /** Whose: the name of the caller's key. */
  readonly key: string
  readonly reasoning: readonly ReasoningPart[]
  readonly signature: Signature | undefined
  /** On the monotonic clock. */
  readonly keptAt: number
}

/**
 * The reasoning state of tool calls for clients who send it back nowhere: many drop every field they do not know
 * (design/tool-calling.md §1.4). By caller and call id, for an hour, as long as there is room.
 */
export type KeptThoughts = {
  /** Sees the parts of an answer as they go to its client. */
  watch(key: string): (parts: readonly StreamPart[]) => void
  /** A conversation with what its client lost of it, for a target that signs as `format`. The same one where nothing is missing. */
  recall(key: string, chat: ChatRequest, format: WireFormatId): ChatRequest
}

const KEPT_MS = 3_600_000
const MAX_CHARACTERS = 65_536

export function createKeptThoughts(store: Store<KeptThought>, clock: Clock): KeptThoughts {
  let isEmpty = true

  function kept(key: string, id: string): KeptThought | undefined {
    const found = store.get(`${key}\n${id}`)
    return found === undefined || clock.monotonic() - found.keptAt > KEPT_MS ? undefined : found
  }

  function recalled(key: string, message: Message, format: WireFormatId): Message {
    if (message.role !== 'assistant') return message
    const isSigned = message.content.some((part) => 'signature' in part && part.signature !== undefined)
    const call = message.content.find((part) => part.type === 'tool-call')
    const thought = isSigned || call === undefined ? undefined : kept(key, call.id)
    if (thought === undefined) return message
    const isOwn = (signature: Signature | undefined): boolean => signature?.by === format
    const reasoning = thought.reasoning.filter(({ signature }) => isOwn(signature))
    const { signature } = thought
    const content = message.content.map(
      (part): ContentPart => (part === call && isOwn(signature) ? { ...call, signature } : part),
    )
    if (reasoning.length === 0) return { ...message, content }
    // What the client has of it is the same without its signature.
    return { ...message, content: [...reasoning, ...content.filter(({ type }) => type !== 'reasoning')] }
  }

  return {
    watch(key) {
      let text = ''
      let reasoning: ReasoningPart[] = []
      return (parts) => {
        for (const part of parts) {
          if (part.type === 'reasoning-delta') text += part.text
          else if (part.type === 'reasoning-end') {
            const { type: _, ...block } = part
            if (part.signature !== undefined) reasoning.push({ type: 'reasoning', text, ...block })
            text = ''
          } else if (part.type === 'tool-call-start') {
            const { id, signature } = part
            const size = reasoning.reduce((sum, one) => sum + one.text.length + (one.signature?.value.length ?? 0), 0)
            if ((signature !== undefined || reasoning.length > 0) && size <= MAX_CHARACTERS) {
              store.set(`${key}\n${id}`, { key, reasoning, signature, keptAt: clock.monotonic() })
              isEmpty = false
            }
            reasoning = []
          }
        }
      }
    },
    recall(key, chat, format) {
      if (isEmpty) return chat
      const messages = chat.messages.map((message) => recalled(key, message, format))
      return messages.every((message, index) => message === chat.messages[index]) ? chat : { ...chat, messages }
    },
  }
}
