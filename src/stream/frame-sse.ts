import { GatewayError } from '../core/errors.ts'

const LF = 10
const CR = 13
const EMPTY = new Uint8Array(0)

/** Cuts a byte stream after its last complete server-sent event; keeps the rest for the next read. */
export type SseFramer = {
  /** The complete frames so far, in one piece; empty when the read completed none. Throws when one frame is too large. */
  push(chunk: Uint8Array): Uint8Array
  /** What is left when the stream ends: an unfinished frame. */
  rest(): Uint8Array
}

/**
 * Frames end with an empty line (`\n\n` or `\r\n\r\n`); bytes may be cut anywhere.
 * Linear in the bytes whatever the cuts: an unfinished frame is kept as a list and joined once.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function createSseFramer(maxFrameBytes: number): SseFramer {
  let kept: Uint8Array[] = []
  let keptBytes = 0
  // The last two bytes before the current read, so that an empty line may be cut in two.
  let before = 0
  let beforeThat = 0

  function keep(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    kept.push(chunk)
    keptBytes += chunk.length
    if (keptBytes > maxFrameBytes) {
      throw new GatewayError('upstream_malformed', 'The model sent an event that is too large to forward.', {
        detail: { bytes: keptBytes },
      })
    }
    beforeThat = chunk.length > 1 ? (chunk[chunk.length - 2] ?? 0) : before
    before = chunk[chunk.length - 1] ?? 0
  }

  return {
    push(chunk) {
      const end = lastFrameEnd(chunk, before, beforeThat)
      if (end < 0) {
        keep(chunk)
        return EMPTY
      }
      const head = end === chunk.length ? chunk : chunk.subarray(0, end)
      const frames = keptBytes === 0 ? head : join(kept, keptBytes, head)
      kept = []
      keptBytes = 0
      before = LF
      beforeThat = LF
      if (end < chunk.length) keep(chunk.subarray(end))
      return frames
    },
    rest: () => (keptBytes === 0 ? EMPTY : join(kept, keptBytes, EMPTY)),
  }
}

/** Index after the last empty line in `chunk`, or -1. The two bytes before the chunk count as its context. */
function lastFrameEnd(chunk: Uint8Array, before: number, beforeThat: number): number {
  const at = (index: number): number => (index >= 0 ? (chunk[index] ?? 0) : index === -1 ? before : beforeThat)
  let newline = chunk.lastIndexOf(LF)
  while (newline >= 0) {
    const previous = at(newline - 1)
    if (previous === LF || (previous === CR && at(newline - 2) === LF)) return newline + 1
    if (newline === 0) return -1
    newline = chunk.lastIndexOf(LF, newline - 1)
  }
  return -1
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
