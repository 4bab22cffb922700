import type { Signature } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import { packSignature } from '../shared/signature.ts'
import { SIGNED_BY } from './read-content.ts'

/** A signature as the client of this format gets it: Claude's as it is, others wrapped, so that they come back. */
export function writeSignature(signature: Signature): string {
  return packSignature(signature, SIGNED_BY)
}

/** Bytes in this format, so that SDKs decode it: what is no base64 is wrapped in it. */
export function writeRedacted(signature: Signature): string {
  const written = packSignature(signature, SIGNED_BY)
  const isBase64 = written.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(written)
  return isBase64 ? written : packSignature(signature, 'bedrock-converse')
}

/** State that belongs to what stands beside it, in a block of thoughts without words. */
export function stateBlock(signature: Signature): JsonObject {
  return { reasoningContent: { reasoningText: { text: '', signature: writeSignature(signature) } } }
}
