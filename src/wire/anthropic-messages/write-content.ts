import type { ContentPart, FilePart, ImagePart, ReasoningPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Losses } from '../shared/lose.ts'
import { lost } from '../shared/lose.ts'
import { loseSignature } from '../shared/lose-signature.ts'
import { pictureType } from '../shared/media.ts'
import { objectArguments } from '../shared/object-arguments.ts'
import { compact } from '../shared/read-json.ts'
import { textOfFile } from '../shared/text-file.ts'
import type { CacheMarks } from './cache-marks.ts'

export type Writing = { readonly marks: CacheMarks; readonly losses: Losses }

const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

/** One part as the block it is in this format; `undefined` when it has none here, which is said as a loss. */
export function writePart(part: ContentPart, path: string, writing: Writing): JsonObject | undefined {
  const { marks, losses } = writing
  switch (part.type) {
    case 'text':
      loseSignature(part, path, losses)
      // The API refuses blank blocks.
      return part.text.trim() === '' ? undefined : marks.put({ type: 'text', text: part.text }, part.cache, path)
    case 'refusal':
      return part.text.trim() === '' ? undefined : { type: 'text', text: part.text }
    case 'image':
      return writeImage(part, path, writing)
    case 'file':
      return writeFile(part, path, writing)
    case 'reasoning':
      return writeReasoning(part, path, losses)
    case 'native':
      if (part.format === 'anthropic-messages' && isJsonObject(part.value)) return part.value
      return lost(losses, path, `a block of the type ${part.kind}, which only its own format has`)
    case 'audio':
      return lost(losses, path, 'audio; this format has no place for it')
    case 'tool-call':
    case 'tool-result':
      return lost(losses, path, 'a call or a result in a turn that is not its own')
    default: {
      const unhandled: never = part
      return unhandled
    }
  }
}

export function writeParts(content: readonly ContentPart[], path: string, writing: Writing): JsonObject[] {
  return content.flatMap((part, index): JsonObject[] => {
    const block = writePart(part, `${path}.content[${index}]`, writing)
    return block === undefined ? [] : [block]
  })
}

/** Thoughts go back to whoever signed them and to nobody else: the API checks. */
function writeReasoning(part: ReasoningPart, path: string, losses: Losses): JsonObject | undefined {
  const { signature, text, redacted } = part
  if (signature?.by !== 'anthropic-messages') {
    if (text !== '' || redacted === true)
      losses.lose(path, 'reasoning of another model; only signed thoughts may be sent back')
    return undefined
  }
  if (redacted === true) return { type: 'redacted_thinking', data: signature.value }
  return { type: 'thinking', thinking: text, signature: signature.value }
}

function writeImage(part: ImagePart, path: string, { marks, losses }: Writing): JsonObject | undefined {
  const { source, detail, cache } = part
  if (detail !== undefined && detail !== 'auto')
    losses.lose(`${path}.detail`, 'the resolution of images cannot be chosen')
  const written = imageSource(source)
  if (written === undefined)
    return lost(losses, path, 'an image of a type, or in a place, that the provider cannot read')
  return marks.put({ type: 'image', source: written }, cache, path)
}

function imageSource(source: ImagePart['source']): JsonObject | undefined {
  if (source.type === 'url') return { type: 'url', url: source.url }
  if (source.type === 'stored') {
    return source.format === 'anthropic-messages' ? { type: 'file', file_id: source.id } : undefined
  }
  const media_type = imageType(source)
  return IMAGES.has(media_type) ? { type: 'base64', media_type, data: source.data } : undefined
}

/** The API refuses an image whose type is not what it says; clients say `image/jpg`, `image/*` or what they guess. */
function imageType({ mediaType, data }: { readonly mediaType: string; readonly data: string }): string {
  if (!mediaType.startsWith('image/')) return mediaType
  return pictureType(data) ?? mediaType
}

function writeFile(part: FilePart, path: string, { marks, losses }: Writing): JsonObject | undefined {
  const { source, name, cache } = part
  const image = source.type === 'data' ? imageSource(source) : undefined
  if (image !== undefined) return marks.put({ type: 'image', source: image }, cache, path)
  const written = documentSource(part)
  if (written === undefined)
    return lost(losses, path, 'a document of a type, or in a place, that the provider cannot read')
  return marks.put(compact({ type: 'document', source: written, title: name }), cache, path)
}

function documentSource(part: FilePart): JsonObject | undefined {
  const { source } = part
  if (source.type === 'url') return { type: 'url', url: source.url }
  if (source.type === 'stored') {
    return source.format === 'anthropic-messages' ? { type: 'file', file_id: source.id } : undefined
  }
  const { mediaType, data } = source
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data }
  const text = textOfFile(part)
  return text === undefined ? undefined : { type: 'text', media_type: 'text/plain', data: text }
}

/**
 * What an assistant said, in the order that the API takes: between two thoughts, calls come last.
 * `callId`: the id under which a call is sent.
 */
export function writeAssistant(
  content: readonly ContentPart[],
  path: string,
  callId: (id: string) => string,
  writing: Writing,
): JsonObject[] {
  const blocks: JsonObject[] = []
  let calls: JsonObject[] = []
  for (const [index, part] of content.entries()) {
    if (part.type === 'tool-call') {
      const at = `${path}.content[${index}]`
      loseSignature(part, at, writing.losses)
      const lose = (reason: string): void => writing.losses.lose(`${at}.arguments`, reason)
      const input = objectArguments(part.argumentsText, lose)
      const call = { type: 'tool_use', id: callId(part.id), name: part.name, input }
      calls.push(writing.marks.put(call, part.cache, at))
      continue
    }
    const block = writePart(part, `${path}.content[${index}]`, writing)
    if (block === undefined) continue
    if (part.type === 'reasoning') {
      blocks.push(...calls)
      calls = []
    }
    blocks.push(block)
  }
  return [...blocks, ...calls]
}

export function writeResult(part: ToolResultPart, id: string, path: string, writing: Writing): JsonObject {
  const content = writeParts(part.content, path, writing)
  // Errors are words only.
  const isError = part.isError === true && content.every((block) => block['type'] === 'text')
  if (part.isError === true && !isError)
    writing.losses.lose(`${path}.is_error`, 'a result with more than text cannot be marked as an error')
  const result = {
    type: 'tool_result',
    tool_use_id: id,
    ...(content.length === 0 ? {} : { content }),
    ...(isError ? { is_error: true } : {}),
  }
  return writing.marks.put(result, part.cache, path)
}
