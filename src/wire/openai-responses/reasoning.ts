import type { ReasoningPart, Signature } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { WireFormatId } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import { objectsOf, textOf } from '../shared/read-json.ts'
import { packSignature, unpackSignature } from '../shared/signature.ts'

const OWN: WireFormatId = 'openai-responses'

/** What a signature belongs to: a block of reasoning, or the call or the text next to it. */
export type Signed = 'reasoning' | 'call' | 'text'

const LETTERS = table<Signed>({ r: 'reasoning', c: 'call', t: 'text' })

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

/** Stands between the parts of a summary where they are one text. */
export const BETWEEN_SUMMARIES = '\n\n'

/**
 * The text of a reasoning item, which is one block however many parts its summary has: they share one state. Open models
 * say their thoughts in `content` instead.
 */
export function readReasoningText(item: JsonObject): string {
  const text = (member: string): string =>
    objectsOf(item[member])
      .flatMap((part) => textOf(part['text']) ?? [])
      .filter((part) => part !== '')
      .join(BETWEEN_SUMMARIES)
  const summary = text('summary')
  return summary === '' ? text('content') : summary
}

/** A client's reasoning item as a block; a signature that was only carried by it is returned apart. */
export function readReasoningItem(item: JsonObject): { part?: ReasoningPart; carried?: Carried } {
  const encrypted = textOf(item['encrypted_content'])
  const itemId = textOf(item['id'])
  const carried = encrypted === undefined || encrypted === '' ? undefined : unpackCarried(encrypted, itemId)
  if (carried !== undefined && carried.of !== 'reasoning') return { carried }
  const id = carried === undefined ? itemId : carried.id
  const text = readReasoningText(item)
  const part: ReasoningPart = { type: 'reasoning', text, ...(id === undefined ? {} : { id }) }
  if (carried === undefined) return { part }
  return { part: { ...part, signature: carried.signature, ...(text === '' ? { redacted: true } : {}) } }
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
