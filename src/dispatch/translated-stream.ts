import type { DispatchSettings } from '../core/dispatch-settings.ts'
import { GatewayError } from '../core/errors.ts'
import type { PartGuard } from '../core/guard.ts'
import type { Clock, Sink } from '../core/ports.ts'
import type { FinishReason, StreamPart, Usage } from '../core/stream-part.ts'
import { isContentPart, isCounted } from '../core/stream-part.ts'
import type { PartTidier } from '../core/tidy-parts.ts'
import { createTidier } from '../core/tidy-parts.ts'
import type { StreamReader, StreamWriter, WireEvent } from '../core/wire-format.ts'
import type { Deframer } from '../stream/deframe.ts'
import { createDeframer } from '../stream/deframe.ts'
import type { Enframer } from '../stream/enframe.ts'
import { brokenList, createEnframer } from '../stream/enframe.ts'
import type { Answer, Committing, Flow } from './answer.ts'
import type { ClientSide } from './client-side.ts'
import { answerContext } from './client-side.ts'
import type { Emptiness } from './empty-answer.ts'
import { isSignedThought, refuseEmpty } from './empty-answer.ts'
import type { Continuable, HandedOver } from './handed-over.ts'
import { createContinuable, goingOn } from './handed-over.ts'
import type { Ending, Observed } from './observed.ts'
import type { Refine } from './refined-calls.ts'
import { addUsage, brokenOf, inPlace, noteRefined, refuseLeft } from './refined-calls.ts'
import type { AnswerFormat } from './tools-as-asked.ts'

const MAX_EVENT_BYTES = 8 * 1024 * 1024
const KEEP_ALIVE_MS = 5_000
const KEPT_EVENTS = 4

type TranslatedInput = {
  /** The upstream's format. */
  readonly format: AnswerFormat
  readonly client: ClientSide
  readonly model: string
  readonly clock: Clock
  readonly owner: Committing
  readonly flow: Flow
  readonly settings: Pick<DispatchSettings, 'holdBackBytes' | 'holdBackFrames'>
  readonly emptiness: Emptiness
  readonly estimateUsage: (observed: Observed) => Usage
  readonly refine?: Refine | undefined
  readonly isContinuable?: boolean | undefined
  readonly goesOnWith?: HandedOver | undefined
}

/**
 * A streamed answer of another format than the client's: events ▶ parts ▶ tidy parts ▶ the client's events. Held back
 * until its first content part. A class, as everything that lives as long as a call:
 * docs/decisions/2026-11-23-classes-per-call.md.
 */
export class TranslatedStream implements Answer {
  private readonly input: TranslatedInput
  private readonly deframer: Deframer
  private readonly reader: StreamReader
  private readonly tidier: PartTidier
  private readonly writer: StreamWriter
  private readonly enframer: Enframer
  private readonly guard: PartGuard | undefined
  private held: StreamPart[] = []
  private bytesBeforeCommit = 0
  private isStalled = false
  private firstPartAt: number | undefined = undefined
  private sink: Sink | undefined = undefined
  private events = 0
  // In the upstream's own judgement, which need not fit the content.
  private saidFinish: FinishReason | undefined = undefined
  private ended: Ending = { usage: undefined, finishReason: undefined }
  private readonly recent: (readonly StreamPart[])[] = []
  private writtenAt = 0
  // The data of the last event the client got.
  private lastWritten: string | undefined = undefined
  private readonly continuable: Continuable | undefined
  // The index of a call that the client has the beginning of.
  private openCall: number | undefined = undefined

  constructor(input: TranslatedInput) {
    const { format, client, model, clock } = input
    this.input = input
    this.deframer = createDeframer(format.framing, MAX_EVENT_BYTES)
    this.reader = format.createReader()
    this.tidier = createTidier(client.id, client.usedCallIds())
    const { isContinuable, goesOnWith } = input
    this.continuable = isContinuable === true ? createContinuable(goesOnWith?.text) : undefined
    this.writer = goesOnWith?.writer ?? client.format.createWriter(answerContext(client, model, clock.now()))
    this.enframer = goesOnWith?.enframer ?? createEnframer(client.framing, client.format.takesComments)
    this.guard = client.guard?.stream()
    if (goesOnWith === undefined) return
    this.sink = goesOnWith.sink
    this.lastWritten = goesOnWith.lastWritten
    this.writtenAt = clock.monotonic()
  }

