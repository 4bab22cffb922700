// Where server-sent events begin and end in a stretch of complete ones whose lines end with line feeds.

const LF = 10
const CR = 13
const decoder = new TextDecoder()

/** Where the frame of the line at `lineStart` begins: right after the last empty line before it. */
export function frameStart(frames: Uint8Array, lineStart: number): number {
  let start = lineStart
  while (start > 0) {
    const before = start < 2 ? 0 : frames.lastIndexOf(LF, start - 2) + 1
    const isEmpty = before === start - 1 || (before === start - 2 && frames[before] === CR)
    if (isEmpty) return start
    start = before
  }
  return start
}

/** Whether the value of the frame at `start` stands on more than one line. */
export function isOverLines(frames: Uint8Array, start: number): boolean {
  const lines = decoder.decode(frames.subarray(start, frameEnd(frames, start))).split('\n')
  return lines.filter((line) => line.startsWith('data:')).length > 1
}

/** Where the first empty line after `start` begins. */
function frameEnd(frames: Uint8Array, start: number): number {
  let newline = frames.indexOf(LF, start)
  while (newline >= 0) {
    const next = newline + 1
    if (frames[next] === LF || (frames[next] === CR && frames[next + 1] === LF)) return next
    newline = frames.indexOf(LF, next)
  }
  return frames.length
}

/** A last frame that the upstream did not close with an empty line. */
export function closeFrame(rest: Uint8Array): Uint8Array {
  const closed = new Uint8Array(rest.length + 2)
  closed.set(rest)
  closed.fill(10, rest.length)
  return closed
}
