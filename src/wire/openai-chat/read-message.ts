import type { ReasoningPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import { readLogprobs } from '../shared/logprobs.ts'
import { objectOf, objectsOf, textOf } from '../shared/read-json.ts'
import { readSpan } from '../shared/span.ts'
import type { CallEntry } from './read-calls.ts'
import { readCallEntry, readLegacyEntry } from './read-calls.ts'
import { readReasoning } from './reasoning.ts'
import { readSignature } from './signatures.ts'

/** What a message or a delta says, its tool calls apart. */
export function readSaid(
  message: JsonObject,
  logprobs: JsonValue | undefined,
  thoughts: readonly ReasoningPart[] = readReasoning(message),
): StreamPart[] {
  const parts: StreamPart[] = []
  for (const { text, signature, redacted, id } of thoughts) {
    if (text !== '') parts.push({ type: 'reasoning-delta', text })
    if (signature === undefined) continue
    const extras = { ...(redacted === undefined ? {} : { redacted }), ...(id === undefined ? {} : { id }) }
    parts.push({ type: 'reasoning-end', signature, ...extras })
  }
  const said = readTexts(message['content'])
  const tokens = readLogprobs(objectOf(logprobs)['content'])
  for (const [index, part] of said.entries()) {
    const isLast = index === said.length - 1
    parts.push(part.type === 'text-delta' && isLast && tokens !== undefined ? { ...part, logprobs: tokens } : part)
  }
  const signature = readSignature(message)
  if (signature !== undefined) parts.push({ type: 'text-signature', signature })
  const refusal = message['refusal']
  if (typeof refusal === 'string' && refusal !== '') parts.push({ type: 'refusal-delta', text: refusal })
  readMedia(message, parts)
  return parts
}

export function readCallEntries(message: JsonObject): CallEntry[] {
  const entries = objectsOf(message['tool_calls']).map(readCallEntry)
  const legacy = message['function_call']
  return isJsonObject(legacy) ? [...entries, readLegacyEntry(legacy)] : entries
}

/** Sources on a message: OpenAI's `annotations`. */
export function readAnnotations(message: JsonObject): StreamPart[] {
  return objectsOf(message['annotations']).flatMap((annotation): StreamPart[] => {
    const cited = annotation['url_citation']
    const url = isJsonObject(cited) ? textOf(cited['url']) : undefined
    if (!isJsonObject(cited) || url === undefined) return []
    return [{ type: 'citation', url, title: textOf(cited['title']), ...readSpan(cited) }]
  })
}

/**
 * Sources beside the choices: Perplexity's `search_results`, or its older `citations`, plain URLs, which xAI has too. They
 * come again with every chunk; `seen` holds those that were said.
 * https://docs.perplexity.ai/api-reference/chat-completions-post
 */
export function readSources(body: JsonObject, seen: Set<string>): StreamPart[] {
  const results = objectsOf(body['search_results'])
  const citations = body['citations']
  const plain = Array.isArray(citations) ? citations.filter((url) => typeof url === 'string') : []
  const sources = results.length > 0 ? results : plain.map((url): JsonObject => ({ url }))
  return sources.flatMap((source): StreamPart[] => {
    const url = textOf(source['url'])
    if (url === undefined || seen.has(url)) return []
    seen.add(url)
    return [{ type: 'citation', url, title: textOf(source['title']) }]
  })
}

/** Sound as OpenAI sends it, pictures as OpenRouter does. */
function readMedia(message: JsonObject, parts: StreamPart[]): void {
  const audio = message['audio']
  if (isJsonObject(audio)) {
    const transcript = textOf(audio['transcript'])
    const data = textOf(audio['data'])
    const said = transcript === undefined ? {} : { transcript }
    // In a stream, its id and its expiry come alone.
    if (data !== undefined || transcript !== undefined)
      parts.push({ type: 'media', mediaType: 'audio/wav', data: data ?? '', ...said })
  }
  for (const image of objectsOf(message['images'])) {
    const at = image['image_url']
    const found = /^data:([^;,]+);base64,(.*)$/s.exec((isJsonObject(at) ? textOf(at['url']) : undefined) ?? '')
    if (found !== null) parts.push({ type: 'media', mediaType: found[1] ?? '', data: found[2] ?? '' })
  }
}

type Said = StreamPart & { readonly type: 'text-delta' | 'reasoning-delta' }

/** Content is a string, or a list of parts at Mistral (`text`, `thinking`). */
function readTexts(content: JsonValue | undefined): Said[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text-delta', text: content }]
  return objectsOf(content).flatMap((part): Said[] => {
    const text = part['text']
    if (typeof text === 'string') return text === '' ? [] : [{ type: 'text-delta', text }]
    return readTexts(part['thinking']).map((thought) => ({ type: 'reasoning-delta', text: thought.text }))
  })
}
