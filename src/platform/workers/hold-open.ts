import { waitUntil } from 'cloudflare:workers'

const RENEWED_MS = 20_000

/**
 * Keeps a call alive until `over`: after its client has left, so that what it has begun is ended in order, and while it waits for
 * another call alone, which the runtime would take for waiting for nothing.
 */
export function holdOpen<Result>(over: Promise<Result>): Promise<Result> {
  let timer = setTimeout(renew, RENEWED_MS)
  function renew(): void {
    timer = setTimeout(renew, RENEWED_MS)
  }
  const held = over.finally(() => clearTimeout(timer))
  waitUntil(held)
  return held
}
