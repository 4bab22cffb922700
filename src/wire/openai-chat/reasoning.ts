import type { ReasoningPart, Signature } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { WireFormatId } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import { objectsOf, textOf } from '../shared/read-json.ts'
import { packSignature, unpackSignature } from '../shared/signature.ts'

/**
 * This format has no field of its own for reasoning. `reasoning_content` carries its text (vLLM, DeepSeek, xAI,
 * Moonshot; `reasoning` at Groq and OpenRouter), `reasoning_details` its blocks with their signatures, as OpenRouter
 * defines them: https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
 */
const SIGNED_BY = table<WireFormatId>({
  'anthropic-claude-v1': 'anthropic-messages',
  'google-gemini-v1': 'gemini-generate',
  'openai-responses-v1': 'openai-responses',
  'xai-responses-v1': 'openai-responses',
})

const DETAIL_FORMATS: Partial<Record<WireFormatId, string>> = {
  'anthropic-messages': 'anthropic-claude-v1',
  'gemini-generate': 'google-gemini-v1',
  'openai-responses': 'openai-responses-v1',
}

/** The blocks of reasoning on a message or a delta: the details where there are any, else the plain text. */
export function readReasoning(message: JsonObject): ReasoningPart[] {
  const text = plainReasoning(message)
  const blocks = mergedDetails(detailsOf(message)).flatMap((detail) => readDetail(detail))
  const [only] = blocks
  // Clients that gather a stream may keep the signature here and the text beside it.
  if (blocks.length === 1 && only?.text === '' && only.redacted !== true) return [{ ...only, text }]
  if (blocks.length > 0) return blocks
  return text === '' ? [] : [{ type: 'reasoning', text }]
}

/** The same of a message that a client sends back: none where the client has lost some of them. */
export function readEarlierReasoning(message: JsonObject): ReasoningPart[] {
  return hasGap(message) ? [] : readReasoning(message)
}

function detailsOf(message: JsonObject): readonly JsonObject[] {
  return objectsOf(message['reasoning_details'])
}

/**
 * True where details are missing, by their indexes. The others are worth nothing then: thoughts go back in the row in
 * which they were thought. https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
export function hasGap(message: JsonObject): boolean {
  const indexes = detailsOf(message).flatMap(({ index }) => (typeof index === 'number' ? [index] : []))
  return indexes.some((index, at) => index > (at === 0 ? 0 : (indexes[at - 1] ?? 0) + 1))
}

/**
 * The details of a stream, each once: `take` returns those that were added since. One stretch of thinking is one list, which
 * suits clients that keep the last delta's list (openai-node's stream helper), that merge lists by index (openai-python's)
 * and that put them end to end. Where a model thinks again after words, the first kind loses a part, which `hasGap` sees.
 */
export function createDetailWriter(): { add(block: SignedBlock): void; take(): JsonObject[] } {
  const entries: JsonObject[] = []
  let taken = 0
  return {
    add: (block) => void entries.push(writeDetail(block, entries.length)),
    take() {
      const fresh = entries.slice(taken)
      taken = entries.length
      return fresh
    },
  }
}

/** `reasoning_content`, or `reasoning`, of a message or a delta. */
export function plainReasoning(message: JsonObject): string {
  const text = message['reasoning_content'] ?? message['reasoning']
  return typeof text === 'string' ? text : ''
}

/** Pieces of one block, told by their index, as clients gather them from a stream. */
function mergedDetails(details: readonly JsonObject[]): readonly JsonObject[] {
  const merged: JsonObject[] = []
  for (const detail of details) {
    const last = merged.at(-1)
    const isPiece = last?.['type'] === 'reasoning.text' && detail['type'] === 'reasoning.text'
    if (!isPiece || last['index'] !== detail['index'] || detail['index'] === undefined || textOf(last['signature']))
      merged.push(detail)
    else merged.splice(-1, 1, joinedDetail(last, detail))
  }
  return merged
}

function joinedDetail(first: JsonObject, more: JsonObject): JsonObject {
  const text = (textOf(first['text']) ?? '') + (textOf(more['text']) ?? '')
  const signature = textOf(more['signature']) ?? textOf(first['signature'])
  return { ...first, ...more, text, ...(signature === undefined ? {} : { signature }) }
}

function readDetail(detail: JsonObject): ReasoningPart[] {
  const id = textOf(detail['id'])
  const by = SIGNED_BY[textOf(detail['format']) ?? ''] ?? 'openai-chat'
  const shared = id === undefined ? {} : { id }
  switch (detail['type']) {
    case 'reasoning.text': {
      const signature = textOf(detail['signature'])
      const signed = signature === undefined ? {} : { signature: unpackSignature(signature, by) }
      return [{ type: 'reasoning', text: textOf(detail['text']) ?? '', ...signed, ...shared }]
    }
    case 'reasoning.summary':
      return [{ type: 'reasoning', text: textOf(detail['summary']) ?? '', ...shared }]
    case 'reasoning.encrypted': {
      const data = textOf(detail['data'])
      if (data === undefined) return []
      return [{ type: 'reasoning', text: '', redacted: true, signature: unpackSignature(data, by), ...shared }]
    }
    default:
      return []
  }
}

/** Whether `reasoning_details` have a format for what this one signs. */
export function isDetailSigner(by: WireFormatId): boolean {
  return by === 'openai-chat' || DETAIL_FORMATS[by] !== undefined
}

type SignedBlock = ReasoningPart & { readonly signature: Signature }

/** One block with its signature as an entry of `reasoning_details`. */
function writeDetail(block: SignedBlock, index: number): JsonObject {
  const { signature, text, id, redacted } = block
  const format = DETAIL_FORMATS[signature.by]
  const value = format === undefined ? packSignature(signature, 'openai-chat') : signature.value
  const shared = { id: id ?? null, format: format ?? 'unknown', index }
  return redacted === true
    ? { type: 'reasoning.encrypted', data: value, ...shared }
    : { type: 'reasoning.text', text, signature: value, ...shared }
}

/** The members a message gets for its blocks of reasoning. */
export function writeReasoning(blocks: readonly ReasoningPart[]): JsonObject {
  if (blocks.length === 0) return {}
  const text = blocks.map((block) => block.text).join('')
  const isSigned = blocks.some((block) => block.signature !== undefined)
  const details = blocks.map((block, index) =>
    block.signature === undefined
      ? { type: 'reasoning.text', text: block.text, format: 'unknown', index }
      : writeDetail({ ...block, signature: block.signature }, index),
  )
  return {
    ...(text === '' ? {} : { reasoning_content: text }),
    ...(isSigned ? { reasoning_details: details } : {}),
  }
}
