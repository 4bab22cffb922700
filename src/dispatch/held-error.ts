import { joinedBytes } from '../core/joined-bytes.ts'
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
  try {
    const text = decoder.decode(body)
    const masked = mask(text)
    return masked === text ? body : encoder.encode(masked)
  } catch {
    // Not text.
    return body
  }
}