  isCommitted(): boolean {
    return this.sink !== undefined
  }

  isAtWork(): boolean {
    return this.reader.isAtWork?.() === true
  }

  push(chunk: Uint8Array): void {
    if (this.sink === undefined) this.bytesBeforeCommit += chunk.length
    this.read(this.deframer.push(chunk))
    if (this.sink === undefined) this.checkHeld()
    else this.sayIfSilent(this.sink)
  }

  finish(signal?: AbortSignal): Observed | Promise<Observed> {
    const { format, refine } = this.input
    this.read(this.deframer.end())
    this.take(this.tidier.push(this.reader.end()))
    const held = format.heldBack?.() ?? []
    if (held.length === 0 || refine === undefined) return this.complete()
    return refine(brokenOf(held), signal).then((refined) => {
      refuseLeft(signal)
      noteRefined(format, held, refined)
      const usage = addUsage(this.ended.usage, refined.usage)
      const counted: StreamPart[] = usage === undefined ? [] : [{ type: 'usage', usage }]
      const parts = [...counted, ...inPlace(held, refined)]
      this.note(parts)
      this.take(this.tidier.push(parts))
      return this.complete()
    })
  }

  private complete(): Observed {
    this.take(this.tidier.end())
    if (this.guard !== undefined) this.pass(this.guard.end())
    if (this.sink === undefined) {
      const { format, client, emptiness } = this.input
      const finishReason = this.saidFinish ?? this.ended.finishReason
      const hasThought = this.held.some(isSignedThought)
      refuseEmpty(format, { finishReason, hasThought, followsResults: client.followsResults }, emptiness)
      this.commit()
    }
    // It was to go on and has nothing to say: nobody knows whether the answer was whole.
    if (this.input.goesOnWith !== undefined && this.firstPartAt === undefined)
      throw new GatewayError('upstream_empty', 'The model had nothing to add to an answer that broke.')
    return this.close()
  }

  /** What ends a stream that is whole for its client. */
  private close(): Observed {
    const { client, estimateUsage } = this.input
    // Who asked is told, as SDKs rely on it; the log goes on to say that nobody counted.
    if (client.includeUsage && !isCounted(this.ended.usage))
      this.writer.push({ type: 'usage', usage: this.withEarlier(estimateUsage(this.observe())) })
    const last = this.enframer.write(this.writer.end()) + this.enframer.end()
    this.sink?.end(last === '' ? undefined : last)
    return this.observe()
  }

  private withEarlier(own: Usage): Usage {
    return addUsage(this.input.goesOnWith?.usage, [own]) ?? own
  }

  breakOff(error: GatewayError): Observed {
    if (error.code === 'answer_blocked') return this.endFiltered()
    const { client } = this.input
    const text = client.format.writeStreamError(error, this.lastWritten)
    this.sink?.end(client.framing === 'sse' ? text : brokenList(this.enframer, text))
    return this.observe()
  }

  handOver(): HandedOver | undefined {
    const { sink, writer, enframer, lastWritten } = this
    const text = this.continuable?.text()
    if (sink === undefined || text === undefined) return undefined
    const { estimateUsage } = this.input
    const usage = this.withEarlier(estimateUsage(this.observe()))
    const breakOff = (error: GatewayError): void => void this.breakOff(error)
    return { text, usage, sink, writer, enframer, lastWritten, breakOff, keepAlive: () => this.keepAlive() }
  }

  /** The client's own word for an answer that a filter stopped: nothing failed, and asking again would not help. */
  private endFiltered(): Observed {
    const { openCall } = this
    if (this.sink !== undefined) {
      const cut: StreamPart[] = openCall === undefined ? [] : [{ type: 'tool-call-end', index: openCall, isCut: true }]
      this.write(this.sink, [...cut, { type: 'response-end', finishReason: 'content-filter', raw: undefined }])
    }
    return this.close()
  }

