import type { Signature } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { packSignature, unpackSignature } from '../shared/signature.ts'

/**
 * Where this format carries the state that belongs to a tool call, or to the text of a message: the field of Google's own
 * OpenAI-compatible endpoint.
 * https://ai.google.dev/gemini-api/docs/thought-signatures#openai
 */
export function readSignature(owner: JsonObject): Signature | undefined {
  const extra = owner['extra_content']
  const google = isJsonObject(extra) ? extra['google'] : undefined
  const value = isJsonObject(google) ? google['thought_signature'] : undefined
  return typeof value === 'string' && value !== '' ? unpackSignature(value, 'gemini-generate') : undefined
}

/** As a member to be spread into a call or a message. */
export function writeSignature(signature: Signature | undefined): JsonObject {
  if (signature === undefined) return {}
  return { extra_content: { google: { thought_signature: packSignature(signature, 'gemini-generate') } } }
}
