import type { CacheMark, ContentPart, MediaSource, ReasoningPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { base64OfText } from '../shared/media.ts'
import { isList, requiredObject, requiredString, textOf, wrong } from '../shared/read-json.ts'
import { unpackSignature } from '../shared/signature.ts'

/** A turn's content: a string, or a list of blocks. */
export function readContent(value: JsonValue | undefined, path: string): ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  if (!isList(value)) throw wrong(path, 'a string or a list of content blocks', value)
  return value.map((block, index) => readBlock(block, `${path}[${index}]`))
}

/** Blocks that only this format has (server tools, search results, container uploads, …) are kept as they are. */
function readBlock(value: JsonValue, path: string): ContentPart {
  const block = requiredObject(value, path, 'an object with a type')
  const type = requiredString(block['type'], `${path}.type`)
  switch (type) {
    case 'text':
      return { type: 'text', text: requiredString(block['text'], `${path}.text`), ...cacheOf(block) }
    case 'image':
      return readImage(block, path)
    case 'document':
      return readDocument(block, path)
    case 'thinking':
      return readThinking(block)
    case 'redacted_thinking':
      return {
        type: 'reasoning',
        text: '',
        redacted: true,
        signature: unpackSignature(requiredString(block['data'], `${path}.data`), 'anthropic-messages'),
      }
    case 'tool_use':
      return {
        type: 'tool-call',
        id: requiredString(block['id'], `${path}.id`),
        name: requiredString(block['name'], `${path}.name`),
        argumentsText: JSON.stringify(block['input'] ?? {}),
        ...cacheOf(block),
      }
    case 'tool_result':
      return readToolResult(block, path)
    default:
      return native(type, block)
  }
}

function native(kind: string, value: JsonObject): ContentPart {
  return { type: 'native', format: 'anthropic-messages', kind, value }
}

/** An empty signature is what clients send for thoughts of models that do not sign. */
function readThinking(block: JsonObject): ReasoningPart {
  const signature = textOf(block['signature'])
  return {
    type: 'reasoning',
    text: textOf(block['thinking']) ?? '',
    ...(signature === undefined || signature === ''
      ? {}
      : { signature: unpackSignature(signature, 'anthropic-messages') }),
  }
}

function readToolResult(block: JsonObject, path: string): ToolResultPart {
  const content = block['content']
  return {
    type: 'tool-result',
    callId: requiredString(block['tool_use_id'], `${path}.tool_use_id`),
    content: content === undefined || content === null ? [] : readContent(content, `${path}.content`),
    ...(block['is_error'] === true ? { isError: true } : {}),
    ...cacheOf(block),
  }
}

function readImage(block: JsonObject, path: string): ContentPart {
  const source = readSource(requiredObject(block['source'], `${path}.source`), `${path}.source`)
  return source === undefined ? native('image', block) : { type: 'image', source, ...cacheOf(block) }
}

function readDocument(block: JsonObject, path: string): ContentPart {
  const source = readSource(requiredObject(block['source'], `${path}.source`), `${path}.source`)
  if (source === undefined) return native('document', block)
  const title = textOf(block['title'])
  return { type: 'file', source, ...(title === undefined ? {} : { name: title }), ...cacheOf(block) }
}

/** `undefined` for a source that only this format has: a document made of blocks. */
function readSource(source: JsonObject, path: string): MediaSource | undefined {
  switch (source['type']) {
    case 'base64':
      return {
        type: 'data',
        mediaType: requiredString(source['media_type'], `${path}.media_type`),
        data: requiredString(source['data'], `${path}.data`, 'a base64 string'),
      }
    case 'text':
      return {
        type: 'data',
        mediaType: textOf(source['media_type']) ?? 'text/plain',
        data: base64OfText(requiredString(source['data'], `${path}.data`)),
      }
    case 'url':
      return { type: 'url', url: requiredString(source['url'], `${path}.url`) }
    case 'file':
      return { type: 'stored', id: requiredString(source['file_id'], `${path}.file_id`), format: 'anthropic-messages' }
    default:
      return undefined
  }
}

export function cacheOf(value: JsonObject): { readonly cache?: CacheMark } {
  const mark = value['cache_control']
  if (!isJsonObject(mark)) return {}
  const { ttl } = mark
  return { cache: ttl === '5m' || ttl === '1h' ? { ttl } : {} }
}
