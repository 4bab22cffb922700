import type { ContentPart } from './content.ts'
import type { ChatRequest } from './request.ts'

/** The reason of a loss of reasoning state, wherever it stood. */
export const UNVERIFIED = 'reasoning state that the provider could not verify: another account or provider made it'

/**
 * A request without the reasoning state of earlier turns: signatures, ids of reasoning, thoughts that are encrypted. What
 * was thought in the open stays. `lose` is told each block that had some.
 */
export function withoutSignatures(chat: ChatRequest, lose: (path: string, reason: string) => void): ChatRequest {
  const messages = chat.messages.map((message, index) => {
    let isChanged = false
    const content = message.content.flatMap((part, at) => {
      const kept = withoutState(part)
      if (kept === part) return [part]
      isChanged = true
      lose(`messages[${index}].content[${at}]`, UNVERIFIED)
      return kept === undefined ? [] : [kept]
    })
    return isChanged ? { ...message, content } : message
  })
  return { ...chat, messages }
}

/** The same part where it has none; `undefined` for one that is nothing else. */
function withoutState(part: ContentPart): ContentPart | undefined {
  switch (part.type) {
    case 'reasoning': {
      if (part.redacted === true) return undefined
      if (part.signature === undefined && part.id === undefined) return part
      return part.text === '' ? undefined : { type: 'reasoning', text: part.text }
    }
    case 'text':
    case 'tool-call': {
      if (part.signature === undefined) return part
      const { signature: _, ...rest } = part
      return rest
    }
    default:
      return part
  }
}
