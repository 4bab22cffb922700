import type { CacheMark, ContentPart, ReasoningPart, ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import {
  objectOf,
  objectsOf,
  optionalList,
  requiredObject,
  requiredString,
  textOf,
  wrong,
} from '../shared/read-json.ts'
import { unpackSignature } from '../shared/signature.ts'
import { MEDIA_KINDS, readAudio, readMedia } from './media.ts'

/** Blocks of a turn or of a tool result. A cache point marks the block before it. */
export function readBlocks(value: JsonValue | undefined, path: string): ContentPart[] {
  const parts: ContentPart[] = []
  for (const [index, block] of optionalList(value, path, 'a list of content blocks').entries()) {
    const at = `${path}[${index}]`
    const object = requiredObject(block, at, 'an object with one member, such as text')
    const mark = object['cachePoint']
    const last = parts.at(-1)
    if (mark === undefined) parts.push(readBlock(object, at))
    else if (last !== undefined && takesMark(last)) parts[parts.length - 1] = { ...last, cache: readMark(mark) }
    else parts.push(native('cachePoint', object))
  }
  return parts
}

type Markable = Extract<ContentPart, { readonly cache?: CacheMark | undefined }>

function takesMark(part: ContentPart): part is Markable {
  const { type } = part
  return type === 'text' || type === 'image' || type === 'file' || type === 'tool-call' || type === 'tool-result'
}

/** `{type: default, ttl?}`. */
export function readMark(value: JsonValue): CacheMark {
  const ttl = textOf(objectOf(value)['ttl'])
  return ttl === '5m' || ttl === '1h' ? { ttl } : {}
}

function readBlock(block: JsonObject, path: string): ContentPart {
  const { text, toolUse, toolResult, reasoningContent, guardContent, citationsContent, audio, json } = block
  if (text !== undefined) return { type: 'text', text: requiredString(text, `${path}.text`) }
  if (toolUse !== undefined) return readCall(requiredObject(toolUse, `${path}.toolUse`), `${path}.toolUse`, block)
  if (toolResult !== undefined)
    return readResult(requiredObject(toolResult, `${path}.toolResult`), `${path}.toolResult`)
  if (reasoningContent !== undefined)
    return readReasoning(objectOf(reasoningContent)) ?? native('reasoningContent', block)
  if (json !== undefined) return { type: 'text', text: JSON.stringify(json) }
  if (guardContent !== undefined) {
    const guarded = textOf(objectOf(objectOf(guardContent)['text'])['text'])
    return guarded === undefined ? native('guardContent', block) : { type: 'text', text: guarded }
  }
  if (citationsContent !== undefined) return { type: 'text', text: citedText(objectOf(citationsContent)) }
  if (audio !== undefined) return readAudio(objectOf(audio)) ?? native('audio', block)
  for (const kind of MEDIA_KINDS) {
    if (block[kind] !== undefined) return readMedia(kind, objectOf(block[kind])) ?? native(kind, block)
  }
  const [kind] = Object.keys(block)
  if (kind === undefined) throw wrong(path, 'an object with one member, such as text', block)
  return native(kind, block)
}

function native(kind: string, value: JsonObject): ContentPart {
  return { type: 'native', format: 'bedrock-converse', kind, value }
}

/** The text that a model wrote with citations, without them. */
export function citedText(content: JsonObject): string {
  return objectsOf(content['content'])
    .map((generated) => textOf(generated['text']) ?? '')
    .join('')
}

function readCall(call: JsonObject, path: string, block: JsonObject): ToolCallPart | ContentPart {
  if (call['type'] === 'server_tool_use') return native('toolUse', block)
  return {
    type: 'tool-call',
    id: requiredString(call['toolUseId'], `${path}.toolUseId`),
    name: requiredString(call['name'], `${path}.name`),
    argumentsText: JSON.stringify(call['input'] ?? {}),
  }
}

function readResult(result: JsonObject, path: string): ToolResultPart {
  return {
    type: 'tool-result',
    callId: requiredString(result['toolUseId'], `${path}.toolUseId`),
    content: readBlocks(result['content'], `${path}.content`),
    ...(result['status'] === 'error' ? { isError: true } : {}),
  }
}

/** Claude signs here as it does at Anthropic, so that either may reread it. */
export const SIGNED_BY = 'anthropic-messages'

/** `{reasoningText: {text, signature}}` or `{redactedContent}`; `redactedReasoning.data` in older SDKs. */
export function readReasoning(content: JsonObject): ReasoningPart | undefined {
  const said = content['reasoningText']
  if (said !== undefined) {
    const { text, signature } = objectOf(said)
    const signed = typeof signature === 'string' ? { signature: unpackSignature(signature, SIGNED_BY) } : {}
    return { type: 'reasoning', text: textOf(text) ?? '', ...signed }
  }
  const data = textOf(content['redactedContent']) ?? textOf(objectOf(content['redactedReasoning'])['data'])
  if (data === undefined) return undefined
  return { type: 'reasoning', text: '', redacted: true, signature: unpackSignature(data, SIGNED_BY) }
}
