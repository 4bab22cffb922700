import type { Clock } from '../../../core/ports.ts'

export type LateProgress = {
  /** How much is done, 0..1, and of what. */
  at(share: number, what: string): void
  /** Takes the bar away. */
  done(): void
}

const LATE_MS = 2_000
const REDRAW_MS = 200
const PLAIN_LINE_MS = 10_000
const CELLS = 24

/** A bar on `stream` for work that takes longer than two seconds; now and then a line where it is no terminal. */
export function createLateProgress(stream: NodeJS.WriteStream, clock: Pick<Clock, 'monotonic'>): LateProgress {
  let nextAt = clock.monotonic() + LATE_MS
  let isDrawn = false
  return {
    at(share, what) {
      const now = clock.monotonic()
      if (now < nextAt) return
      const full = Math.round(share * CELLS)
      const text = `${'█'.repeat(full)}${'░'.repeat(CELLS - full)} ${(share * 100).toFixed(0)} %  ${what}`
      isDrawn = stream.isTTY
      nextAt = now + (stream.isTTY ? REDRAW_MS : PLAIN_LINE_MS)
      stream.write(stream.isTTY ? `\r${text}\u001b[K` : `${text}\n`)
    },
    done() {
      if (isDrawn) stream.write('\r\u001b[K')
    },
  }
}
