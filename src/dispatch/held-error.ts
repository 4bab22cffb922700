import { joinedBytes } from '../core/joined-bytes.ts'
import { changeStrings } from '../core/json-strings.ts'
import type { Mask } from '../core/mask.ts'
import type { Headers, ResponseHeaders, Sink } from '../core/ports.ts'

/** Longer ones are no words of a server's about a request. */
const MAX_BYTES = 1024 * 1024
const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** The body of a refusal, held back until it is whole: it may quote the key that it was sent. */
export type HeldError = {
  /** False when it is too long to be held, and on its way as it came. */
  push(chunk: Uint8Array): boolean
  end(): void
}

/** `undefined` for an answer that is no refusal, or cannot be read. */
export function holdError(
  status: number,
  received: ResponseHeaders,
  head: Headers,
  sink: Sink,
  mask: Mask,
): HeldError | undefined {
  if (status < 400 || received['content-encoding'] !== undefined) return undefined
  const chunks: Uint8Array[] = []
  let bytes = 0
  return {
    push(chunk) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes <= MAX_BYTES) return true
      sink.head(status, head)
      for (const one of chunks) sink.write(one)
      return false
    },
    end() {
      const body = joinedBytes(chunks)
      const masked = maskedBytes(body, mask)
      const isChanged = masked !== body
      sink.head(status, isChanged ? { ...head, 'content-length': String(masked.length) } : head)
      sink.end(masked.length === 0 ? undefined : masked)
    },
  }
}

function maskedBytes(body: Uint8Array, mask: Mask): Uint8Array {
  const text = textOf(body)
  if (text === undefined) return maskedLatin(body, mask)
  const masked = mask(maskedStrings(text, mask))
  return masked === text ? body : encoder.encode(masked)
}

function textOf(body: Uint8Array): string | undefined {
  try {
    return decoder.decode(body)
  } catch {
    return undefined
  }
}

/** In strings of JSON a secret may be escaped in many ways: `\/`, `\u002b`. */
function maskedStrings(text: string, mask: Mask): string {
  try {
    JSON.parse(text)
  } catch {
    return text
  }
  const change = (value: string): string | undefined => {
    const masked = mask(value)
    return masked === value ? undefined : masked
  }
  return changeStrings(text, { text: change, key: change })
}

/** Of other letters than UTF-8's a byte is a letter: keys are of those that all have. */
function maskedLatin(body: Uint8Array, mask: Mask): Uint8Array {
  const text = Array.from(body, (byte) => String.fromCharCode(byte)).join('')
  const masked = mask(text)
  return masked === text ? body : Uint8Array.from(masked, (letter) => letter.charCodeAt(0))
}
