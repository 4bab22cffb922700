import { GatewayError } from './errors.ts'
import { isObjectText } from './object-text.ts'
import { refuseFailed } from './refuse-failed.ts'
import type { FinishReason, StreamPart, Usage } from './stream-part.ts'
import { isCutShort, mergeUsage } from './stream-part.ts'

/** Puts an upstream's parts in the order that every writer relies on. */
export type PartTidier = {
  push(parts: readonly StreamPart[]): StreamPart[]
  /** What was held back, the last usage, the finish. Throws `stream_interrupted` when no finish was ever said. */
  end(): StreamPart[]
}

type Queued = StreamPart | { readonly type: 'call'; readonly call: Call }

type Call = {
  readonly start: StreamPart & { type: 'tool-call-start' }
  /** The arguments as far as they came. */
  text: string
  /** The upstream said so. */
  hasEnded: boolean
  /** The rest of it goes nowhere. */
  isClosed: boolean
  /** Something of its arguments went out. */
  isSaid: boolean
  /** The arguments end with a brace, and nobody has looked yet whether it is the last one. */
  mayBeWhole: boolean
  /** How many of its characters came once more after the client had its end. */
  echoed: number
}

// What models say for no arguments, and what may become that.
const NOTHING = /^\s*(?:null\s*)?$/
const MAYBE_NOTHING = /^\s*(?:n(?:u(?:l(?:l\s*)?)?)?)?$/
// White space that a model repeats without end is not held for ever.
const MAX_HELD_CHARACTERS = 256
const MAX_QUEUED_CHARACTERS = 8 * 1024 * 1024
const CHARACTERS_OF_A_PART = 32

/**
 * Parts as readers give them, made orderly; what comes out holds for every upstream:
 * one `response-start` first; tool calls with dense indexes from 0, one after the other, each with its start, its deltas
 * and its end, with an id and with arguments that are never empty; at the end one `usage` where the upstream counted and one
 * `response-end`, whose reason fits the content (design/tool-calling.md §2.1). Other parts keep their order.
 * The first open call streams; what comes while it is open waits for its end: that which the upstream says, or the end of
 * its arguments' object where something else follows, since most servers say none. `usedIds` are those of the calls
 * before: servers that count from 0 in every turn give them again, and clients overwrite results.
 */
export function createTidier(callId: string, usedIds: Iterable<string> = []): PartTidier {
  let hasStarted = false
  let usage: Usage | undefined
  let end: (StreamPart & { type: 'response-end' }) | undefined
  // By the upstream's index: some upstreams interleave.
  const open = new Map<number, Call>()
  const queue: Queued[] = []
  // The first that was not let out; the others before it are gone once all are.
  let head = 0
  let queuedCharacters = 0
  let current: Call | undefined
  let calls = 0
  const ids = new Set(usedIds)

  function push(parts: readonly StreamPart[]): StreamPart[] {
    const out: StreamPart[] = []
    for (const part of parts) take(part, out)
    return out
  }

  function take(part: StreamPart, out: StreamPart[]): void {
    switch (part.type) {
      case 'response-start':
        if (!hasStarted) out.push(part)
        hasStarted = true
        return
      case 'usage':
        usage = usage === undefined ? part.usage : mergeUsage(usage, part.usage)
        return
      case 'response-end':
        end = part
        return
      case 'tool-call-start':
        startCall(part, out)
        return
      case 'tool-call-delta':
        extendCall(part.index, part.argumentsText, out)
        return
      case 'tool-call-end':
        endCall(part.index, out)
        return
      default:
        makeWay(out)
        if (current === undefined) begun(out).push(part)
        else enqueue(part)
    }
  }

  function begun(out: StreamPart[]): StreamPart[] {
    if (!hasStarted) out.push({ type: 'response-start', id: '', model: '' })
    hasStarted = true
    return out
  }

  function startCall(part: StreamPart & { type: 'tool-call-start' }, out: StreamPart[]): void {
    const known = open.get(part.index)
    // Some servers repeat the name with every delta: one call all the same.
    if (known !== undefined && !known.hasEnded && (part.id === '' || part.id === known.start.id)) return
    const call: Call = {
      start: part,
      text: '',
      hasEnded: false,
      isClosed: false,
      isSaid: false,
      mayBeWhole: false,
      echoed: 0,
    }
    open.set(part.index, call)
    makeWay(out)
    if (current === undefined) announce(call, begun(out))
    else enqueue({ type: 'call', call })
  }

  function announce(call: Call, out: StreamPart[]): void {
    current = call
    out.push({ ...call.start, index: calls, id: uniqueId(call.start.id) })
    calls += 1
    begin(call, out)
  }

  /** The first of a call's arguments, as soon as they cannot be none. */
  function begin(call: Call, out: StreamPart[]): void {
    if (call.text === '') return
    const isHeld = call.start.custom !== true && call.text.length <= MAX_HELD_CHARACTERS
    if (isHeld && MAYBE_NOTHING.test(call.text)) return
    call.isSaid = true
    out.push(delta(call.text))
  }

  function uniqueId(said: string): string {
    const id = said !== '' && !ids.has(said) ? said : `call_${callId}_${calls}`
    ids.add(id)
    return id
  }

  function delta(argumentsText: string): StreamPart {
    return { type: 'tool-call-delta', index: calls - 1, argumentsText }
  }

  function extendCall(index: number, text: string, out: StreamPart[]): void {
    const call = open.get(index)
    if (call === undefined || text === '') return
    if (call.isClosed || call.hasEnded) {
      passOver(call, text)
      return
    }
    call.text += text
    const last = text.trimEnd()
    if (last !== '') call.mayBeWhole = last.endsWith('}')
    if (call !== current) {
      count(text.length)
      makeWay(out)
    } else if (call.isSaid) out.push(delta(text))
    else begin(call, out)
  }

  function endCall(index: number, out: StreamPart[]): void {
    const call = open.get(index)
    if (call === undefined) return
    call.hasEnded = true
    if (call === current && isOver(call, false)) closeCurrent(out)
  }

  /** Something else comes: the open call ends if it can. */
  function makeWay(out: StreamPart[]): void {
    if (current !== undefined && isOver(current, true)) closeCurrent(out)
  }

  function enqueue(part: Queued): void {
    queue.push(part)
    count(charactersOf(part))
  }

  function dequeue(): Queued | undefined {
    const next = queue[head]
    if (next === undefined) {
      queue.length = 0
      head = 0
      return undefined
    }
    head += 1
    queuedCharacters -= charactersOf(next)
    return next
  }

  function count(characters: number): void {
    queuedCharacters += characters
    if (queuedCharacters <= MAX_QUEUED_CHARACTERS) return
    throw new GatewayError('upstream_malformed', 'The model sent too much while a tool call of its was open.', {
      detail: { characters: queuedCharacters },
    })
  }

  /** Ends the open call and lets out what waited for it, up to the next call that goes on. */
  function closeCurrent(out: StreamPart[]): void {
    do {
      finishCurrent(out)
      releaseNext(out)
    } while (current !== undefined && isOver(current, head < queue.length))
  }

  function releaseNext(out: StreamPart[]): void {
    for (let next = dequeue(); next !== undefined; next = dequeue()) {
      if (next.type === 'call') {
        announce(next.call, out)
        return
      }
      out.push(next)
    }
  }

  function finishCurrent(out: StreamPart[]): void {
    if (current === undefined) return
    const { start, text, isSaid } = current
    const isCut = end !== undefined && isCutShort(end.finishReason) && wasOpen(current, head >= queue.length)
    if (start.custom !== true && !isSaid) {
      if (!NOTHING.test(text)) out.push(delta(text))
      // With empty ones it would be executed.
      else if (!isCut) out.push(delta('{}'))
    }
    out.push({ type: 'tool-call-end', index: calls - 1, ...(isCut ? { isCut } : {}) })
    current.isClosed = true
    current = undefined
  }

  return {
    push,
    end() {
      const out: StreamPart[] = []
      while (current !== undefined) closeCurrent(out)
      if (end === undefined) {
        throw new GatewayError('stream_interrupted', 'The model ended its answer without saying that it was complete.')
      }
      refuseFailed(end.finishReason, end.raw)
      begun(out)
      if (usage !== undefined) out.push({ type: 'usage', usage })
      out.push({ ...end, finishReason: fitting(end.finishReason, calls > 0) })
      return out
    },
  }
}

