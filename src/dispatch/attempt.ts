import type { Decision, Timeouts } from '../core/decision.ts'
import type { DispatchSettings } from '../core/dispatch-settings.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { Mask } from '../core/mask.ts'
import { maskError } from '../core/mask.ts'
import type { Call, Clock, Headers, HttpRequest, ResponseHandler, ResponseHeaders, Transport } from '../core/ports.ts'
import type { Usage } from '../core/stream-part.ts'
import type { Answer, Committing, Flow } from './answer.ts'
import type { ClientSide } from './client-side.ts'
import type { Deadline, Deadlines, Expiring } from './deadline.ts'
import type { HandedOver } from './handed-over.ts'
import { createJsonAnswer, createMisfitAnswer } from './json-answer.ts'
import type { Observed } from './observed.ts'
import type { Refine } from './refined-calls.ts'
import { refuseCoding, refusedIn } from './refuse-coding.ts'
import { retryHeaders } from './retry-after.ts'
import { StreamAnswer } from './stream-answer.ts'
import type { AnswerFormat } from './tools-as-asked.ts'
import { createTranslatedAnswer } from './translated-json.ts'
import { TranslatedStream } from './translated-stream.ts'

export type AttemptInput = {
  readonly stream: boolean
  readonly client: ClientSide
  readonly transport: Transport
  readonly clock: Clock
  readonly timeouts: Timeouts
  readonly deadlines: Deadlines
  readonly mask: Mask
  readonly settings: DispatchSettings
  /** The decision, when the caller wants it in the answer. */
  readonly explanation: Decision | undefined
  /** What a whole answer took, for a client who is to be told where the upstream does not count. */
  readonly estimateUsage: (observed: Observed) => Usage
}

/** What an attempt needs of the call it belongs to. */
export type AttemptOwner = Committing & {
  /** Called once, when the attempt is over. */
  settled(result: AttemptResult): void
}

export type AttemptResult =
  | { readonly type: 'complete'; readonly status: number; readonly observed: Observed }
  /** Nothing has reached the client: another target may be tried. */
  | {
      readonly type: 'failed'
      readonly error: GatewayError
      readonly status: number | undefined
      readonly observed?: Observed | undefined
    }
  /** The client has part of an answer and has been told that it is cut. */
  | { readonly type: 'broken'; readonly error: GatewayError; readonly status: number; readonly observed: Observed }
  /** The client has part of an answer, and another target may go on with it. */
  | {
      readonly type: 'cut'
      readonly error: GatewayError
      readonly status: number
      readonly observed: Observed
      readonly handed: HandedOver
    }
  /** The client left. */
  | { readonly type: 'abandoned'; readonly observed: Observed | undefined }

export type AttemptTimes = {
  /** When the whole call must be over, on the monotonic clock. */
  readonly deadlineAt: number
  /** How long a whole answer may take, in milliseconds, however steadily it comes. */
  readonly wholeAnswerMs: number
  /** Another target could be asked. */
  readonly hasOthers: boolean
}

/** Who is asked, and in which format. */
export type Asked = {
  readonly model: string
  readonly format: AnswerFormat
  /** The client's own format where the target is asked in that, and answers pass as they came unless a call is mended. */
  readonly mended?: AnswerFormat | undefined
  readonly refine?: Refine | undefined
  /** The gateway asked for a count of tokens that its client did not ask for. */
  readonly hidesUsage?: boolean
  /** When its stream breaks in the middle of its text, another target may go on with it. */
  readonly isContinuable?: boolean
  /** It goes on with an answer that broke. */
  readonly goesOnWith?: HandedOver | undefined
  /** The answer that an error carries, if it has calls in it that are in order. */
  readonly salvage?: ((text: string) => AnswerFormat | undefined) | undefined
}

const EMPTY_OBJECT = new TextEncoder().encode('{}')

type ErrorBody = {
  readonly headers: Headers
  /** What stands for a body that cannot be read. */
  readonly unreadable: string | undefined
  readonly chunks: Uint8Array[]
  bytes: number
}

const NOTHING_SEEN: Observed = {
  events: 0,
  firstPartAt: undefined,
  ending: () => ({ usage: undefined, finishReason: undefined }),
  sample: () => [],
}

const MAX_ERROR_BYTES = 65_536
const FOREVER_MS = 2 ** 31
const STALLED = 'stopped in the middle of its answer'

