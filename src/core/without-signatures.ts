import type { ContentPart } from './content.ts'
import type { ChatRequest } from './request.ts'

/** The reason of a loss of reasoning state, wherever it stood. */
export const UNVERIFIED = 'reasoning state that the provider could not verify: another account or provider made it'

/**
 * A request without the reasoning state of earlier turns: signatures, ids of reasoning, thoughts that are encrypted. What
 * was thought in the open stays. `lose` is told each message that had some.
 */
export function withoutSignatures(chat: ChatRequest, lose: (path: string, reason: string) => void): ChatRequest {
  const messages = chat.messages.map((message, index) => {
    const content = message.content.flatMap(withoutState)
    if (content.length === message.content.length && content.every((part, at) => part === message.content[at]))
      return message
    lose(`messages[${index}]`, UNVERIFIED)
    return { ...message, content }
  })
  return { ...chat, messages }
}

function withoutState(part: ContentPart): ContentPart[] {
  switch (part.type) {
    case 'reasoning': {
      if (part.redacted === true) return []
      if (part.signature === undefined && part.id === undefined) return [part]
      return part.text === '' ? [] : [{ type: 'reasoning', text: part.text }]
    }
    case 'text':
    case 'tool-call': {
      if (part.signature === undefined) return [part]
      const { signature: _, ...rest } = part
      return [rest]
    }
    default:
      return [part]
  }
}
