import type { Store } from '../core/ports.ts'
import type { Signals } from '../core/router.ts'

/** A routed call as it is asked. */
export type AskedCall = {
  readonly id: string
  /** Who asks: the name of the key. */
  readonly key: string
  readonly signals: Signals
  /** The user's last turn; only its digest is kept. */
  readonly lastTurn: string
}

export type Retries = {
  /** The id of the earlier call that this one asks again; `undefined` when it is none. */
  earlier(call: AskedCall, now: number): string | undefined
}

export type Asked = {
  readonly id: string
  readonly at: number
  readonly turns: number
  readonly promptTokens: number
  readonly times: number
}

/** Who was content does not ask again within two minutes; who comes back after an hour may want it anew. */
export const RETRY_WITHIN_MS = 120_000
// Not "continue" or "yes", which are said again and again.
const LEAST_TOKENS = 8
// Who asks the same a fourth time is a program: a health check, a test, somebody who draws samples.
const MOST_TIMES = 3

/** Knows a question that its caller asks again. Keeps digests, no text. */
export function createRetries(store: Store<Asked>, digest: (text: string) => string): Retries {
  return {
    earlier({ id, key, signals, lastTurn }, now) {
      const { phase, turns, promptTokens, lastTurnTokens } = signals
      if (phase === 'tool-loop' || lastTurn === '') return undefined
      const name = digest(`${key}\n${lastTurn}`)
      const before = store.get(name)
      const isSoon = before !== undefined && now - before.at <= RETRY_WITHIN_MS
      const times = isSoon ? before.times + 1 : 1
      store.set(name, { id, at: now, turns, promptTokens, times })
      if (!isSoon || times > MOST_TIMES) return undefined
      const isSameCall = before.turns === turns && before.promptTokens === promptTokens
      return isSameCall || lastTurnTokens >= LEAST_TOKENS ? before.id : undefined
    },
  }
}
