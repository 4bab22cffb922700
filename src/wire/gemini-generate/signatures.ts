import type { ReasoningPart, Signature } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { parseLossless } from '../../core/lossless-json.ts'
import { packSignature, unpackSignature } from '../shared/signature.ts'
import { field } from './fields.ts'

const OWN = 'gemini-generate'

/**
 * What Google documents for calls that no Gemini made: a signature that is not checked. Without one, models from Gemini
 * 3 on refuse the calls of the current turn. https://ai.google.dev/gemini-api/docs/thought-signatures (FAQ)
 */
export const UNCHECKED = 'skip_thought_signature_validator'

/** What another format keeps with a block of reasoning, in one text. */
type Envelope = { readonly value: string; readonly id?: string; readonly redacted?: boolean }

/** A signature as the member that carries it. */
export function writeSignature(signature: Signature | undefined): JsonObject {
  return signature === undefined ? {} : { thoughtSignature: packSignature(signature, OWN) }
}

/** The same of a block of reasoning, whose name and kind another format may need again. */
export function writeThoughtSignature(block: Omit<ReasoningPart, 'type' | 'text'>): JsonObject {
  const { signature, id, redacted } = block
  if (signature === undefined) return {}
  if (signature.by === OWN || (id === undefined && redacted === undefined)) return writeSignature(signature)
  const envelope: Envelope = {
    value: signature.value,
    ...(id === undefined ? {} : { id }),
    ...(redacted === undefined ? {} : { redacted }),
  }
  return writeSignature({ by: signature.by, value: JSON.stringify(envelope) })
}

/** The signature on a part; the unchecked one is none. */
export function readSignature(part: JsonObject): Signature | undefined {
  const value = field(part, 'thoughtSignature')
  if (typeof value !== 'string' || value === '' || value === UNCHECKED) return undefined
  // Python's SDK writes bytes in the alphabet for URLs.
  const unpacked = unpackSignature(value.replaceAll('-', '+').replaceAll('_', '/'), OWN)
  return unpacked.by === OWN ? { by: OWN, value } : unpacked
}

/** The same of a thought, taken out of its envelope. */
export function readThoughtSignature(part: JsonObject): Pick<ReasoningPart, 'signature' | 'id' | 'redacted'> {
  const signature = readSignature(part)
  if (signature === undefined) return {}
  const envelope = signature.by === OWN ? undefined : openEnvelope(signature.value)
  if (envelope === undefined) return { signature }
  const { value, id, redacted } = envelope
  return {
    signature: { by: signature.by, value },
    ...(id === undefined ? {} : { id }),
    ...(redacted === undefined ? {} : { redacted }),
  }
}

function openEnvelope(text: string): Envelope | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const value: unknown = parseLossless(text)
    if (!isJsonObject(value) || typeof value['value'] !== 'string') return undefined
    const { id, redacted } = value
    return {
      value: value['value'],
      ...(typeof id === 'string' ? { id } : {}),
      ...(typeof redacted === 'boolean' ? { redacted } : {}),
    }
  } catch {
    // A signature that happens to begin so.
    return undefined
  }
}

/**
 * A client's own body as Gemini itself takes it. Signatures of other providers, which this gateway put there, are taken
 * out. `needsSignatures`: the calls of the current turn that lack one get the unchecked one, on the first of each
 * content; earlier turns are not checked. Returns the same object when nothing changes.
 */
export function adjustSignatures(body: JsonObject, needsSignatures: boolean): JsonObject {
  const contents = body['contents']
  if (!Array.isArray(contents)) return body
  const turnStart = contents.findLastIndex((content: JsonValue) => isUserTurn(content))
  let isChanged = false
  const adjusted = contents.map((content: JsonValue, index) => {
    const parts = isJsonObject(content) && content['role'] === 'model' ? content['parts'] : undefined
    if (!isJsonObject(content) || !Array.isArray(parts)) return content
    const changed = adjustParts(parts, needsSignatures && index > turnStart)
    if (changed === parts) return content
    isChanged = true
    return { ...content, parts: changed }
  })
  return isChanged ? { ...body, contents: adjusted } : body
}

/** With any result among its parts, what the user says goes on with the turn whose call is answered. */
function isUserTurn(content: JsonValue): boolean {
  if (!isJsonObject(content) || content['role'] === 'model') return false
  const parts = content['parts']
  return Array.isArray(parts) && parts.every((part) => isJsonObject(part) && field(part, 'functionResponse') == null)
}

function adjustParts(parts: readonly JsonValue[], isCurrent: boolean): readonly JsonValue[] {
  let isChanged = false
  let callsSeen = 0
  const adjusted = parts.flatMap((part): JsonValue[] => {
    if (!isJsonObject(part)) return [part]
    const isCall = field(part, 'functionCall') != null
    if (isCall) callsSeen += 1
    const signature = readSignature(part)
    const isForeign = signature !== undefined && signature.by !== OWN
    const isBare = isCurrent && isCall && callsSeen === 1 && field(part, 'thoughtSignature') == null
    if (!isForeign && !isBare) return [part]
    isChanged = true
    const { thoughtSignature: _, thought_signature: __, ...rest } = part
    if (isCall) return [isCurrent && callsSeen === 1 ? { ...rest, thoughtSignature: UNCHECKED } : rest]
    // A thought that was its signature only.
    return rest['text'] === '' ? [] : [rest]
  })
  return isChanged ? adjusted : parts
}
