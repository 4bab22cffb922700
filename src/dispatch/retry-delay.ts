const BASE_MS = 100
const CAP_MS = 2_000

/** Milliseconds to wait before trying the same target again: exponential, fully jittered. */
export function retryDelay(attempt: number, random: () => number): number {
  return random() * Math.min(BASE_MS * 2 ** attempt, CAP_MS)
}
