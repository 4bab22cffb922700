import type { Signature } from '../../core/content.ts'
import type { WireFormatId } from '../../core/request.ts'
import { base64OfText, textOfBase64 } from './media.ts'

/** `thalamus:` in base64: nine bytes are twelve characters, so the mark can be recognised without decoding. */
const MARK = 'dGhhbGFtdXM6'

/**
 * A signature as a format's own field carries it. One signed in another format is wrapped, still in base64, so that a
 * client keeps it and sends it back; `unpackSignature` undoes it. No upstream ever sees a wrapped one: writers send a
 * signature only to the format that signed it.
 */
export function packSignature({ by, value }: Signature, own: WireFormatId): string {
  if (by === own) return value
  return MARK + base64OfText(`${by}:${value}`)
}

/** True for a signature that another format made. */
export function isPacked(text: string): boolean {
  return text.startsWith(MARK)
}

/** The signature in a field of `own`: its own, or another format's that was wrapped. */
export function unpackSignature(text: string, own: WireFormatId): Signature {
  if (!text.startsWith(MARK)) return { by: own, value: text }
  try {
    const decoded = textOfBase64(text.slice(MARK.length))
    const colon = decoded.indexOf(':')
    const by = FORMATS.find((format) => format === decoded.slice(0, colon))
    if (by !== undefined) return { by, value: decoded.slice(colon + 1) }
  } catch {
    // Not base64 after all: whoever owns the field will judge it.
  }
  return { by: own, value: text }
}

const FORMATS: readonly WireFormatId[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
  'bedrock-converse',
  'cohere-chat',
  'ollama-chat',
]
