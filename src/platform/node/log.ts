import type { Log } from '../../core/ports.ts'

const FLUSH_MS = 25
const FLUSH_CHARACTERS = 32 * 1024
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024

/** The narrow piece of a stream a log needs. */
export type LogStream = { write(text: string): boolean; readonly writableLength: number }

export type BufferedLog = Log & {
  flush(): void
  /** Lines that were dropped so far. */
  dropped(): number
}

/**
 * JSON lines, written together at most 25 ms late: a write a line would cost a busy gateway a tenth of its time.
 * When the reader of the stream is too slow, lines are dropped and counted: a log must never hold up or outgrow the
 * gateway. Flush it before the process ends.
 */
export function createLog(stream: LogStream, now: () => number): BufferedLog {
  let pending = ''
  let dropped = 0
  let droppedInAll = 0
  let timer: NodeJS.Timeout | undefined

  // A thousand lines of one millisecond share their time stamp.
  let stampedAt = -1
  let stamp = ''
  function time(): string {
    const at = now()
    if (at !== stampedAt) {
      stampedAt = at
      stamp = new Date(at).toISOString()
    }
    return stamp
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (pending === '') return
    const lines = pending
    pending = ''
    stream.write(lines)
  }

  const log: Log = (level, event, fields) => {
    if (stream.writableLength + pending.length > MAX_BUFFERED_BYTES) {
      dropped += 1
      droppedInAll += 1
      return
    }
    const rest = fields === undefined ? '' : JSON.stringify(fields).slice(1, -1)
    const lost = dropped === 0 ? '' : `,"dropped":${dropped}`
    dropped = 0
    pending += `{"time":"${time()}","level":"${level}","event":"${event}"${rest === '' ? '' : `,${rest}`}${lost}}\n`
    if (pending.length > FLUSH_CHARACTERS) flush()
    else timer ??= setTimeout(flush, FLUSH_MS)
  }
  return Object.assign(log, { flush, dropped: () => droppedInAll })
}
