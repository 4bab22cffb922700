import type { Answer } from './answer.ts'
import type { Behaviour } from './behaviour.ts'
import type { Frame, Rejection, SimulatedCall, SimulatedFormat, Stamp } from './format.ts'

/** What the server does, in order. Data says it, so that any runtime with a socket can play it. */
export type Step =
  | { readonly type: 'wait'; readonly milliseconds: number }
  /** The whole response in one write; with its length announced, unless it is a stream. */
  | {
      readonly type: 'whole'
      readonly head: Head
      readonly body: string
      readonly tokens: number
      readonly isStream: boolean
    }
  | { readonly type: 'head'; readonly head: Head }
  | { readonly type: 'send'; readonly data: string | Uint8Array; readonly tokens: number }
  | { readonly type: 'end' }
  /** Nothing more, until the client leaves. */
  | { readonly type: 'stall' }
  /** The connection ends in the middle of the response. */
  | { readonly type: 'close' }
  /** The connection is reset. */
  | { readonly type: 'reset' }

export type Head = { readonly status: number; readonly headers: Readonly<Record<string, string>> }

export type Script = {
  readonly steps: Iterable<Step>
  /** For the ledger; `undefined` for paths that are not a model's. */
  readonly model: string | undefined
  readonly promptTokens: number
}

type Scene = {
  readonly format: SimulatedFormat
  readonly call: SimulatedCall
  readonly behaviour: Behaviour
  readonly answer: Answer
  readonly stamp: Stamp
  readonly headers: Readonly<Record<string, string>>
  readonly error: Rejection
}

const JSON_TYPE = { 'content-type': 'application/json' }
// Frames without a pause between them leave together, up to this length.
const BURST_LENGTH = 65_536
const ENDLESS_MARK = '\u0001'
const WRITTEN_MARK = JSON.stringify(ENDLESS_MARK).slice(1, -1)

/** The steps of a streamed answer. */
export function* streamSteps(scene: Scene): Generator<Step> {
  const { format, call, behaviour, answer, stamp } = scene
  const head = { status: 200, headers: { ...format.streamHeaders, ...scene.headers } }
  if (behaviour.headDelayMs > 0) yield { type: 'wait', milliseconds: behaviour.headDelayMs }
  yield { type: 'head', head }
  yield* paced(faulted(format.writeStream(call, answer, stamp), scene), behaviour)
}

/** The steps of an answer sent in one piece. A fault "after N tokens" falls where N of its tokens would stand. */
export function* wholeSteps(scene: Scene): Generator<Step> {
  const { format, call, behaviour, answer, stamp } = scene
  if (answer.completionTokens === Number.POSITIVE_INFINITY) {
    yield* endlessSteps(scene)
    return
  }
  const delay = behaviour.headDelayMs + behaviour.firstTokenDelayMs + behaviour.tokenDelayMs * answer.completionTokens
  if (delay > 0) yield { type: 'wait', milliseconds: delay }
  const { fault } = behaviour
  if (fault.type === 'error-in-200') {
    yield { type: 'whole', head: wholeHead(scene), body: format.writeError(scene.error), tokens: 0, isStream: false }
    return
  }
  const body = encode(format.writeAnswer(call, answer, stamp))
  const head = { status: 200, headers: { ...wholeHead(scene).headers, 'content-length': String(body.length) } }
  if (!('afterTokens' in fault) || fault.afterTokens > answer.completionTokens) {
    yield { type: 'head', head }
    yield* dribbled(body, answer.completionTokens, behaviour.isDribbled)
    yield { type: 'end' }
    return
  }
  const tokens = fault.afterTokens
  // The last byte never leaves, so that a fault after all tokens is still a fault.
  const share = tokens === 0 ? 0 : tokens / answer.completionTokens
  const sent = body.subarray(0, Math.floor((body.length - 1) * share))
  if (fault.type === 'malformed') {
    const broken = sent.length === 0 ? body.subarray(0, 1) : sent
    yield { type: 'head', head: { status: 200, headers: { ...head.headers, 'content-length': String(broken.length) } } }
    yield* dribbled(broken, tokens, behaviour.isDribbled)
    yield { type: 'end' }
    return
  }
  yield { type: 'head', head }
  yield* dribbled(sent, tokens, behaviour.isDribbled)
  yield { type: fault.type === 'cut' ? 'close' : 'stall' }
}

/** An error as its only answer. */
export function errorSteps(
  format: SimulatedFormat,
  rejection: Rejection,
  headers: Readonly<Record<string, string>>,
): Step[] {
  const retry = rejection.retryAfter === undefined ? {} : { 'retry-after': rejection.retryAfter }
  const own = format.errorHeaders?.(rejection)
  const head = { status: rejection.status, headers: { ...JSON_TYPE, ...headers, ...own, ...retry } }
  return [{ type: 'whole', head, body: format.writeError(rejection), tokens: 0, isStream: false }]
}

function wholeHead(scene: Scene): Head {
  return { status: 200, headers: { ...JSON_TYPE, ...scene.headers } }
}

