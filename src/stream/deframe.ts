import type { Framing, WireEvent } from '../core/wire-format.ts'
import { createAwsDeframer } from './deframe-aws.ts'
import { createLineDeframer } from './deframe-ndjson.ts'
import { createSseDeframer } from './deframe-sse.ts'

/** Cuts a byte stream into events, whatever the cuts of the network. */
export type Deframer = {
  /** Events that are complete now. Throws `upstream_malformed` when one is too large or no event of this framing. */
  push(chunk: Uint8Array): WireEvent[]
  /** A last event that the upstream did not close. */
  end(): WireEvent[]
  /** Bytes of an event that is not complete yet. */
  unfinishedBytes(): number
}

/** Keeps at most `maxEventBytes` of an unfinished event. */
export function createDeframer(framing: Framing, maxEventBytes: number): Deframer {
  switch (framing) {
    case 'sse':
      return createSseDeframer(maxEventBytes)
    case 'ndjson':
      return createLineDeframer(maxEventBytes)
    case 'aws-event-stream':
      return createAwsDeframer(maxEventBytes)
    default: {
      const unhandled: never = framing
      return unhandled
    }
  }
}
