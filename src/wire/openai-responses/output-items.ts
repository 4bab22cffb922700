import type { Signature } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import { readLogprobs } from '../shared/logprobs.ts'
import { objectsOf, textOf } from '../shared/read-json.ts'
import { readSpan } from '../shared/span.ts'
import { BETWEEN_SUMMARIES, readReasoningText, unpackCarried } from './reasoning.ts'

/** What a text belongs to. */
export type Spoken = 'text' | 'refusal' | 'summary' | 'reasoning'

/**
 * The output items of one answer, as parts, put together from whatever the upstream says of them: deltas, then whole
 * texts, then whole items. The later word is the authority; of it only what was not said yet becomes a part.
 * An item's key is its place in the output: ids change from event to event at some servers.
 */
export type OutputItems = {
  begin(key: string, item: JsonObject): StreamPart[]
  say(key: string, spoken: Spoken, at: number, text: string, logprobs?: JsonValue): StreamPart[]
  /** A whole text. */
  complete(key: string, spoken: Spoken, at: number, text: string, logprobs?: JsonValue): StreamPart[]
  extendCall(key: string, text: string): StreamPart[]
  completeCall(key: string, text: string): StreamPart[]
  cite(key: string, annotation: JsonObject): StreamPart[]
  /** A whole item. */
  finish(key: string, item: JsonObject): StreamPart[]
  hasItems(): boolean
  hasCalls(): boolean
  /** A tool of the provider's own is or was at work. */
  hasOwnTools(): boolean
}

type Item = {
  readonly said: Map<string, string>
  /** The part that was last said of its thoughts. */
  thought: string | undefined
  call: Call | undefined
  hasCitations: boolean
  isDone: boolean
}

type Call = { readonly index: number; text: string }

