import type { DispatchSettings } from '../core/dispatch-settings.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock, Sink } from '../core/ports.ts'
import { refuseFailed } from '../core/refuse-failed.ts'
import type { StreamPart, Usage } from '../core/stream-part.ts'
import { isContentPart, mergeUsage } from '../core/stream-part.ts'
import type { StreamReader, WireFormat } from '../core/wire-format.ts'
import type { Deframer } from '../stream/deframe.ts'
import { createDeframer } from '../stream/deframe.ts'
import type { Enframer } from '../stream/enframe.ts'
import { brokenList, createEnframer } from '../stream/enframe.ts'
import type { WordFinder } from '../stream/find-words.ts'
import { createWordFinder } from '../stream/find-words.ts'
import { closeFrame, frameStart, isOverLines } from '../stream/frame-bounds.ts'
import { createSseFramer } from '../stream/frame-sse.ts'
import { plainFrames } from '../stream/plain-frames.ts'
import type { SseScanner } from '../stream/scan-sse.ts'
import { createSseScanner } from '../stream/scan-sse.ts'
import type { Answer, Committing, Flow } from './answer.ts'
import type { ClientSide } from './client-side.ts'
import type { Emptiness } from './empty-answer.ts'
import { isSignedThought, refuseEmpty } from './empty-answer.ts'
import { withoutUsageFrame } from './hide-usage.ts'
import type { Ending, Observed } from './observed.ts'

const decoder = new TextDecoder()
const MAX_FRAME_BYTES = 8 * 1024 * 1024
const KEPT_PAYLOADS = 4
const MAX_TERMINATOR_BYTES = 200

type StreamInput = {
  readonly format: WireFormat
  readonly client: ClientSide
  readonly clock: Clock
  readonly owner: Committing
  readonly flow: Flow
  /** The gateway asked for a count of tokens that its client did not ask for. */
  readonly hidesUsage?: boolean
  readonly settings: Pick<DispatchSettings, 'holdBackBytes' | 'holdBackFrames'>
  readonly emptiness: Emptiness
}

/** The same events for a client who wants them cut in another way. */
type Reframing = { readonly deframer: Deframer; readonly enframer: Enframer }

/**
 * A streamed answer of the client's own format: held back until its first content part, then forwarded frame by whole
 * frame. Until the commit every event is parsed; after it, events are only looked over.
 * A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md.
 */
export class StreamAnswer implements Answer {
  private readonly format: WireFormat
  private readonly clock: Clock
  private readonly owner: Committing
  private readonly flow: Flow
  private readonly reframing: Reframing | undefined
  private readonly followsResults: boolean
  private readonly hidesUsage: boolean
  private readonly settings: StreamInput['settings']
  private readonly emptiness: Emptiness
  private readonly framer = createSseFramer(MAX_FRAME_BYTES)
  private readonly scanner: SseScanner
  private readonly reader: StreamReader
  private held: Uint8Array[] = []
  private heldBytes = 0
  private heldFrames = 0
  private hasContent = false
  private hasThought = false
  // What events said that were parsed: some formats count the prompt in their first.
  private saidUsage: Usage | undefined = undefined
  private isStalled = false
  private firstPartAt: number | undefined = undefined
  private sink: Sink | undefined = undefined

  constructor({ format, client, clock, owner, flow, settings, emptiness, hidesUsage = false }: StreamInput) {
    this.hidesUsage = hidesUsage
    this.settings = settings
    this.emptiness = emptiness
    this.format = format
    this.clock = clock
    this.owner = owner
    this.flow = flow
    this.reframing = client.framing === 'sse' ? undefined : reframing(format, client)
    this.followsResults = client.followsResults
    this.reader = format.createReader()
    this.scanner = createSseScanner(KEPT_PAYLOADS, failureFinder(format))
  }

  isCommitted(): boolean {
    return this.sink !== undefined
  }

  push(chunk: Uint8Array): void {
    const { framer } = this
    const frames = framer.push(chunk)
    if (frames.length > 0) this.take(framer.hasBareReturns() ? plainFrames(frames) : frames)
  }

