const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58
const QUOTE = 34
const OPEN = 123
const CLOSE = 125
const DONE = [91, 68, 79, 78, 69, 93] // [DONE]
const DATA = [100, 97, 116, 97, 58] // data:
const PREFIX_BYTES = 12

/** What a pass over complete frames found. `start` is where the line in question begins. */
export type SseFinding =
  | { readonly type: 'fine' }
  /** A payload that starts unlike its predecessor: worth parsing. Go on with `accept`. */
  | { readonly type: 'suspect'; readonly start: number; readonly payload: Uint8Array }
  | { readonly type: 'malformed'; readonly start: number }

/** Looks over complete frames of an OpenAI-style stream without parsing them. */
export type SseScanner = {
  /** Looks at `frames` from `from` on; stops at the first payload that is not plainly fine, or at every one. */
  scan(frames: Uint8Array, from: number, stopsAtEvery: boolean): SseFinding
  /** Takes the suspect as fine after all; returns where to go on. */
  accept(suspect: Uint8Array): number
  isDone(): boolean
  dataFrames(): number
  /** The last few payloads, oldest first: finish reason and usage stand there. */
  lastPayloads(): readonly Uint8Array[]
}

const FINE: SseFinding = { type: 'fine' }

/**
 * Every payload must be `[DONE]` or look like a JSON object: it opens with `{"` and closes with `}`.
 * Payloads of one stream start alike (`{"id":"chatcmpl-…`), so one with another start may be an error object.
 * Parsing every frame would cost more than forwarding it (design/performance.md §4).
 */
export function createSseScanner(keepLast: number): SseScanner {
  let isDone = false
  let dataFrames = 0
  let next = 0
  let prefix: Uint8Array | undefined
  // Positions only: a view a payload would be the dearest thing this scan does.
  const last: { source: Uint8Array; start: number; end: number }[] = []

  function remember(source: Uint8Array, start: number, end: number): void {
    const slot = last[dataFrames % keepLast]
    dataFrames += 1
    if (slot === undefined) {
      last.push({ source, start, end })
      return
    }
    slot.source = source
    slot.start = start
    slot.end = end
  }

  return {
    scan(frames, from, stopsAtEvery) {
      let start = from
      while (start < frames.length) {
        const newline = frames.indexOf(LF, start)
        const lineEnd = newline < 0 ? frames.length : newline
        next = lineEnd + 1
        const end = lineEnd > start && frames[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
        const payloadStart = dataStart(frames, start, end)
        if (payloadStart > 0 && !isDoneMark(frames, payloadStart, end)) {
          if (!looksLikeObject(frames, payloadStart, end)) return { type: 'malformed', start }
          if (stopsAtEvery || prefix === undefined || !matches(frames, payloadStart, prefix)) {
            return { type: 'suspect', start, payload: frames.subarray(payloadStart, end) }
          }
          remember(frames, payloadStart, end)
        } else if (payloadStart > 0) {
          isDone = true
        }
        start = next
      }
      return FINE
    },
    accept(suspect) {
      prefix = suspect.slice(0, PREFIX_BYTES)
      remember(suspect, 0, suspect.length)
      return next
    },
    isDone: () => isDone,
    dataFrames: () => dataFrames,
    lastPayloads() {
      const oldest = dataFrames < keepLast ? 0 : dataFrames % keepLast
      return [...last.slice(oldest), ...last.slice(0, oldest)].map(({ source, start, end }) =>
        source.subarray(start, end),
      )
    },
  }
}

/** Index of the payload of a `data:` line, or -1 for any other line. */
function dataStart(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < DATA.length || bytes[start] === COLON || !matches(bytes, start, DATA)) return -1
  const after = start + DATA.length
  return bytes[after] === SPACE ? after + 1 : after
}

function isDoneMark(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === DONE.length && matches(bytes, start, DONE)
}

function looksLikeObject(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2 || bytes[start] !== OPEN || bytes[end - 1] !== CLOSE) return false
  let second = start + 1
  while (bytes[second] === SPACE) second += 1
  return bytes[second] === QUOTE || second === end - 1
}

function matches(bytes: Uint8Array, start: number, expected: ArrayLike<number>): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[start + index] !== expected[index]) return false
  }
  return true
}
