import type { ContentPart, FilePart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Message, Role } from '../../core/request.ts'
import { base64OfText, sourceOfUrl } from '../shared/media.ts'
import { isList, optionalList, requiredObject, requiredString, textOf, wrong } from '../shared/read-json.ts'

const ROLES: readonly Role[] = ['system', 'user', 'assistant', 'tool']

export function readMessage(value: JsonValue, path: string): Message {
  const message = requiredObject(value, path, 'an object with role and content')
  const said = message['role']
  const role = ROLES.find((one) => one === said)
  if (role === undefined) throw wrong(`${path}.role`, `one of ${ROLES.join(', ')}`, said)
  if (role === 'assistant') return { role, content: readAssistant(message, path), name: undefined }
  const content = readContent(message['content'], `${path}.content`)
  if (role !== 'tool') return { role, content, name: undefined }
  const callId = requiredString(message['tool_call_id'], `${path}.tool_call_id`)
  return { role, content: [{ type: 'tool-result', callId, content }], name: undefined }
}

/** What models say in this order: thoughts, words or a plan, calls. */
function readAssistant(message: JsonObject, path: string): ContentPart[] {
  const parts = readContent(message['content'], `${path}.content`)
  const { tool_plan: plan, citations } = message
  if (typeof plan === 'string' && plan !== '') parts.push({ type: 'text', text: plan })
  if (isList(citations) && citations.length > 0) {
    parts.push({ type: 'native', format: 'cohere-chat', kind: 'citations', value: citations })
  }
  for (const [index, value] of optionalList(message['tool_calls'], `${path}.tool_calls`).entries()) {
    const at = `${path}.tool_calls[${index}]`
    const call = requiredObject(value, at)
    const called = requiredObject(call['function'], `${at}.function`)
    const text = textOf(called['arguments']) ?? ''
    parts.push({
      type: 'tool-call',
      id: requiredString(call['id'], `${at}.id`),
      name: requiredString(called['name'], `${at}.function.name`),
      // What the API itself says for a call without arguments.
      argumentsText: text.trim() === 'null' ? '{}' : text,
    })
  }
  return parts
}

function readContent(value: JsonValue | undefined, path: string): ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  return optionalList(value, path, 'a string or a list of content blocks').map((part, index) =>
    readPart(part, `${path}[${index}]`),
  )
}

function readPart(value: JsonValue, path: string): ContentPart {
  const part = requiredObject(value, path, 'an object with a type')
  const type = requiredString(part['type'], `${path}.type`)
  switch (type) {
    case 'text':
      return { type: 'text', text: requiredString(part['text'], `${path}.text`) }
    case 'thinking':
      return { type: 'reasoning', text: requiredString(part['thinking'], `${path}.thinking`) }
    case 'image_url': {
      const image = requiredObject(part['image_url'], `${path}.image_url`)
      const detail = textOf(image['detail'])
      const source = sourceOfUrl(requiredString(image['url'], `${path}.image_url.url`))
      return { type: 'image', source, ...(detail === undefined ? {} : { detail }) }
    }
    case 'document':
      return readDocument(part['document'], `${path}.document`)
    default:
      return { type: 'native', format: 'cohere-chat', kind: type, value: part }
  }
}

/** A text, or an object whose data are one or members: plain text where there are no others than text and title. */
export function readDocument(value: JsonValue | undefined, path: string): FilePart {
  if (typeof value === 'string') return textFile('text/plain', value, undefined)
  const document = requiredObject(value, path, 'a string or an object with data')
  if (typeof document['data'] === 'string') return textFile('text/plain', document['data'], textOf(document['id']))
  const data = isJsonObject(document['data']) ? document['data'] : document
  const { text, title, ...others } = data
  const name = textOf(title) ?? textOf(document['id'])
  if (typeof text === 'string' && Object.keys(others).length === 0) return textFile('text/plain', text, name)
  return textFile('application/json', JSON.stringify(data), name)
}

function textFile(mediaType: string, text: string, name: string | undefined): FilePart {
  const source = { type: 'data', mediaType, data: base64OfText(text) } as const
  return { type: 'file', source, ...(name === undefined ? {} : { name }) }
}