/** Frames, with what the fault puts in their place. */
function* faulted(frames: Iterable<Frame>, scene: Scene): Generator<Frame | Step> {
  const { behaviour, call, stamp } = scene
  const { fault } = behaviour
  if (fault.type === 'none' || fault.type === 'status' || fault.type === 'reset') {
    yield* frames
    yield { type: 'end' }
    return
  }
  let tokens = 0
  let isBroken = false
  let sentFrames = 0
  for (const frame of frames) {
    const isReached = tokens >= fault.afterTokens && (hasOpened(tokens, frame) || isAtOnce(scene, sentFrames))
    if (!isReached || isBroken) {
      yield frame
      tokens += frame.tokens
      sentFrames += 1
      continue
    }
    if (fault.type === 'malformed' && frame.data.length === 0) {
      tokens += frame.tokens
      continue
    }
    if (fault.type === 'malformed') {
      yield { data: scene.format.breakFrame(frame), tokens: frame.tokens }
      tokens += frame.tokens
      isBroken = true
      continue
    }
    if (fault.type === 'error-in-200')
      yield { data: scene.format.writeStreamError(scene.error, { sentFrames, call, stamp }), tokens: 0 }
    yield { type: fault.type === 'error-in-200' ? 'end' : fault.type === 'cut' ? 'close' : 'stall' }
    return
  }
  yield { type: 'end' }
}

/** What comes before the first token (a role, a ping) is let through: it must not commit anyone to this answer. */
function hasOpened(tokens: number, frame: Frame): boolean {
  return tokens > 0 || frame.tokens > 0
}

/** An error is the first event it can be; and an answer without tokens has its fault at once, instead of never. */
function isAtOnce({ behaviour, format, answer }: Scene, sentFrames: number): boolean {
  const isError = behaviour.fault.type === 'error-in-200' && sentFrames >= (format.openingFrames ?? 0)
  return isError || answer.completionTokens === 0
}

/** Frames as writes: with the waits asked for, byte by byte, or as many in one write as arrive without a wait. */
function* paced(frames: Iterable<Frame | Step>, behaviour: Behaviour): Generator<Step> {
  let burst: (string | Uint8Array)[] = []
  let length = 0
  let tokens = 0
  let hasStarted = false
  for (const frame of frames) {
    if (!('data' in frame) || 'type' in frame) {
      if (burst.length > 0) yield { type: 'send', data: joined(burst), tokens }
      if ('type' in frame) yield frame
      return
    }
    const delay = frame.tokens === 0 ? 0 : hasStarted ? behaviour.tokenDelayMs : behaviour.firstTokenDelayMs
    hasStarted ||= frame.tokens > 0
    if (burst.length > 0 && (delay > 0 || length >= BURST_LENGTH)) {
      yield { type: 'send', data: joined(burst), tokens }
      burst = []
      length = 0
      tokens = 0
    }
    if (delay > 0) yield { type: 'wait', milliseconds: delay }
    if (behaviour.isDribbled) {
      yield* dribbled(bytesOf(frame.data), frame.tokens, true)
    } else {
      if (frame.data.length > 0) burst.push(frame.data)
      length += frame.data.length
      tokens += frame.tokens
    }
  }
}

function* dribbled(bytes: Uint8Array, tokens: number, isDribbled: boolean): Generator<Step> {
  if (!isDribbled) {
    if (bytes.length > 0) yield { type: 'send', data: bytes, tokens }
    return
  }
  for (let index = 0; index < bytes.length; index += 1) {
    const isLast = index === bytes.length - 1
    yield { type: 'send', data: bytes.subarray(index, index + 1), tokens: isLast ? tokens : 0 }
    // A wait of nothing ends the write, so that the next byte is a write of its own.
    yield { type: 'wait', milliseconds: 0 }
  }
}

/** A JSON body whose text goes on and on. */
function* endlessSteps(scene: Scene): Generator<Step> {
  const { format, call, behaviour, answer, stamp } = scene
  const [text] = answer.choices
  const marked = {
    ...answer,
    completionTokens: 0,
    choices: [
      {
        reasoning: text?.reasoning ?? [],
        text: [ENDLESS_MARK],
        calls: [],
        finish: 'stop' as const,
        stoppedBy: undefined,
      },
    ],
  }
  const written = format.writeAnswer(call, marked, stamp)
  const delay = behaviour.headDelayMs + behaviour.firstTokenDelayMs
  if (delay > 0) yield { type: 'wait', milliseconds: delay }
  yield { type: 'head', head: wholeHead(scene) }
  yield { type: 'send', data: written.slice(0, written.indexOf(WRITTEN_MARK)), tokens: 0 }
  for (const token of text?.text ?? []) {
    if (behaviour.tokenDelayMs > 0) yield { type: 'wait', milliseconds: behaviour.tokenDelayMs }
    yield { type: 'send', data: JSON.stringify(token).slice(1, -1), tokens: 1 }
  }
}

/** Pieces as one write. A format's frames are all text or all bytes. */
function joined(pieces: readonly (string | Uint8Array)[]): string | Uint8Array {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('')
  const parts = pieces.map(bytesOf)
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? encode(data) : data
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
