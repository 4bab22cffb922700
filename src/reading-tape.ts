import type { JsonObject } from './core/json.ts'
import { isJsonObject } from './core/json.ts'
import type { Clock, Exchange } from './core/ports.ts'
import type { StreamPart } from './core/stream-part.ts'
import type { WireFormat } from './core/wire-format.ts'
import { createDeframer } from './stream/deframe.ts'
import type { ClientFraming } from './stream/enframe.ts'
import { TapedExchange } from './taped-exchange.ts'
import { readingOf } from './usage/reading-grade.ts'

// How hard answers are to read is known of no table, so it is read off those that pass. At most one a second is looked at,
// after its client has it, and nothing is kept of it but a number.

const BETWEEN_MS = 1_000
const MOST_BYTES = 96 * 1024

/** An exchange whose answer may be read afterwards. */
export type Taped = {
  readonly exchange: Exchange
  /** Grade of school of the answer's English prose; `undefined` where there is too little of it. */
  grade(): number | undefined
}

/** Every answer as it is, but for one a second. */
export type ReadingTape = { tape(exchange: Exchange, format: WireFormat, framing: ClientFraming): Taped | undefined }

export function createReadingTape(clock: Pick<Clock, 'monotonic'>): ReadingTape {
  let nextAt = Number.NEGATIVE_INFINITY
  return {
    tape(exchange, format, framing) {
      if (framing !== 'sse' || clock.monotonic() < nextAt) return undefined
      nextAt = clock.monotonic() + BETWEEN_MS
      const taped = new TapedExchange(exchange, MOST_BYTES)
      const { sink } = taped
      return { exchange: taped, grade: () => readingOf(textOf(sink.take(), sink.isStream, format))?.grade }
    },
  }
}

const encoder = new TextEncoder()

function textOf(chunks: readonly (Uint8Array | string)[], isStream: boolean, format: WireFormat): string {
  try {
    const parts = isStream ? streamedParts(chunks, format) : format.readResponse(bodyOf(chunks))
    return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')
  } catch {
    // An error, or a whole answer that is longer than what was kept of it: nothing is learned from it.
    return ''
  }
}

function streamedParts(chunks: readonly (Uint8Array | string)[], format: WireFormat): StreamPart[] {
  const deframer = createDeframer('sse', MOST_BYTES)
  const reader = format.createReader()
  const parts: StreamPart[] = []
  for (const chunk of chunks) {
    for (const event of deframer.push(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)) {
      if (event.data !== '[DONE]') parts.push(...reader.push(event))
    }
  }
  return parts
}

function bodyOf(chunks: readonly (Uint8Array | string)[]): JsonObject {
  const decoder = new TextDecoder()
  const decoded = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })))
  const body: unknown = JSON.parse(decoded.join('') + decoder.decode())
  return isJsonObject(body) ? body : {}
}