  finish(): Observed {
    const rest = this.framer.rest()
    if (rest.length > 0) this.take(this.framer.hasBareReturns() ? plainFrames(rest) : closeFrame(rest))
    if (this.sink === undefined) {
      const { hasThought, followsResults, emptiness } = this
      refuseEmpty(this.format, { ...this.ending(), hasThought, followsResults }, emptiness)
      this.commit(EMPTY)
    }
    // Where a format has no `[DONE]`, a server that sends one all the same has not said that its answer is whole.
    const isDone = (this.format.streamEnd.includes(DONE) && this.scanner.isDone()) || this.hasTerminator()
    if (!isDone && this.ending().finishReason === undefined) {
      throw new GatewayError('stream_interrupted', 'The model ended its answer without saying that it was complete.')
    }
    this.sink?.end(
      this.reframing?.enframer.end() ?? (isDone || this.format.streamEnd === '' ? undefined : this.format.streamEnd),
    )
    return this.observe()
  }

  breakOff(error: GatewayError): Observed {
    const last = this.scanner.payloadFromEnd(0)
    const text = this.format.writeStreamError(error, last === undefined ? undefined : decoder.decode(last))
    this.sink?.end(this.reframing === undefined ? text : brokenList(this.reframing.enframer, text))
    return this.observe()
  }

  /** Between two frames: only whole ones are written. A client that does not read is not told more. */
  keepAlive(): void {
    if (this.sink === undefined || this.isStalled) return
    const { enframer } = this.reframing ?? { enframer: createEnframer('sse', this.format.takesComments) }
    if (enframer.keepAlive !== '') this.send(this.sink, enframer.keepAlive)
  }

  observe(): Observed {
    return {
      events: this.scanner.dataFrames(),
      firstPartAt: this.firstPartAt,
      ending: () => this.ending(),
      sample: () => this.sample(),
    }
  }

  /** Looks at complete frames; throws at the first bad one after passing on the good ones before it. */
  private take(frames: Uint8Array, isPlain = false): void {
    let from = 0
    for (;;) {
      const finding = this.scanner.scan(frames, from, !this.hasContent)
      if (finding.type === 'fine') break
      try {
        if (finding.type === 'malformed') {
          throw new GatewayError('upstream_malformed', 'The model sent an event that is not JSON.')
        }
        // Of one that only may hold an error the reader knows no predecessor.
        const reader = finding.isTelling ? this.format.createReader() : this.reader
        const parts = read(reader, finding.payload)
        for (const part of parts) if (part.type === 'response-end') refuseFailed(part.finishReason, part.raw)
        if (!finding.isTelling) this.look(parts)
        if (this.reader.isAtWork?.() === true) this.hasContent = true
      } catch (thrown) {
        const start = frameStart(frames, finding.start)
        const isUnread = !isPlain && isOverLines(frames, start)
        if (isUnread || this.sink !== undefined) this.pass(frames.subarray(0, start))
        if (!isUnread) throw thrown
        this.take(plainFrames(frames.subarray(start)), true)
        return
      }
      from = this.scanner.accept(finding.payload)
    }
    this.pass(frames)
  }

  private pass(frames: Uint8Array): void {
    if (this.sink !== undefined) this.write(this.sink, frames)
    else if (this.hasContent) this.commit(frames)
    else this.hold(frames)
  }

  private look(parts: readonly StreamPart[]): void {
    for (const part of parts) {
      if (isContentPart(part)) this.hasContent = true
      else if (isSignedThought(part)) this.hasThought = true
      else if (part.type === 'usage') this.saidUsage = part.usage
    }
  }

  /** True when the last event is the one that ends this format's streams, however it is spaced. */
  private hasTerminator(): boolean {
    const payload = this.scanner.payloadFromEnd(0)
    if (payload === undefined || payload.length > MAX_TERMINATOR_BYTES) return false
    return this.format.streamEnd.includes(`data: ${decoder.decode(payload).replace(/\s/g, '')}\n`)
  }

