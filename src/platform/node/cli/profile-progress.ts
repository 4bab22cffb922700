import type { GatewayError } from '../../../core/errors.ts'
import type { Clock } from '../../../core/ports.ts'
import type { Facts } from '../../../core/target.ts'
import type { GradedProbe, LeftOut } from '../../../probes/run-probes.ts'
import { priceUsage } from '../../../usage/price.ts'
import { dollars } from './describe-dropped.ts'
import { createPaint, widthOf } from './terminal.ts'

/** How far a run is: one line that is rewritten on a terminal, now and then a line of its own elsewhere. */
export type Progress = {
  graded(graded: GradedProbe): void
  leftOut(leftOut: LeftOut): void
  paused(milliseconds: number, error: GatewayError): void
  /** Ends the line. */
  done(): void
}

const REDRAW_MS = 200
const PLAIN_LINE_MS = 10_000
// An hour of one model's pauses is not worth an hour of lines.
const SHOWN_FAILURES = 5

/** Shows on `stream` how far a run of `total` probes is. Call `done` at its end. */
export function createProgress(stream: NodeJS.WriteStream, total: number, clock: Clock, facts: Facts): Progress {
  const paint = createPaint(stream)
  const startedAt = clock.monotonic()
  let asked = 0
  let right = 0
  let failures = 0
  let costUsd = 0
  let pausedUntil = 0
  let lastPlainAt = startedAt

  function line(): string {
    const seconds = (clock.monotonic() - startedAt) / 1_000
    const rate = asked / Math.max(seconds, 0.001)
    const waits = (pausedUntil - clock.monotonic()) / 1_000
    return [
      `${asked}/${total} asked`,
      `${right} right`,
      ...(failures === 0 ? [] : [`${failures} left out`]),
      ...(asked === 0 ? [] : [`${rate.toFixed(rate < 10 ? 1 : 0)}/s`, `${duration((total - asked) / rate)} left`]),
      ...(costUsd > 0 ? [dollars(costUsd)] : []),
      ...(waits > 0.5 ? [`paused for ${duration(waits)}`] : []),
    ].join(' · ')
  }

  function draw(): void {
    if (stream.isTTY) stream.write(`\r${line().slice(0, widthOf(stream) - 1)}\u001b[K`)
    else if (clock.monotonic() - lastPlainAt >= PLAIN_LINE_MS) {
      lastPlainAt = clock.monotonic()
      stream.write(`${line()}\n`)
    }
  }

  function note(text: string): void {
    stream.write(`${stream.isTTY ? '\r\u001b[K' : ''}${text}\n`)
  }

  // It also keeps the process alive through a pause: the clock's own timers do not.
  const ticker = setInterval(draw, REDRAW_MS)
  draw()
  return {
    graded({ score, usage }) {
      asked += 1
      right += score
      costUsd += usage === undefined ? 0 : (priceUsage(facts, usage) ?? 0)
    },
    leftOut({ probe, error }) {
      asked += 1
      failures += 1
      if (failures <= SHOWN_FAILURES) note(`${paint('yellow', '!')} ${probe.id} left out: ${error.code}`)
    },
    paused(milliseconds) {
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + milliseconds)
    },
    done() {
      clearInterval(ticker)
      pausedUntil = 0
      if (stream.isTTY) stream.write(`\r${line()}\u001b[K\n`)
      else stream.write(`${line()}\n`)
    },
  }
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`
}
