import { waitUntil } from 'cloudflare:workers'
import type { Background, Log } from '../../core/ports.ts'

/** Work that goes on after the answer of the call that began it, for as long as the runtime lets it: half a minute. */
export function createCallBackground(log: Log): Background {
  return {
    run(work) {
      waitUntil(work().catch((cause: unknown) => log('error', 'background_failed', { cause: String(cause) })))
    },
    // Each call waits for its own.
    drain: () => Promise.resolve(),
  }
}
