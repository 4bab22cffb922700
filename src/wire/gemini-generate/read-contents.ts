import type { ContentPart, ToolCallPart, ToolResultPart } from '../../core/content.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import { requiredObject, wrong } from '../shared/read-json.ts'
import { field, repeated } from './fields.ts'
import type { ReadPart } from './read-content.ts'
import { readContentParts } from './read-content.ts'

type OpenCall = { readonly id: string; readonly name: string }

/** `systemInstruction` and `contents` as turns. Ids are optional here: calls without one get one, results find theirs. */
export function readMessages(body: JsonObject): Message[] {
  return [...readSystem(field(body, 'systemInstruction')), ...readContents(body['contents'])]
}

function readSystem(value: JsonValue | undefined): Message[] {
  if (value === undefined || value === null || value === '') return []
  const content = typeof value === 'string' ? { parts: [{ text: value }] } : value
  if (!isJsonObject(content)) throw wrong('systemInstruction', 'a content: {"parts": [{"text": …}]}', value)
  const parts = contentOf(readContentParts(content, 'systemInstruction'))
  return parts.length === 0 ? [] : [{ role: 'system', content: parts, name: undefined }]
}

function readContents(value: JsonValue | undefined): Message[] {
  const contents = repeated(value)
  if (contents === undefined) throw wrong('contents', 'a list of contents', value)
  if (contents.length === 0) {
    throw new GatewayError('invalid_request', 'contents is empty. Send at least one content.', { param: 'contents' })
  }
  const messages: Message[] = []
  let open: OpenCall[] = []
  for (const [index, one] of contents.entries()) {
    const path = `contents[${index}]`
    const content = requiredObject(one, path, 'an object with role and parts')
    const parts = readContentParts(content, path)
    if (readRole(content['role'], path) === 'model') {
      const said = contentOf(parts).map((part, at) => (part.type === 'tool-call' ? withId(part, index, at) : part))
      open = [...(messages.at(-1)?.role === 'assistant' ? open : []), ...said.filter(isCall)]
      addModelTurn(messages, said)
      continue
    }
    const results = parts.flatMap((part, at) =>
      part.type === 'response' ? [answering(part, open, `${index}_${at}`)] : [],
    )
    if (results.length > 0) messages.push({ role: 'tool', content: results, name: undefined })
    const rest = contentOf(parts)
    if (rest.length > 0) messages.push({ role: 'user', content: rest, name: undefined })
  }
  return messages
}

function readRole(value: JsonValue | undefined, path: string): 'user' | 'model' {
  if (value === undefined || value === null || value === 'user' || value === 'function') return 'user'
  if (value === 'model') return 'model'
  throw wrong(`${path}.role`, 'user, model or function', value)
}

function contentOf(parts: readonly ReadPart[]): ContentPart[] {
  return parts.flatMap((part) => (part.type === 'response' ? [] : [part]))
}

function isCall(part: ContentPart): part is ToolCallPart {
  return part.type === 'tool-call'
}

/** The place of a call is its name as long as the conversation only grows. */
function withId(call: ToolCallPart, content: number, part: number): ToolCallPart {
  return call.id === '' ? { ...call, id: `call_${content}_${part}` } : call
}

/** The call that a result answers: by its id, else the first open one of its name. */
function answering(part: ReadPart & { type: 'response' }, open: OpenCall[], place: string): ToolResultPart {
  const { result, id } = part
  const byId = open.findIndex((call) => call.id === id)
  const found = byId >= 0 ? byId : open.findIndex((call) => call.name === result.name)
  const [call] = found < 0 ? [] : open.splice(found, 1)
  return { ...result, callId: call?.id ?? id ?? `call_${place}` }
}

/** SDKs keep a streamed turn as one content an event: together they are one turn, and their texts one text. */
function addModelTurn(messages: Message[], said: readonly ContentPart[]): void {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') {
    if (said.length > 0) messages.push({ role: 'assistant', content: said, name: undefined })
    return
  }
  const content = [...last.content]
  const [first, ...rest] = said
  if (first === undefined) return
  const one = joined(content.at(-1), first)
  if (one === undefined) content.push(first)
  else content[content.length - 1] = one
  messages[messages.length - 1] = { ...last, content: [...content, ...rest] }
}

/** Two blocks in a row as the one they are; `undefined` where they are two. */
export function joined(before: ContentPart | undefined, next: ContentPart): ContentPart | undefined {
  if (before?.type === 'text' && next.type === 'text' && before.signature === undefined)
    return { ...next, text: before.text + next.text }
  if (before?.type === 'reasoning' && next.type === 'reasoning' && before.signature === undefined)
    return { ...next, text: before.text + next.text }
  return undefined
}
