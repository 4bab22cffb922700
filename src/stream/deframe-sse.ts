import { createParser } from 'eventsource-parser'
import type { WireEvent } from '../core/wire-format.ts'
import type { Deframer } from './deframe.ts'
import { createSseFramer } from './frame-sse.ts'

/** Server-sent events. Comments, which some upstreams send to keep the connection alive, are passed over. */
export function createSseDeframer(maxEventBytes: number): Deframer {
  const framer = createSseFramer(maxEventBytes)
  const decoder = new TextDecoder()
  let events: WireEvent[] = []
  const parser = createParser({ onEvent: ({ event, data }) => void events.push({ event, data }) })

  function parse(frames: Uint8Array): WireEvent[] {
    if (frames.length === 0) return []
    events = []
    parser.feed(decoder.decode(frames, { stream: true }))
    return events
  }

  return {
    push: (chunk) => parse(framer.push(chunk)),
    unfinishedBytes: () => framer.restBytes(),
    end() {
      const rest = framer.rest()
      if (rest.length === 0) return []
      const last = parse(rest)
      return [...last, ...parse(new Uint8Array([10, 10]))]
    },
  }
}
