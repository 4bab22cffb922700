import type { Clock } from '../core/ports.ts'

/** Something that the gateway depends on. What it says is told to anyone: no addresses, no paths. */
export type HealthCheck = {
  readonly name: string
  /** Whether it is configured at the moment; it is when left out. */
  isUsed?(): boolean
  /** What is wrong with it; `undefined` when nothing is. */
  problem(): string | undefined | Promise<string | undefined>
  /** Whether the gateway cannot do its work while there is a problem. */
  isNeeded(): boolean
}

export type Readiness = { readonly ready: boolean; readonly checks: Readonly<Record<string, string>> }

const DEADLINE_MS = 1_000
const LATE = `no answer within ${DEADLINE_MS} ms`

/**
 * Asks every check, as of now: what mends itself is ready again at the next question. Never takes longer than a second,
 * and many who ask at once are answered by one round.
 */
export function createReadiness(checks: readonly HealthCheck[], clock: Pick<Clock, 'timer'>): () => Promise<Readiness> {
  let running: Promise<Readiness> | undefined

  async function ask(): Promise<Readiness> {
    const used = checks.filter((check) => check.isUsed?.() !== false)
    const asked = await Promise.all(used.map(async (check) => ({ check, problem: await inTime(check, clock) })))
    return {
      ready: asked.every(({ check, problem }) => problem === undefined || !check.isNeeded()),
      checks: Object.fromEntries(asked.map(({ check, problem }) => [check.name, problem ?? 'ok'])),
    }
  }

  return () => {
    running ??= ask().finally(() => {
      running = undefined
    })
    return running
  }
}

function inTime(check: HealthCheck, clock: Pick<Clock, 'timer'>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = clock.timer(DEADLINE_MS, () => resolve(LATE))
    const over = (problem: string | undefined): void => {
      timer.cancel()
      resolve(problem)
    }
    Promise.resolve()
      .then(() => check.problem())
      .then(over, () => over('it cannot be asked'))
  })
}
