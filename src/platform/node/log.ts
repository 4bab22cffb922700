import type { Log } from '../../core/ports.ts'

const MAX_BUFFERED_BYTES = 4 * 1024 * 1024

/** The narrow piece of a stream a log needs. */
export type LogStream = { write(text: string): boolean; readonly writableLength: number }

/**
 * JSON lines, written once per turn of the event loop. When the reader of the stream is too slow, lines are dropped
 * and counted: a log must never hold up or outgrow the gateway.
 */
export function createLog(stream: LogStream, now: () => number): Log {
  let pending = ''
  let dropped = 0

  // A thousand lines of one millisecond share their time stamp.
  let stampedAt = 0
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
    const lines = pending
    pending = ''
    stream.write(lines)
  }

  return (level, event, fields) => {
    if (stream.writableLength + pending.length > MAX_BUFFERED_BYTES) {
      dropped += 1
      return
    }
    if (pending === '') setImmediate(flush)
    const rest = fields === undefined ? '' : JSON.stringify(fields).slice(1, -1)
    const lost = dropped === 0 ? '' : `,"dropped":${dropped}`
    dropped = 0
    pending += `{"time":"${time()}","level":"${level}","event":"${event}"${rest === '' ? '' : `,${rest}`}${lost}}\n`
  }
}
