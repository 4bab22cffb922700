import type { Decision, Timeouts } from '../core/decision.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { Call, Clock, Headers, HttpRequest, ResponseHeaders, Sink, Transport } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import type { WireFormat } from '../core/wire-format.ts'
import type { Deadlines } from './deadline.ts'
import { createJsonAnswer, createMisfitAnswer } from './json-answer.ts'
import type { Observed } from './observed.ts'
import { createStreamAnswer } from './stream-answer.ts'

/** Sends the head of the answer to the client and returns where its body goes. Called at most once a request. */
export type Commit = (headers: Headers) => Sink

export type AttemptInput = {
  readonly target: Target
  readonly request: HttpRequest
  readonly format: WireFormat
  readonly stream: boolean
  readonly transport: Transport
  readonly clock: Clock
  readonly timeouts: Timeouts
  readonly deadlines: Deadlines
  /** When the whole call must be over, on the monotonic clock. */
  readonly deadlineAt: number
  /** How long the headers of a whole answer may take: they come when the answer is complete. */
  readonly wholeAnswerMs: number
  readonly commit: Commit
  readonly explanation: Decision | undefined
}

export type AttemptResult =
  | { readonly type: 'complete'; readonly status: number; readonly observed: Observed }
  /** Nothing has reached the client: another target may be tried. */
  | { readonly type: 'failed'; readonly error: GatewayError; readonly status: number | undefined }
  /** The client has part of an answer and has been told that it is cut. */
  | { readonly type: 'broken'; readonly error: GatewayError; readonly status: number; readonly observed: Observed }
  /** The client left. */
  | { readonly type: 'abandoned' }

export type RunningAttempt = { readonly result: Promise<AttemptResult>; abandon(): void }

/** What becomes of a response body: collected whole, or passed on as it comes. */
export type Answer = {
  /** Both throw a GatewayError when the answer is no good; `finish` returns what was seen of a good one. */
  push(chunk: Uint8Array): void
  finish(): Observed
  isCommitted(): boolean
  /** Tells the client that the rest will not come. Only after the commit. */
  breakOff(error: GatewayError): Observed
}

const MAX_ERROR_BYTES = 65_536
const STALLED = 'stopped in the middle of its answer'

/** One try at one target: sends, checks, and passes the answer on once it has proved to be one. */
export function startAttempt(input: AttemptInput): RunningAttempt {
  const { promise, resolve } = Promise.withResolvers<AttemptResult>()
  const { clock, timeouts } = input
  const startedAt = clock.monotonic()
  let isOver = false
  let status: number | undefined
  let answer: Answer | undefined
  let errorBody: { readonly headers: Headers; readonly chunks: Uint8Array[]; bytes: number } | undefined
  let call: Call | undefined
  const deadline = input.deadlines.start(input.deadlineAt, (what) => stop(timedOut(what)))
  deadline.expect(input.stream ? timeouts.headersMs : input.wholeAnswerMs, 'did not start to answer in time')

  call = input.transport.send(input.request, {
    onHead(received, headers) {
      status = received
      const contentType = oneHeader(headers, 'content-type')
      if (received < 200 || received >= 300) {
        errorBody = { headers: retryHeaders(headers), chunks: [], bytes: 0 }
        return
      }
      answer = createAnswer(contentType)
      if (input.stream) {
        const waited = clock.monotonic() - startedAt
        deadline.expect(timeouts.firstPartMs - waited, 'did not send the first part of its answer in time')
      } else {
        deadline.expect(timeouts.idleMs, STALLED)
      }
    },
    onData(chunk) {
      if (errorBody !== undefined) return collectError(errorBody, chunk)
      if (answer === undefined) return
      const wasCommitted = answer.isCommitted()
      try {
        answer.push(chunk)
      } catch (thrown) {
        return stop(toGatewayError(thrown))
      }
      if (wasCommitted || !input.stream) deadline.again()
      else if (answer.isCommitted()) deadline.expect(timeouts.idleMs, STALLED)
    },
    onEnd() {
      if (errorBody !== undefined) return failWithBody(errorBody)
      if (answer === undefined) return stop(new GatewayError('upstream_empty', 'The model answered with nothing.'))
      try {
        settle({ type: 'complete', status: status ?? 200, observed: answer.finish() })
      } catch (thrown) {
        stop(toGatewayError(thrown))
      }
    },
    onError(error) {
      if (errorBody !== undefined) return failWithBody(errorBody)
      stop(status === undefined ? error : interrupted(error))
    },
  })
  if (isOver) call.abort()

  function createAnswer(contentType: string | undefined): Answer {
    const { format, commit, explanation } = input
    if (!input.stream) return createJsonAnswer({ format, clock, commit, contentType, explanation })
    // Only a body that says it is JSON is no stream: small servers forget the content type of theirs.
    if (contentType?.includes('json') === true)
      return createMisfitAnswer({ format, clock, commit, contentType, explanation })
    return createStreamAnswer({ format, clock, commit, onStall, onFlow })
  }

  function collectError(
    body: { readonly chunks: Uint8Array[]; bytes: number; readonly headers: Headers },
    chunk: Uint8Array,
  ): void {
    body.chunks.push(chunk)
    body.bytes += chunk.length
    if (body.bytes < MAX_ERROR_BYTES) return
    call?.abort()
    failWithBody(body)
  }

  function failWithBody(body: { readonly chunks: readonly Uint8Array[]; readonly headers: Headers }): void {
    const decoder = new TextDecoder()
    const text = body.chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
    stop(input.format.readError(status ?? 500, body.headers, text.slice(0, MAX_ERROR_BYTES)))
  }

  /** Ends the attempt for a reason that is the upstream's, before or after the commit. */
  function stop(error: GatewayError): void {
    if (isOver) return
    call?.abort()
    if (answer?.isCommitted() === true) {
      settle({ type: 'broken', error, status: status ?? 200, observed: answer.breakOff(error) })
    } else {
      settle({ type: 'failed', error, status })
    }
  }

  function settle(result: AttemptResult): void {
    if (isOver) return
    isOver = true
    deadline.clear()
    resolve(result)
  }

  /** The client reads slower than the upstream sends: its slowness is not the upstream's. */
  function onStall(): void {
    deadline.rest()
    call?.pause()
  }

  function onFlow(): void {
    if (isOver) return
    deadline.again()
    call?.resume()
  }

  return {
    result: promise,
    abandon() {
      if (isOver) return
      call?.abort()
      settle({ type: 'abandoned' })
    },
  }
}

function oneHeader(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.join(', ')
}

/** What of a refusal's headers the client may use. */
function retryHeaders(headers: ResponseHeaders): Headers {
  const kept: Record<string, string> = {}
  for (const name of ['retry-after', 'retry-after-ms']) {
    const value = oneHeader(headers, name)
    if (value !== undefined) kept[name] = value
  }
  return kept
}

function timedOut(what: string): GatewayError {
  return new GatewayError('upstream_timeout', `The model ${what}.`)
}

function interrupted(cause: GatewayError): GatewayError {
  return new GatewayError('stream_interrupted', 'The model closed the connection in the middle of its answer.', {
    cause,
    detail: cause.detail,
  })
}
