import type { ContentPart, MediaSource, Signature, ToolCallPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Losses } from '../shared/lose.ts'
import { loseMark } from '../shared/no-cache-marks.ts'
import { objectArguments } from '../shared/object-arguments.ts'
import { compact } from '../shared/read-json.ts'
import { mediaTypeOfUrl } from './media-types.ts'
import { writeSignature } from './signatures.ts'

/** The blocks of a user's turn as parts. */
export function writeUserParts(content: readonly ContentPart[], path: string, losses: Losses): JsonObject[] {
  return content.flatMap((part, at) => writeUserPart(part, `${path}.content[${at}]`, losses))
}

export function writeUserPart(part: ContentPart, path: string, losses: Losses): JsonObject[] {
  const written = writePart(part, path, losses)
  return written === undefined ? [] : [written]
}

/**
 * The blocks of a model's turn as parts. A signature goes back where it stood; one that another format kept as a thought
 * without words goes onto the part after it, which it belongs to.
 */
export function writeModelParts(content: readonly ContentPart[], path: string, losses: Losses): JsonObject[] {
  const parts: JsonObject[] = []
  let waiting: Signature | undefined
  for (const [at, part] of content.entries()) {
    const partPath = `${path}.content[${at}]`
    if (part.type === 'reasoning') {
      const own = ownSignature(part.signature, partPath, losses)
      if (part.text !== '') parts.push({ text: part.text, thought: true, ...writeSignature(own) })
      else waiting = own ?? waiting
      continue
    }
    const written = writePart(part, partPath, losses)
    if (written === undefined) continue
    const isSigned = written['thoughtSignature'] !== undefined
    parts.push(isSigned ? written : { ...written, ...writeSignature(waiting) })
    if (!isSigned) waiting = undefined
  }
  if (waiting !== undefined) parts.push({ text: '', ...writeSignature(waiting) })
  return parts
}

/** No provider can check another's signature: Gemini gets its own only. */
function ownSignature(signature: Signature | undefined, path: string, losses: Losses): Signature | undefined {
  if (signature === undefined || signature.by === 'gemini-generate') return signature
  losses.lose(`${path}.signature`, 'the state of reasoning belongs to the provider that signed it')
  return undefined
}

function writePart(part: ContentPart, path: string, losses: Losses): JsonObject | undefined {
  loseMark(part, path, losses)
  switch (part.type) {
    case 'text':
      if (part.text === '' && part.signature === undefined) return undefined
      return { text: part.text, ...writeSignature(ownSignature(part.signature, path, losses)) }
    case 'refusal':
      return part.text === '' ? undefined : { text: part.text }
    case 'tool-call':
      return writeCall(part, path, losses)
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto')
        losses.lose(`${path}.detail`, 'the resolution of one image cannot be chosen')
      return writeMedium(part.source, 'image/jpeg', path, losses)
    case 'audio':
      return writeMedium(part.source, `audio/${part.format}`, path, losses)
    case 'file':
      if (part.name !== undefined) losses.lose(`${path}.file.filename`, 'a document has no name here')
      return writeMedium(part.source, 'application/pdf', path, losses)
    case 'native':
      if (part.format === 'gemini-generate') return part.value as JsonObject
      losses.lose(path, `a block of the type ${part.kind}, which only its own format has`)
      return undefined
    case 'reasoning':
      losses.lose(path, 'reasoning outside a turn of the model')
      return undefined
    case 'tool-result':
      losses.lose(path, 'a tool result outside a tool turn')
      return undefined
    default: {
      const unhandled: never = part
      return unhandled
    }
  }
}

function writeCall({ id, name, argumentsText, signature }: ToolCallPart, path: string, losses: Losses): JsonObject {
  const lose = (reason: string): void => losses.lose(`${path}.arguments`, reason)
  const args = objectArguments(argumentsText, lose)
  const call = compact({ id: id === '' ? undefined : id, name, args })
  return { functionCall: call, ...writeSignature(ownSignature(signature, path, losses)) }
}

/** Bytes inline, addresses as they are: Google fetches them. Vertex AI must be told a type with each. */
export function writeMedium(
  source: MediaSource,
  usualType: string,
  path: string,
  losses: Losses,
): JsonObject | undefined {
  switch (source.type) {
    case 'data':
      return { inlineData: { mimeType: source.mediaType, data: source.data } }
    case 'url': {
      const mimeType = source.mediaType ?? mediaTypeOfUrl(source.url) ?? usualType
      return { fileData: { fileUri: source.url, mimeType } }
    }
    case 'stored':
      if (source.format === 'gemini-generate')
        return { fileData: compact({ fileUri: source.id, mimeType: source.mediaType }) }
      losses.lose(path, 'stored at another provider')
      return undefined
    default: {
      const unhandled: never = source
      return unhandled
    }
  }
}
