import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import type { AnswerSummary, StreamReader, WireEvent } from '../../core/wire-format.ts'
import { objectOf, parseEvent, textOf } from '../shared/read-json.ts'
import { unpackSignature } from '../shared/signature.ts'
import { readException } from './errors.ts'
import { imageType } from './media.ts'
import { SIGNED_BY } from './read-content.ts'
import { readCitation, readEndOf } from './read-response.ts'
import { readUsage } from './usage.ts'

/** What is known of a content block that is open. */
type Open = { thought?: Thought; image?: { readonly mediaType: string; data: string }; isCall?: boolean }
type Thought = { signature: string | undefined; redacted: string | undefined }

/** Reads the events of `ConverseStream`. Blocks may interleave; text blocks are never announced. */
export function createReader(): StreamReader {
  const blocks = new Map<number, Open>()

  function push(event: WireEvent): StreamPart[] {
    const name = event.event
    if (name !== undefined && (name.startsWith('exception:') || name.endsWith('Exception'))) {
      throw readException(name, event.data)
    }
    const body = parseEvent(event.data)
    switch (name ?? nameOf(body)) {
      case 'messageStart':
        return [{ type: 'response-start', id: '', model: '' }]
      case 'contentBlockStart':
        return start(indexOf(body), objectOf(body['start']))
      case 'contentBlockDelta':
        return delta(indexOf(body), objectOf(body['delta']))
      case 'contentBlockStop':
        return stop(indexOf(body))
      case 'messageStop':
        return [...stopAll(), ...readEndOf(body)]
      case 'metadata': {
        const usage = body['usage']
        return isJsonObject(usage) ? [{ type: 'usage', usage: readUsage(usage, body) }] : []
      }
      default:
        // Events to come.
        return []
    }
  }

  function start(index: number, said: JsonObject): StreamPart[] {
    const { toolUse, image } = said
    if (isJsonObject(image)) {
      blocks.set(index, { image: { mediaType: imageType(textOf(image['format']) ?? 'png'), data: '' } })
    }
    // A tool that Bedrock runs itself is no business of the client's.
    if (!isJsonObject(toolUse) || toolUse['type'] === 'server_tool_use') return []
    blocks.set(index, { isCall: true })
    const id = textOf(toolUse['toolUseId']) ?? ''
    return [{ type: 'tool-call-start', index, id, name: textOf(toolUse['name']) ?? '' }]
  }

  function delta(index: number, said: JsonObject): StreamPart[] {
    const { text, toolUse, reasoningContent, citation, image } = said
    if (isJsonObject(reasoningContent)) return think(index, reasoningContent)
    const before = stopThoughts()
    if (typeof text === 'string') return text === '' ? before : [...before, { type: 'text-delta', text }]
    if (isJsonObject(toolUse)) {
      const input = textOf(toolUse['input'])
      if (input === undefined || blocks.get(index)?.isCall !== true) return before
      return [...before, { type: 'tool-call-delta', index, argumentsText: input }]
    }
    if (isJsonObject(citation)) return [...before, ...readCitation(citation)]
    const picture = blocks.get(index)?.image
    const data = isJsonObject(image) ? textOf(objectOf(image['source'])['bytes']) : undefined
    if (picture !== undefined && data !== undefined) picture.data += data
    return before
  }

  function think(index: number, said: JsonObject): StreamPart[] {
    const block = blocks.get(index) ?? {}
    const thought = block.thought ?? { signature: undefined, redacted: undefined }
    blocks.set(index, { ...block, thought })
    const signature = textOf(said['signature'])
    if (signature !== undefined) thought.signature = (thought.signature ?? '') + signature
    const redacted = textOf(said['redactedContent']) ?? textOf(said['data'])
    if (redacted !== undefined) thought.redacted = joinBase64(thought.redacted ?? '', redacted)
    const text = textOf(said['text'])
    return text === undefined || text === '' ? [] : [{ type: 'reasoning-delta', text }]
  }

  function stop(index: number): StreamPart[] {
    const block = blocks.get(index)
    blocks.delete(index)
    if (block === undefined) return []
    if (block.isCall === true) return [{ type: 'tool-call-end', index }]
    const { thought, image } = block
    if (image !== undefined && image.data !== '') return [{ type: 'media', ...image }]
    return thought === undefined ? [] : [thoughtEnd(thought)]
  }

  /** Thoughts that were not closed are when words follow them. */
  function stopThoughts(): StreamPart[] {
    return [...blocks].flatMap(([index, block]) => (block.thought === undefined ? [] : stop(index)))
  }

  function stopAll(): StreamPart[] {
    return [...blocks.keys()].flatMap(stop)
  }

  return { push, end: stopAll }
}

function thoughtEnd({ signature, redacted }: Thought): StreamPart {
  if (redacted !== undefined) {
    return { type: 'reasoning-end', redacted: true, signature: unpackSignature(redacted, SIGNED_BY) }
  }
  if (signature === undefined) return { type: 'reasoning-end' }
  return { type: 'reasoning-end', signature: unpackSignature(signature, SIGNED_BY) }
}

/** Bytes in two pieces, each in base64 of its own. */
function joinBase64(first: string, second: string): string {
  if (!first.endsWith('=')) return first + second
  try {
    return btoa(atob(first) + atob(second))
  } catch {
    return first + second
  }
}

function indexOf(body: JsonObject): number {
  const index = body['contentBlockIndex']
  if (typeof index === 'number') return index
  throw new GatewayError('upstream_malformed', 'The model sent a piece of a content block without its index.')
}

/** The name of an event that came without one, by its members. */
function nameOf(body: JsonObject): string | undefined {
  if (body['role'] !== undefined) return 'messageStart'
  if (body['stopReason'] !== undefined) return 'messageStop'
  if (body['usage'] !== undefined || body['metrics'] !== undefined) return 'metadata'
  if (body['contentBlockIndex'] === undefined) return undefined
  if (body['start'] !== undefined) return 'contentBlockStart'
  return body['delta'] === undefined ? 'contentBlockStop' : 'contentBlockDelta'
}

/** Usage or finish reason of one event near the end. */
export function readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined {
  if (!/"(?:stopReason|usage)"\s*:/.test(data)) return undefined
  try {
    const body = parseEvent(data)
    const end = readEndOf(body).find((part) => part.type === 'response-end')
    const usage = body['usage']
    if (end === undefined && !isJsonObject(usage)) return undefined
    return { finishReason: end?.finishReason, usage: isJsonObject(usage) ? readUsage(usage, body) : undefined }
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}
