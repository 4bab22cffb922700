import type { ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import type { Losses } from '../shared/lose.ts'
import { loseMark } from '../shared/no-cache-marks.ts'
import { compact } from '../shared/read-json.ts'
import { textOfFile } from '../shared/text-file.ts'
import { writePart } from './write-content.ts'

export type MessageOptions = {
  readonly losses: Losses
  /** False where documents cannot stand beside the rest of the request: their text goes into the turn. */
  readonly takesDocuments: boolean
  readonly omitsThoughts: boolean
  /** What the model is told before everything else. */
  readonly instruction: string | undefined
}

export type Written = { readonly messages: readonly JsonObject[]; readonly documents: readonly JsonObject[] }

type Writing = MessageOptions & { readonly documents: JsonObject[] }

/**
 * Turns as messages. Roles may follow each other in any order (https://cohere.com/blog/new-api-v2); documents of the user
 * stand beside the messages, where they are cited from.
 */
export function writeMessages(messages: readonly Message[], options: MessageOptions): Written {
  const writing: Writing = { ...options, documents: [] }
  const written: JsonObject[] = []
  if (options.instruction !== undefined) written.push({ role: 'system', content: options.instruction })
  // Images of results: they go into a user message once all results of the turn are there.
  let attachments: JsonObject[] = []
  const attach = (): void => {
    if (attachments.length > 0) written.push({ role: 'user', content: attachments })
    attachments = []
  }
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (message.role === 'tool') {
      for (const [at, part] of message.content.entries()) {
        if (part.type === 'tool-result')
          attachments.push(...writeResult(part, `${path}.content[${at}]`, writing, written))
      }
      continue
    }
    attach()
    if (message.role === 'assistant') written.push(...writeAssistant(message, path, writing))
    else written.push(...writeTurn(message, path, writing))
  }
  attach()
  return { messages: written, documents: writing.documents }
}

function writeTurn(message: Message, path: string, writing: Writing): JsonObject[] {
  const before = writing.documents.length
  const parts = writeParts(message, path, writing)
  // A turn of nothing is refused; one whose documents were taken out is still a turn.
  if (parts.length === 0 && writing.documents.length === before) return []
  return [{ role: message.role === 'user' ? 'user' : 'system', content: plain(parts) }]
}

function writeParts(message: Message, path: string, writing: Writing): JsonObject[] {
  if (message.name !== undefined) writing.losses.lose(`${path}.name`, 'participants of one role have no names')
  return message.content.flatMap((part, index) => {
    const at = `${path}.content[${index}]`
    loseMark(part, at, writing.losses)
    if (part.type === 'file' && message.role === 'user' && writing.takesDocuments) {
      const text = textOfFile(part)
      if (text !== undefined) {
        writing.documents.push({ data: compact({ text, title: part.name }) })
        return []
      }
    }
    return writePart(part, at, writing.losses)
  })
}

/** With calls there is no content: what was said before them is their plan. */
function writeAssistant(message: Message, path: string, writing: Writing): JsonObject[] {
  const { losses, omitsThoughts } = writing
  if (message.name !== undefined) losses.lose(`${path}.name`, 'participants of one role have no names')
  const hasCalls = message.content.some((part) => part.type === 'tool-call')
  const thoughts: JsonObject[] = []
  const said: JsonObject[] = []
  const calls: JsonObject[] = []
  let citations: JsonValue | undefined
  for (const [index, part] of message.content.entries()) {
    const at = `${path}.content[${index}]`
    loseMark(part, at, writing.losses)
    if ('signature' in part && part.signature !== undefined) losses.lose(`${at}.signature`, 'nothing is signed here')
    if (part.type === 'tool-call') calls.push(writeCall(part))
    else if (part.type === 'native' && part.format === 'cohere-chat' && part.kind === 'citations')
      citations = part.value
    else if (part.type !== 'reasoning') said.push(...writePart(part, at, losses))
    else if (omitsThoughts) losses.lose(at, 'earlier reasoning cannot be sent back to this provider')
    else if (part.redacted === true) losses.lose(at, 'reasoning that only its own provider can read')
    else if (part.text !== '') {
      thoughts.push({ type: 'thinking', thinking: part.text })
      if (hasCalls) losses.lose(at, 'beside calls there is no place for earlier reasoning')
    }
  }
  const shared = compact({ tool_calls: calls.length > 0 ? calls : undefined, citations })
  if (calls.length === 0) {
    const content = [...thoughts, ...said]
    return content.length === 0 ? [] : [{ role: 'assistant', content: plain(content), ...shared }]
  }
  const plan = said.flatMap((part) => (typeof part['text'] === 'string' ? [part['text']] : [])).join('\n')
  return [{ role: 'assistant', ...compact({ tool_plan: plan || undefined }), ...shared }]
}

function writeCall({ id, name, argumentsText }: ToolCallPart): JsonObject {
  const text = argumentsText.trim() === '' ? '{}' : argumentsText
  return { id, type: 'function', function: { name, arguments: text } }
}

/** Pushes the `tool` message; returns the parts it cannot hold, for the user's turn that follows. */
function writeResult(part: ToolResultPart, path: string, writing: Writing, written: JsonObject[]): JsonObject[] {
  const { losses } = writing
  loseMark(part, path, writing.losses)
  if (part.isError === true) losses.lose(`${path}.is_error`, 'results cannot be marked as errors')
  const parts = part.content.flatMap((inner, index): JsonObject[] => {
    loseMark(inner, `${path}.content[${index}]`, losses)
    const text = inner.type === 'file' ? textOfFile(inner) : undefined
    if (inner.type !== 'file' || text === undefined) return writePart(inner, `${path}.content[${index}]`, losses)
    return [{ type: 'document', document: { data: compact({ text, title: inner.name }) } }]
  })
  const held = parts.filter((one) => one['type'] !== 'image_url')
  const others = parts.filter((one) => one['type'] === 'image_url')
  // Nothing is refused; an object without members says the same.
  const content = held.length === 0 ? '{}' : plain(held)
  written.push({ role: 'tool', tool_call_id: part.callId, content })
  return others.length === 0 ? [] : [{ type: 'text', text: `Attachment of tool result ${part.callId}:` }, ...others]
}

/** A string where text alone was said. */
function plain(parts: readonly JsonObject[]): string | readonly JsonObject[] {
  const [only] = parts
  if (only === undefined) return ''
  return parts.length === 1 && isJsonObject(only) && typeof only['text'] === 'string' ? only['text'] : parts
}