/**
 * One try at one target: sends, checks, and passes the answer on once it has proved to be one.
 * A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md.
 */
export class RunningAttempt implements ResponseHandler, Expiring, Flow {
  private readonly input: AttemptInput
  private readonly owner: AttemptOwner
  private asked: Asked
  // Only of a call whose model may be asked again.
  private readonly leaving: AbortController | undefined
  private readonly startedAt: number
  private readonly hasOthers: boolean
  private readonly deadline: Deadline
  private isOver = false
  private status: number | undefined = undefined
  private answer: Answer | undefined = undefined
  private errorBody: ErrorBody | undefined = undefined
  private call: Call | undefined = undefined

  constructor(input: AttemptInput, owner: AttemptOwner, asked: Asked, times: AttemptTimes) {
    this.input = input
    this.owner = owner
    this.asked = asked
    this.leaving = asked.refine === undefined ? undefined : new AbortController()
    this.startedAt = input.clock.monotonic()
    const wholeAt = this.startedAt + times.wholeAnswerMs
    this.deadline = input.deadlines.start(input.stream ? times.deadlineAt : Math.min(times.deadlineAt, wholeAt), this)
    this.hasOthers = times.hasOthers
    this.deadline.expect(
      input.stream ? input.timeouts.headersMs : times.wholeAnswerMs,
      'did not start to answer in time',
    )
  }

  /** Called once. The end may come before this returns. */
  send(request: HttpRequest): void {
    const call = this.input.transport.send(request, this)
    this.call = call
    if (this.isOver) call.abort()
  }

  abandon(): void {
    if (this.isOver) return
    this.call?.abort()
    this.leaving?.abort()
    this.settle({ type: 'abandoned', observed: this.answer?.observe() })
  }

  onHead(status: number, headers: ResponseHeaders): void {
    const { input, deadline } = this
    this.status = status
    if (status < 200 || status >= 300) {
      this.errorBody = {
        headers: retryHeaders(headers, input.clock.now()),
        unreadable: refusedIn(headers),
        chunks: [],
        bytes: 0,
      }
      return
    }
    const unreadable = refuseCoding(headers)
    if (unreadable !== undefined) {
      this.stop(unreadable)
      return
    }
    this.answer = this.createAnswer(oneHeader(headers, 'content-type'))
    if (input.stream) {
      const waited = input.clock.monotonic() - this.startedAt
      deadline.expect(input.timeouts.firstPartMs - waited, 'did not send the first part of its answer in time')
    } else {
      deadline.expect(input.timeouts.idleMs, STALLED)
    }
  }

  onData(chunk: Uint8Array): void {
    const { answer, input, deadline } = this
    if (this.errorBody !== undefined) {
      this.collectError(this.errorBody, chunk)
      return
    }
    if (answer === undefined) return
    const wasCommitted = answer.isCommitted()
    try {
      answer.push(chunk)
    } catch (thrown) {
      this.stop(toGatewayError(thrown))
      return
    }
    if (wasCommitted || !input.stream) deadline.again()
    else if (answer.isCommitted() || answer.isAtWork?.() === true) deadline.expect(input.timeouts.idleMs, STALLED)
  }

  onEnd(): void {
    const { answer, errorBody } = this
    if (errorBody !== undefined) this.failWithBody(errorBody)
    else if (answer === undefined) this.stop(new GatewayError('upstream_empty', 'The model answered with nothing.'))
    else this.finish(answer)
  }

  onError(error: GatewayError): void {
    if (this.errorBody !== undefined) this.failWithBody(this.errorBody)
    else this.stop(this.status === undefined ? error : interrupted(error))
  }

  expire(what: string): void {
    this.stop(new GatewayError('upstream_timeout', `The model ${what}.`))
  }

  interrupt(error: GatewayError): void {
    this.stop(error)
  }

  quiet(): void {
    const { answer } = this
    if (answer === undefined) this.asked.goesOnWith?.keepAlive()
    else if (answer.isCommitted()) answer.keepAlive?.()
  }

  /** The client reads slower than the upstream sends: its slowness is not the upstream's. */
  stall(): void {
    if (this.isOver) return
    this.deadline.rest()
    this.call?.pause()
  }

