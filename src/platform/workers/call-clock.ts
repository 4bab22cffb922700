import { waitUntil } from 'cloudflare:workers'
import type { Clock } from '../../core/ports.ts'
import { webClock, webTimer } from '../web/clock.ts'

/**
 * Timers of the call that sets them: the runtime ends them with it, and another call's cannot be used. Each keeps its call alive
 * until it rings or is cancelled, so that what has to be said after an answer is said. Time stands still while code runs
 * (https://developers.cloudflare.com/workers/reference/security-model/): what takes no I/O takes no milliseconds.
 */
export const callClock: Clock = {
  ...webClock,
  isPerCall: true,
  timer(milliseconds, fire) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = webTimer(milliseconds, () => {
      fire()
      resolve()
    })
    waitUntil(promise)
    return {
      cancel() {
        timer.cancel()
        resolve()
      },
      refresh: timer.refresh,
    }
  },
}
