import type { ContentPart, ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Message, Role } from '../../core/request.ts'
import {
  objectOf,
  optionalList,
  optionalString,
  requiredObject,
  requiredString,
  textOf,
  wrong,
} from '../shared/read-json.ts'
import { imageSource } from './images.ts'
import { argumentsText } from './read-response.ts'

const ROLES: readonly Role[] = ['system', 'user', 'assistant', 'tool']

/** The messages of a body. Calls without an id get one, so that their results can name them. */
export function readMessages(value: JsonValue | undefined): Message[] {
  if (value === undefined || value === null) throw wrong('messages', 'a list of messages', value)
  // Calls whose results have not come yet.
  const waiting: ToolCallPart[] = []
  return optionalList(value, 'messages', 'a list of messages').map((one, index) => {
    const path = `messages[${index}]`
    const message = requiredObject(one, path, 'an object with role and content')
    const said = message['role']
    const role = ROLES.find((known) => known === said)
    if (role === undefined) throw wrong(`${path}.role`, `one of ${ROLES.join(', ')}`, said)
    if (role === 'tool') return { role, content: [readResult(message, path, waiting)], name: undefined }
    const content = readContent(message, path)
    if (role === 'assistant') {
      const calls = readCalls(message, path, index)
      waiting.push(...calls)
      const thinking = optionalString(message['thinking'], `${path}.thinking`) ?? ''
      if (thinking !== '') content.unshift({ type: 'reasoning', text: thinking })
      content.push(...calls)
    }
    return { role, content, name: undefined }
  })
}

function readContent(message: JsonObject, path: string): ContentPart[] {
  const parts: ContentPart[] = []
  const text = optionalString(message['content'], `${path}.content`) ?? ''
  if (text !== '') parts.push({ type: 'text', text })
  for (const [index, image] of optionalList(message['images'], `${path}.images`).entries()) {
    const data = requiredString(image, `${path}.images[${index}]`, 'a base64 string')
    parts.push({ type: 'image', source: { type: 'data', ...imageSource(data) } })
  }
  return parts
}

function readCalls(message: JsonObject, path: string, turn: number): ToolCallPart[] {
  return optionalList(message['tool_calls'], `${path}.tool_calls`).map((value, index) => {
    const at = `${path}.tool_calls[${index}]`
    const call = requiredObject(value, at)
    const called = objectOf(call['function'])
    return {
      type: 'tool-call',
      id: textOf(call['id']) ?? `call_${turn}_${index}`,
      name: requiredString(called['name'], `${at}.function.name`),
      argumentsText: argumentsText(called['arguments']),
    }
  })
}

/** By the call's id, else the first call of that tool which waits, else the first one. */
function readResult(message: JsonObject, path: string, waiting: ToolCallPart[]): ToolResultPart {
  const id = optionalString(message['tool_call_id'], `${path}.tool_call_id`)
  const name = optionalString(message['tool_name'], `${path}.tool_name`)
  const matches = (call: ToolCallPart): boolean =>
    id === undefined ? name === undefined || call.name === name : call.id === id
  const found = waiting.findIndex(matches)
  const [call] = found < 0 ? [] : waiting.splice(found, 1)
  return {
    type: 'tool-result',
    callId: id ?? call?.id ?? name ?? '',
    ...(name === undefined ? {} : { name }),
    content: readContent(message, path),
  }
}