  private hold(frames: Uint8Array): void {
    this.held.push(frames)
    this.heldBytes += frames.length
    this.heldFrames += framesIn(frames)
    const { holdBackBytes, holdBackFrames } = this.settings
    if (this.heldBytes > holdBackBytes || this.heldFrames > holdBackFrames) {
      throw new GatewayError('upstream_malformed', 'The model sent too much without a first part of an answer.', {
        detail: { bytes: this.heldBytes, frames: this.heldFrames },
      })
    }
  }

  private commit(frames: Uint8Array): void {
    this.firstPartAt = this.clock.monotonic()
    const sink = this.owner.commit({
      'content-type': this.reframing?.enframer.contentType ?? 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    })
    this.sink = sink
    for (const earlier of this.held) this.write(sink, earlier)
    this.held = []
    this.write(sink, frames)
  }

  private write(sink: Sink, frames: Uint8Array): void {
    if (frames.length === 0) return
    const shown = this.hidesUsage ? withoutUsageFrame(frames) : frames
    const cut = this.reframing === undefined ? shown : reframed(this.reframing, shown)
    if (cut.length > 0) this.send(sink, cut)
  }

  private send(sink: Sink, text: Uint8Array | string): void {
    if (sink.write(text) || this.isStalled) return
    this.isStalled = true
    this.flow.stall()
    sink.onDrain(() => {
      this.isStalled = false
      this.flow.flow()
    })
  }

  /** Read backwards from the last event: usage comes with the finish reason or after it, and the last word counts. */
  private ending(): Ending {
    let usage: Ending['usage']
    for (let index = 0; index < KEPT_PAYLOADS; index += 1) {
      const payload = this.scanner.payloadFromEnd(index)
      if (payload === undefined) break
      const found = this.format.readEnd(decoder.decode(payload))
      usage ??= found?.usage
      if (found?.finishReason !== undefined) return { ...found, usage: this.counted(usage) }
    }
    return { usage: this.counted(usage), finishReason: undefined }
  }

  private sample(): (readonly StreamPart[])[] {
    const reader = this.format.createReader()
    const sampled: (readonly StreamPart[])[] = []
    for (let index = KEPT_PAYLOADS - 1; index >= 0; index -= 1) {
      const payload = this.scanner.payloadFromEnd(index)
      if (payload === undefined) continue
      try {
        sampled.push(read(reader, payload))
      } catch {
        // An error, or an event that only means something after those before it: no sample of an answer's text.
      }
    }
    return sampled
  }

  private counted(last: Usage | undefined): Usage | undefined {
    const { saidUsage } = this
    return saidUsage === undefined || last === undefined ? (last ?? saidUsage) : mergeUsage(saidUsage, last)
  }
}

const finders = new WeakMap<WireFormat, WordFinder>()

function failureFinder(format: WireFormat): WordFinder {
  const found = finders.get(format)
  if (found !== undefined) return found
  const finder = createWordFinder(['"error"', ...(format.failureWords ?? [])])
  finders.set(format, finder)
  return finder
}

function read(reader: StreamReader, payload: Uint8Array): StreamPart[] {
  return reader.push({ event: undefined, data: decoder.decode(payload) })
}

function reframing(format: WireFormat, { framing }: ClientSide): Reframing {
  return { deframer: createDeframer(format.framing, MAX_FRAME_BYTES), enframer: createEnframer(framing) }
}

function reframed({ deframer, enframer }: Reframing, frames: Uint8Array): string {
  return enframer.write(deframer.push(frames).filter(({ data }) => data !== DONE))
}

/** Frames, comments among them, of whole ones: each ends with an empty line. */
function framesIn(frames: Uint8Array): number {
  let count = 0
  for (let at = frames.indexOf(LF); at >= 0; at = frames.indexOf(LF, at + 1)) {
    if (frames[at - 1] === LF || (frames[at - 1] === CR && frames[at - 2] === LF)) count += 1
  }
  return count
}

const LF = 10
const CR = 13
const DONE = '[DONE]'
const EMPTY = new Uint8Array(0)
