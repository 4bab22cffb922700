import type { Clock, Timer } from '../../core/ports.ts'

/** Monotonic and wall time, and timers. */
export const webClock: Clock = {
  monotonic: () => performance.now(),
  now: () => Date.now(),
  timer: webTimer,
}

/** `cancel` holds from wherever it is called, also where the runtime forgets only the caller’s own timers. */
export function webTimer(milliseconds: number, fire: () => void): Timer {
  let isOver = false
  let handle = setTimeout(end, milliseconds)
  function end(): void {
    if (isOver) return
    isOver = true
    fire()
  }
  return {
    cancel() {
      isOver = true
      clearTimeout(handle)
    },
    refresh() {
      clearTimeout(handle)
      isOver = false
      handle = setTimeout(end, milliseconds)
    },
  }
}
