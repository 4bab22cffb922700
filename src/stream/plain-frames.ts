import { createSseDeframer } from './deframe-sse.ts'
import { createEnframer } from './enframe.ts'

const encoder = new TextEncoder()

/**
 * Complete server-sent events as most write them: one `data:` line each, lines that end with a line feed. A value over
 * several lines and carriage returns alone are as good, and rare: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function plainFrames(frames: Uint8Array): Uint8Array {
  const deframer = createSseDeframer(frames.length)
  const events = [...deframer.push(frames), ...deframer.end()]
  // Between the tokens of JSON a line break is white space; within a string there can be none.
  const oneLine = events.map(({ event, data }) => ({ event, data: data.replaceAll('\n', ' ') }))
  return encoder.encode(createEnframer('sse').write(oneLine))
}
