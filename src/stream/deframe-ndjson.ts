import { GatewayError } from '../core/errors.ts'
import type { WireEvent } from '../core/wire-format.ts'
import type { Deframer } from './deframe.ts'

const LF = 10

/** One JSON value a line; empty lines are passed over. */
export function createLineDeframer(maxEventBytes: number): Deframer {
  const decoder = new TextDecoder()
  let kept: Uint8Array[] = []
  let keptBytes = 0

  function keep(piece: Uint8Array): void {
    if (piece.length === 0) return
    kept.push(piece)
    keptBytes += piece.length
    if (keptBytes > maxEventBytes) {
      throw new GatewayError('upstream_malformed', 'The model sent an event that is too large to forward.', {
        detail: { bytes: keptBytes },
      })
    }
  }

  function line(): WireEvent[] {
    const text = kept.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode()
    kept = []
    keptBytes = 0
    const data = text.trim()
    return data === '' ? [] : [{ event: undefined, data }]
  }

  return {
    push(chunk) {
      const events: WireEvent[] = []
      let start = 0
      for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
        keep(chunk.subarray(start, end))
        events.push(...line())
        start = end + 1
      }
      keep(chunk.subarray(start))
      return events
    },
    end: line,
    unfinishedBytes: () => keptBytes,
  }
}
