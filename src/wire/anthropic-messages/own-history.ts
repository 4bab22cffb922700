import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList, objectOf, textOf } from '../shared/read-json.ts'
import { unpackSignature } from '../shared/signature.ts'
import { rulesOf } from './model-rules.ts'
import { readRequest } from './read-request.ts'
import { hasUnsignedLoop } from './write-thinking.ts'

type Lose = (path: string, reason: string) => void

/**
 * A client's body of this format as Anthropic takes it after other models have answered in the same conversation: without
 * the thoughts that they did not sign or that are signed for somebody else, without citations that only look like
 * Anthropic's, and not thinking in the middle of a turn that began without thoughts. The same object when it is fine.
 */
export function ownHistory(body: JsonObject, model: string, lose: Lose): JsonObject {
  const { messages } = body
  if (!isList(messages)) return body
  const isClaude = model.toLowerCase().includes('claude')
  let isChanged = false
  const kept = messages.flatMap((message, index) => {
    const content = isJsonObject(message) ? message['content'] : undefined
    if (!isJsonObject(message) || message['role'] !== 'assistant' || !isList(content)) return [message]
    const own = content.flatMap((block, at) => ownBlock(block, `messages[${index}].content[${at}]`, isClaude, lose))
    if (own.length === content.length && own.every((block, at) => block === content[at])) return [message]
    isChanged = true
    return own.length === 0 ? [] : [{ ...message, content: own }]
  })
  const cleaned = isChanged ? { ...body, messages: kept } : body
  return mayThink(cleaned, model) ? cleaned : withoutThinking(cleaned, lose)
}

function ownBlock(block: JsonValue, path: string, isClaude: boolean, lose: Lose): JsonValue[] {
  if (!isJsonObject(block)) return [block]
  switch (block['type']) {
    case 'thinking':
    case 'redacted_thinking': {
      const signature = textOf(block['signature'] ?? block['data']) ?? ''
      // Servers that imitate this API do not sign.
      const isOwn =
        signature === '' ? !isClaude : unpackSignature(signature, 'anthropic-messages').by === 'anthropic-messages'
      if (isOwn) return [block]
      if (block['thinking'] !== '') lose(path, 'reasoning of another model; only signed thoughts may be sent back')
      return []
    }
    case 'text':
      // The API refuses empty text, in which sources without words came to the client (write-stream.ts).
      return block['text'] === '' ? [] : [ownText(block)]
    default:
      return [block]
  }
}

function ownText(block: JsonObject): JsonObject {
  const { citations, ...text } = block
  if (!isList(citations)) return block
  const own = citations.filter((citation) => !isJsonObject(citation) || citation['encrypted_index'] !== '')
  if (own.length === citations.length) return block
  return own.length === 0 ? text : { ...text, citations: own }
}

function mayThink(body: JsonObject, model: string): boolean {
  const { thinking, takesPrefill } = rulesOf(model)
  if (objectOf(body['thinking'])['type'] !== 'enabled' || thinking !== 'budget') return true
  return !hasUnsignedLoop(readRequest({ ...body, model }).messages, takesPrefill)
}

function withoutThinking({ thinking: _, ...body }: JsonObject, lose: Lose): JsonObject {
  lose('thinking', "the turn under way began without this provider's thoughts, so it may not think now")
  return body
}