  flow(): void {
    if (this.isOver) return
    this.deadline.again()
    this.call?.resume()
  }

  private createAnswer(contentType: string | undefined): Answer {
    const { input, owner, asked } = this
    const { format, model, mended, refine, isContinuable, goesOnWith } = asked
    const { clock, explanation, client, settings } = input
    const emptiness = { fallbackOn: settings.fallbackOn, hasOthers: this.hasOthers }
    const isNative = format === client.format
    if (!input.stream) {
      const { followsResults, guard } = client
      const whole = { format, clock, owner, contentType, explanation, followsResults, emptiness, guard }
      const translating = { ...input, model, refine }
      if (!isNative) return createTranslatedAnswer(whole, translating)
      return createJsonAnswer(whole, mended === undefined ? undefined : { ...translating, format: mended })
    }
    // Only a body that says it is JSON is no stream: small servers forget the content type of theirs.
    if (contentType?.includes('application/json') === true)
      return createMisfitAnswer({ format, clock, contentType, emptiness })
    const side = { client, clock, owner, flow: this, settings, emptiness }
    if (isNative) return new StreamAnswer({ ...side, format, hidesUsage: asked.hidesUsage ?? false })
    const { estimateUsage } = input
    return new TranslatedStream({ ...side, format, model, estimateUsage, refine, isContinuable, goesOnWith })
  }

  private finish(answer: Answer): void {
    const complete = (observed: Observed): void =>
      this.settle({ type: 'complete', status: this.status ?? 200, observed })
    const fail = (thrown: unknown): void => this.stop(toGatewayError(thrown))
    try {
      const observed = answer.finish(this.leaving?.signal)
      if (!(observed instanceof Promise)) {
        complete(observed)
        return
      }
      // The model is asked again: that has a deadline of its own, before the call's.
      this.deadline.expect(FOREVER_MS, STALLED)
      observed.then(complete, fail)
    } catch (thrown) {
      fail(thrown)
    }
  }

  private collectError(body: ErrorBody, chunk: Uint8Array): void {
    body.chunks.push(chunk)
    body.bytes += chunk.length
    if (body.bytes < MAX_ERROR_BYTES) return
    this.call?.abort()
    this.failWithBody(body)
  }

  private failWithBody(body: ErrorBody): void {
    const decoder = new TextDecoder()
    const text = body.chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
    const words = body.unreadable ?? this.input.mask(text).slice(0, MAX_ERROR_BYTES)
    this.stop(this.asked.format.readError(this.status ?? 500, body.headers, words))
  }

  /** Ends the attempt for a reason that is the upstream's, before or after the commit. */
  private stop(thrown: GatewayError): void {
    if (this.isOver) return
    this.call?.abort()
    // Upstreams quote what they were sent.
    const error = maskError(thrown, this.input.mask)
    const { unreadAnswer } = error
    const salvaged = unreadAnswer === undefined ? undefined : this.asked.salvage?.(unreadAnswer)
    if (salvaged !== undefined && this.answer?.isCommitted() !== true) {
      this.asked = { ...this.asked, format: salvaged, salvage: undefined }
      this.answer = this.createAnswer(undefined)
      if (!this.input.stream) this.answer.push(EMPTY_OBJECT)
      this.finish(this.answer)
      return
    }
    this.leaving?.abort()
    const { answer, status } = this
    const mayGoOn = error.retry !== 'never' && answer?.isCommitted() === true
    const handed = mayGoOn ? answer?.handOver?.() : undefined
    if (answer !== undefined && handed !== undefined) {
      const observed = answer.observe() ?? NOTHING_SEEN
      this.settle({ type: 'cut', error, status: status ?? 200, observed, handed })
    } else if (answer?.isCommitted() === true) {
      this.settle({ type: 'broken', error, status: status ?? 200, observed: answer.breakOff(error) })
    } else {
      this.settle({ type: 'failed', error, status, observed: answer?.observe() })
    }
  }

  private settle(result: AttemptResult): void {
    if (this.isOver) return
    this.isOver = true
    this.deadline.clear()
    this.owner.settled(result)
  }
}

function oneHeader(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.join(', ')
}

function interrupted(cause: GatewayError): GatewayError {
  return new GatewayError('stream_interrupted', 'The model closed the connection in the middle of its answer.', {
    cause,
    detail: cause.detail,
  })
}
