import type { ReasoningPart, Signature } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { WireFormatId } from '../../core/request.ts'
import { objectsOf, textOf } from '../shared/read-json.ts'
import { packSignature, unpackSignature } from '../shared/signature.ts'

const OWN: WireFormatId = 'openai-responses'

/** What a signature belongs to: a block of reasoning, or the call or the text next to it. */
export type Signed = 'reasoning' | 'call' | 'text'

const LETTERS: Readonly<Record<string, Signed>> = { r: 'reasoning', c: 'call', t: 'text' }

/** The only place this format has for opaque state: `encrypted_content` of a reasoning item. */
export type Carried = { readonly signature: Signature; readonly of: Signed; readonly id: string | undefined }

/**
 * A signature as `encrypted_content` for a client, wrapped whoever signed: with what it belongs to, since calls and texts
 * have no such field, and with the item's id at the provider that signed, since OpenAI checks the two together.
 */
export function packCarried({ signature, of, id = '' }: Carried): string {
  const value = `${of.slice(0, 1)}${id}:${signature.value}`
  return packSignature({ by: signature.by, value }, signature.by === OWN ? 'openai-chat' : OWN)
}

/** The opposite. What was never wrapped came from a provider of this format, under the item's own id. */
export function unpackCarried(text: string, itemId: string | undefined): Carried {
  const bare: Carried = { signature: { by: OWN, value: text }, of: 'reasoning', id: itemId }
  const { by, value } = unpackSignature(text, 'openai-chat')
  const colon = value.indexOf(':')
  const of = LETTERS[value.slice(0, 1)]
  if (by === 'openai-chat' || colon < 0 || of === undefined) return bare
  const id = value.slice(1, colon)
  return { signature: { by, value: value.slice(colon + 1) }, of, id: id === '' ? undefined : id }
}

/**
 * The blocks of a reasoning item: one a summary, the last with the item's state. Open models say their thoughts in
 * `content` instead.
 */
export function readReasoningTexts(item: JsonObject): string[] {
  const texts = (member: string): string[] => objectsOf(item[member]).flatMap((part) => textOf(part['text']) ?? [])
  const summaries = texts('summary')
  return summaries.some((text) => text !== '') ? summaries : texts('content')
}

/** A client's reasoning item as blocks; a signature that was only carried by it is returned apart. */
export function readReasoningItem(item: JsonObject): { parts: ReasoningPart[]; carried: Carried | undefined } {
  const encrypted = textOf(item['encrypted_content'])
  const itemId = textOf(item['id'])
  const carried = encrypted === undefined || encrypted === '' ? undefined : unpackCarried(encrypted, itemId)
  if (carried !== undefined && carried.of !== 'reasoning') return { parts: [], carried }
  const id = carried === undefined ? itemId : carried.id
  const named = id === undefined ? {} : { id }
  const texts = readReasoningTexts(item)
  const parts = (texts.length === 0 ? [''] : texts).map(
    (text): ReasoningPart => ({ type: 'reasoning', text, ...named }),
  )
  const last = parts.pop()
  if (last === undefined) return { parts, carried: undefined }
  if (carried === undefined) return { parts: [...parts, last], carried: undefined }
  const isBare = texts.every((text) => text === '')
  parts.push({ ...last, signature: carried.signature, ...(isBare ? { redacted: true } : {}) })
  return { parts, carried: undefined }
}

/** Blocks of one item as an upstream of this format wants it back. The id goes with the state or not at all. */
export function writeReasoningItem(parts: readonly ReasoningPart[]): JsonObject {
  const last = parts.at(-1)
  const texts = parts.filter((part) => part.text !== '').map((part) => ({ type: 'summary_text', text: part.text }))
  return {
    type: 'reasoning',
    ...(last?.id === undefined ? {} : { id: last.id }),
    summary: texts,
    ...(last?.signature === undefined ? {} : { encrypted_content: last.signature.value }),
  }
}
