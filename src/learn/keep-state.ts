import type { Ports } from '../core/ports.ts'
import type { Learning } from './learning.ts'

/** Where what was learned outlives the process. */
export type StateFile = {
  /** `undefined` where nothing was kept. Throws where it cannot be read. */
  read(): string | undefined
  /** All of it or nothing. */
  write(text: string): Promise<void>
  /** Lays aside what cannot be used, so that the next write does not lose it. */
  setAside(): void
}

const WAIT_MS = 10_000

/** Takes over what was kept, and writes what is learned in the background, at most every ten seconds. */
export function keepState(
  learning: Learning,
  file: StateFile,
  { clock, background, log }: Pick<Ports, 'clock' | 'background' | 'log'>,
): { flush(): Promise<void> } {
  let isDue = false

  try {
    const text = file.read()
    if (text !== undefined) learning.restore(text)
  } catch (cause) {
    log('error', 'learned_not_used', { problem: cause instanceof Error ? cause.message : String(cause) })
    file.setAside()
  }

  async function write(): Promise<void> {
    if (!isDue) return
    isDue = false
    try {
      await file.write(learning.state())
    } catch (cause) {
      // With the next change, or at the end.
      isDue = true
      log('error', 'learned_not_kept', { problem: cause instanceof Error ? cause.message : String(cause) })
    }
  }

  learning.onChange(() => {
    isDue = true
    clock.timer(WAIT_MS, () => background.run(write))
  })
  return { flush: write }
}
