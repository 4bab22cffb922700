import type { Clock } from '../../../core/ports.ts'
import { widthOf } from './terminal.ts'

/** Says how far something is that may be over at once: nothing at all before two seconds have passed. */
export type SlowProgress = {
  say(text: string): void
  /** Takes the line away. */
  done(): void
}

const QUIET_MS = 2_000
const REDRAW_MS = 200
const PLAIN_LINE_MS = 10_000

/** One line that is rewritten on a terminal, now and then a line of its own elsewhere. */
export function createSlowProgress(stream: NodeJS.WriteStream, clock: Clock): SlowProgress {
  const startedAt = clock.monotonic()
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    say(text) {
      const now = clock.monotonic()
      if (now - startedAt < QUIET_MS || now - shownAt < (stream.isTTY ? REDRAW_MS : PLAIN_LINE_MS)) return
      shownAt = now
      stream.write(stream.isTTY ? `\r${text.slice(0, widthOf(stream) - 1)}\u001b[K` : `${text}\n`)
    },
    done() {
      if (stream.isTTY && Number.isFinite(shownAt)) stream.write('\r\u001b[K')
    },
  }
}
