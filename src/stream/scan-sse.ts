import type { WordFinder } from './find-words.ts'

const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58
const QUOTE = 34
const OPEN = 123
const CLOSE = 125
const DONE = [91, 68, 79, 78, 69, 93] // [DONE]
const DATA_BYTES = 5 // data:
const PREFIX_BYTES = 12

/** What a pass over complete frames found. `start` is where the line in question begins. */
export type SseFinding =
  | { readonly type: 'fine' }
  /**
   * A payload that is worth parsing. Go on with `accept`. `isTelling`: it starts like its predecessor, and one of the words
   * stands in it.
   */
  | { readonly type: 'suspect'; readonly start: number; readonly payload: Uint8Array; readonly isTelling: boolean }
  | { readonly type: 'malformed'; readonly start: number }

/** Looks over complete frames of an OpenAI-style stream without parsing them. */
export type SseScanner = {
  /** Looks at `frames` from `from` on; stops at the first payload that is not plainly fine, or at every one. */
  scan(frames: Uint8Array, from: number, stopsAtEvery: boolean): SseFinding
  /** Takes the suspect as fine after all; returns where to go on. */
  accept(suspect: Uint8Array): number
  isDone(): boolean
  dataFrames(): number
  /** One of the last few payloads, 0 being the last: finish reason and usage stand there. `undefined` beyond them. */
  payloadFromEnd(index: number): Uint8Array | undefined
}

const FINE: SseFinding = { type: 'fine' }

/**
 * Every payload must be `[DONE]` or look like a JSON object: it opens with `{"` and closes with `}`.
 * Payloads of one stream start alike (`{"id":"chatcmpl-…`), so one with another start may be an error object; and one that
 * starts alike may hold one, which words as `"error"` tell. Parsing every frame would cost more than forwarding it
 * (design/performance.md §4).
 */
export function createSseScanner(keepLast: number, tells: WordFinder): SseScanner {
  return new Scanner(keepLast, tells)
}

/** A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
class Scanner implements SseScanner {
  private hasEnded = false
  private frames = 0
  private next = 0
  private prefix: Uint8Array | undefined = undefined
  private readonly keepLast: number
  private readonly tells: WordFinder
  // Positions only: a view a payload would be the dearest thing this scan does.
  private readonly last: { source: Uint8Array; start: number; end: number }[] = []

  constructor(keepLast: number, tells: WordFinder) {
    this.keepLast = keepLast
    this.tells = tells
  }

  scan(frames: Uint8Array, from: number, stopsAtEvery: boolean): SseFinding {
    let start = from
    while (start < frames.length) {
      if (frames[start] === LF) {
        start += 1
        continue
      }
      const newline = frames.indexOf(LF, start)
      const lineEnd = newline < 0 ? frames.length : newline
      this.next = lineEnd + 1
      const end = lineEnd > start && frames[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
      const payloadStart = dataStart(frames, start, end)
      if (payloadStart > 0 && !isDoneMark(frames, payloadStart, end)) {
        if (!looksLikeObject(frames, payloadStart, end)) return { type: 'malformed', start }
        const startsAnew = stopsAtEvery || !this.startsAsBefore(frames, payloadStart)
        if (startsAnew || this.tells(frames, payloadStart, end)) {
          return { type: 'suspect', start, payload: frames.subarray(payloadStart, end), isTelling: !startsAnew }
        }
        this.remember(frames, payloadStart, end)
      } else if (payloadStart > 0) {
        this.hasEnded = true
      }
      start = this.next
    }
    return FINE
  }

  accept(suspect: Uint8Array): number {
    this.prefix = suspect.slice(0, PREFIX_BYTES)
    this.remember(suspect, 0, suspect.length)
    return this.next
  }

  isDone(): boolean {
    return this.hasEnded
  }

  dataFrames(): number {
    return this.frames
  }

  payloadFromEnd(index: number): Uint8Array | undefined {
    if (index >= this.keepLast || index >= this.frames) return undefined
    const slot = this.last[(this.frames - 1 - index) % this.keepLast]
    return slot?.source.subarray(slot.start, slot.end)
  }

  private startsAsBefore(bytes: Uint8Array, start: number): boolean {
    const { prefix } = this
    if (prefix === undefined) return false
    for (let index = 0; index < prefix.length; index += 1) if (bytes[start + index] !== prefix[index]) return false
    return true
  }

  private remember(source: Uint8Array, start: number, end: number): void {
    const slot = this.last[this.frames % this.keepLast]
    this.frames += 1
    if (slot === undefined) {
      this.last.push({ source, start, end })
      return
    }
    slot.source = source
    slot.start = start
    slot.end = end
  }
}

/** Index of the payload of a `data:` line, or -1 for any other line. */
function dataStart(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < DATA_BYTES || bytes[start] !== 100 || bytes[start + 1] !== 97) return -1
  if (bytes[start + 2] !== 116 || bytes[start + 3] !== 97 || bytes[start + 4] !== COLON) return -1
  const after = start + DATA_BYTES
  return bytes[after] === SPACE ? after + 1 : after
}

function isDoneMark(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === DONE.length && DONE.every((code, index) => bytes[start + index] === code)
}

function looksLikeObject(bytes: Uint8Array, start: number, lineEnd: number): boolean {
  let end = lineEnd
  while (bytes[end - 1] === SPACE) end -= 1
  if (end - start < 2 || bytes[start] !== OPEN || bytes[end - 1] !== CLOSE) return false
  let second = start + 1
  while (bytes[second] === SPACE) second += 1
  return bytes[second] === QUOTE || second === end - 1
}