  /** A client that does not read is not told more. */
  keepAlive(): void {
    if (this.sink !== undefined && !this.isStalled) this.sayIfSilent(this.sink)
  }

  observe(): Observed {
    const { events, firstPartAt, ended } = this
    const { callOutcomes } = this.input.format
    return { events, firstPartAt, callOutcomes, ending: () => ended, sample: () => this.recent }
  }

  /** One event at a time: what came before a bad one is passed on. */
  private read(events: readonly WireEvent[]): void {
    for (const event of events) {
      const parts = this.reader.push(event)
      this.recent[this.events % KEPT_EVENTS] = parts
      this.events += 1
      this.note(parts)
      this.continuable?.note(parts)
      for (const part of parts) {
        if (part.type === 'response-end') this.saidFinish = part.finishReason
        else if (part.type === 'response-error') throw part.error
      }
      this.take(this.tidier.push(parts))
    }
  }

  private take(parts: readonly StreamPart[]): void {
    this.note(parts)
    if (parts.length === 0) return
    this.input.client.watch?.(parts)
    if (this.guard === undefined) this.pass(parts)
    // One by one: what came before a part that is blocked is passed on.
    else for (const part of parts) this.pass(this.guard.push(part))
  }

  private pass(parts: readonly StreamPart[]): void {
    if (parts.length === 0) return
    if (this.sink !== undefined) {
      const { goesOnWith } = this.input
      if (goesOnWith !== undefined && parts.some(isContentPart)) this.firstPartAt ??= this.input.clock.monotonic()
      this.write(this.sink, goesOnWith === undefined ? parts : goingOn(parts, goesOnWith))
      return
    }
    this.held.push(...parts)
    if (parts.some(isContentPart)) this.commit()
  }

  /** Before they are tidied as well: what ends an answer is held back until all of it is there, which may never be. */
  private note(parts: readonly StreamPart[]): void {
    for (const part of parts) {
      if (part.type === 'usage') this.ended = { ...this.ended, usage: part.usage }
      else if (part.type === 'response-end') this.ended = { ...this.ended, finishReason: part.finishReason }
    }
  }

  private checkHeld(): void {
    const { settings } = this.input
    // One event may be large: a picture. What is held back of it has a bound of its own.
    const bytes = this.bytesBeforeCommit - this.deframer.unfinishedBytes()
    if (bytes <= settings.holdBackBytes && this.events <= settings.holdBackFrames) return
    if (this.isAtWork()) {
      this.commit()
      return
    }
    throw new GatewayError('upstream_malformed', 'The model sent too much without a first part of an answer.', {
      detail: { bytes, frames: this.events },
    })
  }

  private commit(): void {
    this.firstPartAt = this.input.clock.monotonic()
    // Some writers have nothing to say of a first part: the silence begins here all the same.
    this.writtenAt = this.firstPartAt
    this.sink = this.input.owner.commit({
      'content-type': this.enframer.contentType,
      'cache-control': 'no-cache',
    })
    const { held } = this
    this.held = []
    this.write(this.sink, held)
  }

  private write(sink: Sink, parts: readonly StreamPart[]): void {
    let text = ''
    for (const part of parts) {
      if (part.type === 'tool-call-start') this.openCall = part.index
      else if (part.type === 'tool-call-end') this.openCall = undefined
      const events = this.writer.push(part)
      this.lastWritten = events.at(-1)?.data ?? this.lastWritten
      text += this.enframer.write(events)
    }
    if (text !== '') this.send(sink, text)
  }

  private send(sink: Sink, text: string): void {
    this.writtenAt = this.input.clock.monotonic()
    if (sink.write(text) || this.isStalled) return
    this.isStalled = true
    this.input.flow.stall()
    sink.onDrain(() => {
      this.isStalled = false
      this.input.flow.flow()
    })
  }

  /** The upstream sends (pings, or what has to wait) and the client hears nothing: a comment tells him that all is well. */
  private sayIfSilent(sink: Sink): void {
    if (this.input.clock.monotonic() - this.writtenAt < KEEP_ALIVE_MS) return
    if (this.enframer.keepAlive !== '') this.send(sink, this.enframer.keepAlive)
  }
}
