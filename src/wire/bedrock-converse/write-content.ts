import type { CacheMark, ContentPart, FilePart, ImagePart, ReasoningPart, ToolCallPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ModelRules } from '../anthropic-messages/model-rules.ts'
import type { CallIds } from '../shared/call-ids.ts'
import type { Losses } from '../shared/lose.ts'
import { loseSignature } from '../shared/lose-signature.ts'
import { objectArguments } from '../shared/object-arguments.ts'
import { writeAudio, writeMedia } from './media.ts'
import { familyOf, takesAudio, takesCachePoints } from './models.ts'
import { SIGNED_BY } from './read-content.ts'

/** What the blocks of one request have in common. */
export type Writing = {
  readonly model: string
  /** Of a Claude. */
  readonly rules: ModelRules | undefined
  readonly losses: Losses
  readonly ids: CallIds
  readonly documentName: (name: string | undefined) => string
}

/** A part of a turn as blocks: none where nothing can be said, two with a cache point behind it. Calls and results are not for it. */
export function writePart(part: ContentPart, path: string, writing: Writing): JsonObject[] {
  const block = writeBlock(part, path, writing)
  if (block === undefined) return []
  return 'cache' in part ? [block, ...writeMark(part.cache, path, writing)] : [block]
}

export function writeMark(mark: CacheMark | undefined, path: string, { model, losses }: Writing): JsonObject[] {
  if (mark === undefined) return []
  if (takesCachePoints(model)) return [cachePoint(mark)]
  losses.lose(`${path}.cache_control`, 'this model takes no cache points')
  return []
}

export function cachePoint({ ttl }: CacheMark): JsonObject {
  return { cachePoint: ttl === undefined ? { type: 'default' } : { type: 'default', ttl } }
}

function writeBlock(part: ContentPart, path: string, writing: Writing): JsonObject | undefined {
  const { losses } = writing
  switch (part.type) {
    case 'text':
      loseSignature(part, path, losses)
      return writeText(part.text)
    case 'refusal':
      return writeText(part.text)
    case 'image':
    case 'file':
      return writeAttachment(part, path, writing)
    case 'audio': {
      if (!takesAudio(writing.model)) {
        losses.lose(path, 'sound; this model does not hear')
        return undefined
      }
      const block = writeAudio(part)
      if (block === undefined) losses.lose(path, `sound of this kind (${part.format}, ${part.source.type})`)
      return block
    }
    case 'reasoning':
      return writeReasoning(part, path, writing)
    case 'native':
      if (part.format === 'bedrock-converse') return part.value as JsonObject
      losses.lose(path, `a block of the type ${part.kind}, which only its own format has`)
      return undefined
    case 'tool-call':
    case 'tool-result':
      losses.lose(path, `a ${part.type} that does not belong into this turn`)
      return undefined
    default: {
      const unhandled: never = part
      return unhandled
    }
  }
}

/** "The text field in the ContentBlock object is blank." */
function writeText(text: string): JsonObject | undefined {
  return text.trim() === '' ? undefined : { text }
}

function writeAttachment(
  part: ImagePart | FilePart,
  path: string,
  { losses, documentName }: Writing,
): JsonObject | undefined {
  const written = writeMedia(part.source)
  if (part.type === 'image' && part.detail !== undefined && part.detail !== 'auto')
    losses.lose(`${path}.detail`, 'the resolution of images cannot be chosen')
  switch (written.kind) {
    case 'refused':
      losses.lose(path, `${part.type === 'image' ? 'an image' : 'a document'} that cannot be sent: ${written.reason}`)
      return undefined
    case 'document': {
      const name = documentName(part.type === 'file' ? part.name : undefined)
      return { document: { ...written.value, name } }
    }
    default:
      return { [written.kind]: written.value }
  }
}

/** What a Claude thought goes back to a Claude, signed: others refuse it, and nobody rereads what is not signed. */
function writeReasoning(part: ReasoningPart, path: string, { model, losses }: Writing): JsonObject | undefined {
  const { signature, text, redacted } = part
  const family = familyOf(model)
  const isOwn = signature?.by === SIGNED_BY && (family === 'claude' || family === 'unknown')
  if (isOwn && redacted === true) return { reasoningContent: { redactedContent: signature.value } }
  if (isOwn) return { reasoningContent: { reasoningText: { text, signature: signature.value } } }
  if (text !== '' || redacted === true) losses.lose(path, 'reasoning that this model has not signed')
  return undefined
}

/** A call as a `toolUse` block under `id`. */
export function writeCall(part: ToolCallPart, id: string, path: string, { losses }: Writing): JsonObject {
  const { name, argumentsText } = part
  loseSignature(part, path, losses)
  const lose = (reason: string): void => losses.lose(`${path}.arguments`, reason)
  return { toolUse: { toolUseId: id, name, input: objectArguments(argumentsText, lose) } }
}

/** A result's content, never empty. */
export function writeResultContent(content: readonly ContentPart[], path: string, writing: Writing): JsonObject[] {
  const blocks = content.flatMap((part, index) => {
    const at = `${path}.content[${index}]`
    if (part.type === 'audio' || part.type === 'reasoning') {
      writing.losses.lose(at, `${part.type} in a tool result`)
      return []
    }
    const block = writeBlock(part, at, writing)
    return block === undefined ? [] : [block]
  })
  return blocks.length === 0 ? [{ text: EMPTY_RESULT }] : blocks
}

/** Blank text is refused, and so is a result without content. */
const EMPTY_RESULT = '(no output)'
