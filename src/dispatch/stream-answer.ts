import { GatewayError } from '../core/errors.ts'
import type { Clock, Sink } from '../core/ports.ts'
import type { StreamPart } from '../core/stream-part.ts'
import { isContentPart } from '../core/stream-part.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { createSseFramer } from '../stream/frame-sse.ts'
import { createSseScanner } from '../stream/scan-sse.ts'
import type { Answer, Committing, Flow } from './answer.ts'
import { refuseEmpty } from './json-answer.ts'
import type { Observed } from './observed.ts'
import { lastUsage } from './observed.ts'

const decoder = new TextDecoder()
const MAX_FRAME_BYTES = 8 * 1024 * 1024
const MAX_HELD_BYTES = 256 * 1024
const MAX_HELD_FRAMES = 1_000
const KEPT_PAYLOADS = 4

type StreamAnswerInput = {
  readonly format: WireFormat
  readonly clock: Clock
  readonly owner: Committing
  readonly flow: Flow
}

/**
 * A streamed answer of the client's own format: held back until its first content part, then forwarded frame by whole
 * frame. Until the commit every event is parsed; after it, events are only looked over.
 */
export function createStreamAnswer(input: StreamAnswerInput): Answer {
  const { format } = input
  const framer = createSseFramer(MAX_FRAME_BYTES)
  const scanner = createSseScanner(KEPT_PAYLOADS)
  const reader = format.createReader()
  let held: Uint8Array[] = []
  let heldBytes = 0
  let heldFrames = 0
  let hasContent = false
  let isStalled = false
  let bytes = 0
  let firstPartAt: number | undefined
  let sink: Sink | undefined

  function read(payload: Uint8Array): StreamPart[] {
    return reader.push({ event: undefined, data: decoder.decode(payload) })
  }

  /** Looks at complete frames; throws at the first bad one after passing on the good ones before it. */
  function take(frames: Uint8Array): void {
    let from = 0
    for (;;) {
      const finding = scanner.scan(frames, from, !hasContent)
      if (finding.type === 'fine') break
      try {
        if (finding.type === 'malformed') {
          throw new GatewayError('upstream_malformed', 'The model sent an event that is not JSON.')
        }
        if (read(finding.payload).some(isContentPart)) hasContent = true
      } catch (thrown) {
        if (sink !== undefined) write(sink, frames.subarray(0, finding.start))
        throw thrown
      }
      from = scanner.accept(finding.payload)
    }
    if (sink !== undefined) write(sink, frames)
    else if (hasContent) commit(frames)
    else hold(frames)
  }

  function hold(frames: Uint8Array): void {
    held.push(frames)
    heldBytes += frames.length
    heldFrames += 1
    if (heldBytes > MAX_HELD_BYTES || heldFrames > MAX_HELD_FRAMES) {
      throw new GatewayError('upstream_malformed', 'The model sent too much without a first part of an answer.', {
        detail: { bytes: heldBytes, reads: heldFrames },
      })
    }
  }

  function commit(frames: Uint8Array): void {
    firstPartAt = input.clock.monotonic()
    sink = input.owner.commit({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
    for (const earlier of held) write(sink, earlier)
    held = []
    write(sink, frames)
  }

  function write(to: Sink, frames: Uint8Array): void {
    if (frames.length === 0) return
    bytes += frames.length
    if (to.write(frames) || isStalled) return
    isStalled = true
    input.flow.stall()
    to.onDrain(() => {
      isStalled = false
      input.flow.flow()
    })
  }

  function observe(): Observed {
    const parts: StreamPart[] = []
    const again = format.createReader()
    for (const payload of scanner.lastPayloads()) {
      try {
        parts.push(...again.push({ event: undefined, data: decoder.decode(payload) }))
      } catch {
        // These were forwarded on a look alone; one that does not parse carries no usage we could count.
      }
    }
    return { ...lastUsage(parts), events: scanner.dataFrames(), bytes, firstPartAt }
  }

  return {
    isCommitted: () => sink !== undefined,
    push(chunk) {
      const frames = framer.push(chunk)
      if (frames.length > 0) take(frames)
    },
    finish() {
      const rest = framer.rest()
      if (rest.length > 0) take(closeFrame(rest))
      const observed = observe()
      if (sink === undefined) {
        refuseEmpty(observed.finishReason)
        commit(new Uint8Array(0))
      }
      if (!scanner.isDone() && observed.finishReason === undefined) {
        throw new GatewayError('stream_interrupted', 'The model ended its answer without saying that it was complete.')
      }
      sink?.end(scanner.isDone() ? undefined : format.streamEnd)
      return { ...observed, bytes }
    },
    breakOff(error) {
      sink?.end(format.writeStreamError(error))
      return observe()
    },
  }
}

/** A last frame that the upstream did not close with an empty line. */
function closeFrame(rest: Uint8Array): Uint8Array {
  const closed = new Uint8Array(rest.length + 2)
  closed.set(rest)
  closed.fill(10, rest.length)
  return closed
}