/** Decided from the content, not from the label: labels contradict it, and clients loop or stop on the label. */
function fitting(said: FinishReason, hasCalls: boolean): FinishReason {
  if (isCutShort(said)) return said
  if (hasCalls) return 'tool-calls'
  return said === 'tool-calls' ? 'stop' : said
}

/**
 * Whether a call has ended. Without an end from the upstream only what follows can tell: a text that parses may still be
 * the beginning of another (design/tool-calling.md §2.3). Whether one with an end was cut short before it, too.
 */
function isOver(call: Call, isFollowed: boolean): boolean {
  const { start, text, hasEnded } = call
  if (hasEnded) return isFollowed || start.custom === true || isObjectText(text)
  if (!isFollowed || start.custom === true || !call.mayBeWhole) return false
  call.mayBeWhole = false
  return isObjectText(text)
}

/** Whether a call was going on where the answer was cut: the last one, or one of several that came interleaved. */
function wasOpen({ start, text, hasEnded }: Call, isLast: boolean): boolean {
  if (start.custom === true || isObjectText(text)) return false
  return isLast || (!hasEnded && !NOTHING.test(text))
}

const SURPLUS = /^[\s}\]]+/

/**
 * It is too late for more where the client has the end already; what came after the upstream's own end never counted.
 * Servers flush a call's arguments twice (vllm-project/vllm#51697), or one bracket too many: the client misses nothing.
 */
function passOver(call: Call, text: string): void {
  if (call.hasEnded) return
  const said = call.text.trim()
  let rest = text
  while (rest !== '') {
    if (call.echoed === 0) rest = rest.replace(SURPLUS, '')
    const again = rest.slice(0, said.length - call.echoed)
    if (!said.startsWith(again, call.echoed)) {
      throw new GatewayError('upstream_malformed', 'The model went on with a tool call that was complete.')
    }
    call.echoed = (call.echoed + again.length) % said.length
    rest = rest.slice(again.length)
  }
}

function charactersOf(part: Queued): number {
  switch (part.type) {
    case 'call':
      return CHARACTERS_OF_A_PART + part.call.text.length
    case 'media':
      return CHARACTERS_OF_A_PART + part.data.length
    default:
      return CHARACTERS_OF_A_PART + ('text' in part ? part.text.length : 0)
  }
}
