import { GatewayError } from '../core/errors.ts'

const LF = 10
const CR = 13
// U+FEFF in UTF-8.
const MARK = [0xef, 0xbb, 0xbf]
const EMPTY = new Uint8Array(0)

/** Cuts a byte stream after its last complete server-sent event; keeps the rest for the next read. */
export type SseFramer = {
  /** The complete frames so far, in one piece; empty when the read completed none. Throws when one frame is too large. */
  push(chunk: Uint8Array): Uint8Array
  /** What is left when the stream ends: an unfinished frame. */
  rest(): Uint8Array
  restBytes(): number
  /** A frame ended with two carriage returns: lines of this stream may have no line feed. */
  hasBareReturns(): boolean
}

/**
 * Frames end with an empty line (`\n\n`, `\r\n\r\n` or `\r\r`); bytes may be cut anywhere.
 * A byte order mark before the first is no part of it.
 * Linear in the bytes whatever the cuts: an unfinished frame is kept as a list and joined once.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function createSseFramer(maxFrameBytes: number): SseFramer {
  return new Framer(maxFrameBytes)
}

/** A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
class Framer implements SseFramer {
  private readonly maxFrameBytes: number
  private kept: Uint8Array[] = []
  private keptBytes = 0
  // The last two bytes before the current read, so that an empty line may be cut in two.
  private before = 0
  private beforeThat = 0
  private isBare = false
  private hasBegun = false

  constructor(maxFrameBytes: number) {
    this.maxFrameBytes = maxFrameBytes
  }

  push(chunk: Uint8Array): Uint8Array {
    const end = this.lastFrameEnd(chunk)
    if (end < 0) {
      this.keep(chunk)
      return EMPTY
    }
    const head = end === chunk.length ? chunk : chunk.subarray(0, end)
    const frames = this.keptBytes === 0 ? head : join(this.kept, this.keptBytes, head)
    if (this.keptBytes > 0) this.kept = []
    this.keptBytes = 0
    this.before = LF
    this.beforeThat = LF
    if (end < chunk.length) this.keep(chunk.subarray(end))
    return this.hasBegun ? frames : this.begin(frames)
  }

  rest(): Uint8Array {
    if (this.keptBytes === 0) return EMPTY
    const rest = join(this.kept, this.keptBytes, EMPTY)
    return this.hasBegun ? rest : this.begin(rest)
  }

  restBytes(): number {
    return this.keptBytes
  }

  hasBareReturns(): boolean {
    return this.isBare
  }

  private begin(first: Uint8Array): Uint8Array {
    this.hasBegun = true
    return MARK.every((byte, index) => first[index] === byte) ? first.subarray(MARK.length) : first
  }

  private keep(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.kept.push(chunk)
    this.keptBytes += chunk.length
    if (this.keptBytes > this.maxFrameBytes) {
      throw new GatewayError('upstream_malformed', 'The model sent an event that is too large to forward.', {
        detail: { bytes: this.keptBytes },
      })
    }
    this.beforeThat = chunk.length > 1 ? (chunk[chunk.length - 2] ?? 0) : this.before
    this.before = chunk[chunk.length - 1] ?? 0
  }

  /** Index after the last empty line in `chunk`, or -1. The two bytes before the chunk count as its context. */
  private lastFrameEnd(chunk: Uint8Array): number {
    const end = this.afterLineFeeds(chunk)
    // Hardly anybody ends lines with a carriage return alone: looked for only in what would have to wait.
    return end === chunk.length ? end : Math.max(end, this.afterReturns(chunk, end))
  }

  private afterReturns(chunk: Uint8Array, from: number): number {
    for (let found = chunk.lastIndexOf(CR); found >= 0 && found >= from; found = chunk.lastIndexOf(CR, found - 1)) {
      if (this.at(chunk, found - 1) === CR) {
        this.isBare = true
        return found + 1
      }
      if (found === 0) break
    }
    return -1
  }

  private afterLineFeeds(chunk: Uint8Array): number {
    const { length } = chunk
    if (length > 1 && chunk[length - 1] === LF && chunk[length - 2] === LF) return length
    let newline = chunk.lastIndexOf(LF)
    while (newline >= 0) {
      const previous = this.at(chunk, newline - 1)
      if (previous === LF || (previous === CR && this.at(chunk, newline - 2) === LF)) return newline + 1
      if (newline === 0) return -1
      newline = chunk.lastIndexOf(LF, newline - 1)
    }
    return -1
  }

  private at(chunk: Uint8Array, index: number): number {
    if (index >= 0) return chunk[index] ?? 0
    return index === -1 ? this.before : this.beforeThat
  }
}

function join(pieces: readonly Uint8Array[], bytes: number, last: Uint8Array): Uint8Array {
  const joined = new Uint8Array(bytes + last.length)
  let offset = 0
  for (const piece of pieces) {
    joined.set(piece, offset)
    offset += piece.length
  }
  joined.set(last, offset)
  return joined
}