export function createOutputItems(): OutputItems {
  const items = new Map<string, Item>()
  let calls = 0
  let texts = 0
  let hasOwnTools = false
  // A signature that a reasoning item carried for the call after it: a gateway answered.
  let ahead: Signature | undefined

  function itemOf(key: string): Item {
    const known = items.get(key)
    if (known !== undefined) return known
    const item: Item = {
      said: new Map(),
      thought: undefined,
      call: undefined,
      hasCitations: false,
      isDone: false,
    }
    items.set(key, item)
    return item
  }

  function begin(key: string, given: JsonObject): StreamPart[] {
    const item = itemOf(key)
    const type = textOf(given['type']) ?? ''
    const isCustom = type === 'custom_tool_call'
    if (type === 'function_call' || (isCustom && !isOwnCall(given))) {
      if (item.call !== undefined) return []
      const id = textOf(given['call_id']) ?? ''
      const name = textOf(given['name']) ?? ''
      if (name === '') return []
      item.call = { index: calls, text: '' }
      calls += 1
      const signature = ahead
      ahead = undefined
      return [{ ...start(calls - 1, id, name, isCustom), ...(signature === undefined ? {} : { signature }) }]
    }
    if (type !== 'message' && type !== 'reasoning') hasOwnTools = true
    return []
  }

  function say(key: string, spoken: Spoken, at: number, text: string, logprobs?: JsonValue): StreamPart[] {
    const item = itemOf(key)
    if (text === '' || item.isDone) return []
    const place = `${spoken}:${at}`
    if (spoken === 'text' && !item.said.has(place)) texts += 1
    item.said.set(place, (item.said.get(place) ?? '') + text)
    if (spoken === 'text') {
      const tokens = readLogprobs(logprobs)
      return [{ type: 'text-delta', text, ...(tokens === undefined ? {} : { logprobs: tokens }) }]
    }
    if (spoken === 'refusal') return [{ type: 'refusal-delta', text }]
    const isNext = item.thought !== undefined && item.thought !== place
    item.thought = place
    return [{ type: 'reasoning-delta', text: isNext ? BETWEEN_SUMMARIES + text : text }]
  }

  function complete(key: string, spoken: Spoken, at: number, text: string, logprobs?: JsonValue): StreamPart[] {
    const said = itemOf(key).said.get(`${spoken}:${at}`) ?? ''
    return say(key, spoken, at, unsaid(text, said), said === '' ? logprobs : undefined)
  }

  function extendCall(key: string, text: string): StreamPart[] {
    const call = items.get(key)?.call
    if (call === undefined || text === '') return []
    call.text += text
    return [{ type: 'tool-call-delta', index: call.index, argumentsText: text }]
  }

  function completeCall(key: string, text: string): StreamPart[] {
    const call = items.get(key)?.call
    return call === undefined ? [] : extendCall(key, unsaid(text, call.text))
  }

  function finish(key: string, given: JsonObject): StreamPart[] {
    const item = itemOf(key)
    if (item.isDone) return []
    const parts = begin(key, given)
    switch (given['type']) {
      case 'message':
        parts.push(...finishMessage(key, given, item))
        break
      case 'reasoning':
        parts.push(...finishReasoning(key, given, item))
        break
      case 'function_call':
      case 'custom_tool_call':
        parts.push(...completeCall(key, argumentsOf(given['arguments'] ?? given['input'])))
        if (item.call !== undefined) parts.push({ type: 'tool-call-end', index: item.call.index })
        break
      case 'image_generation_call':
        parts.push(...readImage(given))
        break
      default:
        break
    }
    item.isDone = true
    return parts
  }

  function finishMessage(key: string, given: JsonObject, item: Item): StreamPart[] {
    const hadCitations = item.hasCitations
    return objectsOf(given['content']).flatMap((part, at) => {
      const text = textOf(part['text'])
      const refusal = textOf(part['refusal'])
      const said = text === undefined ? [] : complete(key, 'text', at, text, part['logprobs'])
      const declined = refusal === undefined ? [] : complete(key, 'refusal', at, refusal)
      const cited = hadCitations ? [] : objectsOf(part['annotations']).flatMap((one) => cite(key, one))
      return [...said, ...declined, ...cited]
    })
  }

  function finishReasoning(key: string, given: JsonObject, item: Item): StreamPart[] {
    const said = item.thought === undefined ? say(key, 'summary', 0, readReasoningText(given)) : []
    const encrypted = textOf(given['encrypted_content'])
    const isSigned = encrypted !== undefined && encrypted !== ''
    if (item.thought === undefined && !isSigned) return said
    const itemId = textOf(given['id'])
    const carried = isSigned ? unpackCarried(encrypted, itemId) : undefined
    if (carried?.of === 'text') return [...said, { type: 'text-signature', signature: carried.signature }]
    if (carried?.of === 'call') {
      ahead = carried.signature
      return said
    }
    const id = carried === undefined ? itemId : carried.id
    return [
      ...said,
      {
        type: 'reasoning-end',
        ...(carried === undefined ? {} : { signature: carried.signature }),
        ...(isSigned && item.thought === undefined ? { redacted: true } : {}),
        ...(id === undefined ? {} : { id }),
      },
    ]
  }

  function cite(key: string, annotation: JsonObject): StreamPart[] {
    const url = textOf(annotation['url'])
    if (url === undefined) return []
    itemOf(key).hasCitations = true
    // Places are counted within one text, and the answer's text is all of them.
    const span = texts > 1 ? {} : readSpan(annotation)
    return [{ type: 'citation', url, title: textOf(annotation['title']), ...span }]
  }

  return {
    begin,
    say,
    complete,
    extendCall,
    completeCall,
    cite,
    finish,
    hasItems: () => items.size > 0,
    hasCalls: () => calls > 0,
    hasOwnTools: () => hasOwnTools,
  }
}

/** What a whole text has beyond what was said of it; nothing where it is another text, as it is too late to take that back. */
function unsaid(whole: string, said: string): string {
  return whole.startsWith(said) ? whole.slice(said.length) : ''
}

/** xAI shows the calls of its own X search as custom tool calls. */
function isOwnCall(item: JsonObject): boolean {
  return textOf(item['call_id'])?.startsWith('xs_') === true
}

function start(
  index: number,
  id: string,
  name: string,
  isCustom: boolean,
): StreamPart & { readonly type: 'tool-call-start' } {
  return { type: 'tool-call-start', index, id, name, ...(isCustom ? { custom: true } : {}) }
}

function argumentsOf(given: JsonValue | undefined): string {
  if (given === undefined || given === null) return ''
  return typeof given === 'string' ? given : JSON.stringify(given)
}

function readImage(item: JsonObject): StreamPart[] {
  const data = textOf(item['result'])
  const format = textOf(item['output_format']) ?? 'png'
  return data === undefined ? [] : [{ type: 'media', mediaType: `image/${format}`, data }]
}
