import type { ContentPart, ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { optionalString, requiredObject, requiredString, textOf, wrong } from '../shared/read-json.ts'
import { field, repeated } from './fields.ts'
import { blockOfMedia, mediaTypeOfUrl } from './media-types.ts'
import { readSignature, readThoughtSignature } from './signatures.ts'

/** What a part amounts to. Results lack what only their turn knows: which call they answer. */
export type ReadPart =
  | ContentPart
  | { readonly type: 'response'; readonly result: Omit<ToolResultPart, 'callId'>; readonly id: string | undefined }

/** The parts of one content, without those that say nothing. */
export function readContentParts(content: JsonObject, path: string): ReadPart[] {
  const value = content['parts']
  if (value === undefined || value === null) return []
  const parts = repeated(value)
  if (parts === undefined) throw wrong(`${path}.parts`, 'a list of parts', value)
  return parts.flatMap((part, index) => readPart(part, `${path}.parts[${index}]`))
}

function readPart(value: JsonValue, path: string): ReadPart[] {
  const part = requiredObject(value, path)
  const call = field(part, 'functionCall')
  if (isJsonObject(call)) return [readCall(call, part, `${path}.functionCall`)]
  const response = field(part, 'functionResponse')
  if (isJsonObject(response)) return [readResponsePart(response, `${path}.functionResponse`)]
  const blob = field(part, 'inlineData')
  const file = field(part, 'fileData')
  const isThought = part['thought'] === true
  if (isJsonObject(blob) && !isThought) return [readBlob(blob, part, `${path}.inlineData`)]
  if (isJsonObject(file) && !isThought) return [readFile(file, part, `${path}.fileData`)]
  const text = optionalString(part['text'], `${path}.text`)
  if (text === undefined) return isEmpty(part) ? [] : [native(part)]
  if (isThought) return [{ type: 'reasoning', text, ...readThoughtSignature(part) }]
  const signature = readSignature(part)
  // A signature without a text belongs to what stands before or after it: kept as a thought that says nothing.
  if (text === '') return signature === undefined ? [] : [{ type: 'reasoning', text, signature }]
  return [{ type: 'text', text, ...(signature === undefined ? {} : { signature }) }]
}

function isEmpty(part: JsonObject): boolean {
  return Object.values(part).every((value) => value === undefined || value === null || value === false)
}

function readCall(call: JsonObject, part: JsonObject, path: string): ToolCallPart {
  const args = call['args'] ?? {}
  if (!isJsonObject(args)) throw wrong(`${path}.args`, 'an object', args)
  const signature = readSignature(part)
  return {
    type: 'tool-call',
    id: textOf(call['id']) ?? '',
    name: requiredString(call['name'], `${path}.name`),
    argumentsText: JSON.stringify(args),
    ...(signature === undefined ? {} : { signature }),
  }
}

/** `output` and `error` are Google's own words for what came of a call; anything else is the result as it stands. */
function readResponsePart(value: JsonObject, path: string): ReadPart {
  const name = requiredString(value['name'], `${path}.name`)
  const response = value['response'] ?? {}
  if (!isJsonObject(response)) throw wrong(`${path}.response`, 'an object', response)
  const parts = repeated(value['parts']) ?? []
  const media = parts.flatMap((part, index) => readPart(part, `${path}.parts[${index}]`))
  const names = Object.keys(response)
  const [only] = names
  const isPlain = names.length === 1 && (only === 'output' || only === 'error')
  const said = isPlain && only !== undefined ? response[only] : response
  const text = typeof said === 'string' ? said : JSON.stringify(said)
  const isNothing = text === '' || names.length === 0
  const content: ContentPart[] = isNothing ? [] : [{ type: 'text', text }]
  for (const part of media) if (part.type !== 'response') content.push(part)
  return {
    type: 'response',
    id: textOf(value['id']),
    result: { type: 'tool-result', name, content, ...(isPlain && only === 'error' ? { isError: true } : {}) },
  }
}

function readBlob(blob: JsonObject, part: JsonObject, path: string): ContentPart {
  const data = requiredString(blob['data'], `${path}.data`, 'a base64 string')
  const mediaType = requiredString(field(blob, 'mimeType'), `${path}.mimeType`, 'a MIME type such as "image/png"')
  const block = blockOfMedia({ type: 'data', mediaType, data }, mediaType) ?? native(part)
  const name = textOf(field(blob, 'displayName'))
  return block.type === 'file' && name !== undefined ? { ...block, name } : block
}

/** A file at Google (`gs://`, the Files API) is Google's alone; any other address is open to all. */
function readFile(file: JsonObject, part: JsonObject, path: string): ContentPart {
  const url = requiredString(field(file, 'fileUri'), `${path}.fileUri`, 'a URI')
  const said = optionalString(field(file, 'mimeType'), `${path}.mimeType`)
  const mediaType = said ?? mediaTypeOfUrl(url)
  const typed = mediaType === undefined ? {} : { mediaType }
  if (/^https:\/\/(?:www\.youtube\.com|youtu\.be)\//.test(url)) return native(part)
  const isGoogles = !/^https?:/.test(url) || url.startsWith('https://generativelanguage.googleapis.com/')
  const source = isGoogles
    ? ({ type: 'stored', id: url, format: 'gemini-generate', ...typed } as const)
    : ({ type: 'url', url, ...typed } as const)
  return blockOfMedia(source, mediaType ?? '') ?? native(part)
}

function native(part: JsonObject): ContentPart {
  const kind = Object.keys(part).find((name) => !/^thought/.test(name)) ?? 'part'
  return { type: 'native', format: 'gemini-generate', kind, value: part }
}
