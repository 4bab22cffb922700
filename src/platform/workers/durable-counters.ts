import type { Claim, Counters, Taken, Used } from '../../core/counters.ts'
import { GatewayError } from '../../core/errors.ts'
import type { Background, Log } from '../../core/ports.ts'
import type { CounterNamespace, CounterStub } from './bindings.ts'

type Ports = { readonly background: Background; readonly log: Log }

const POLL_MS = 250
const TRIES = 3
const GAVE_UP = { tokens: 0, nanoUsd: 0 } as const

/** Counters that all places share where the Worker runs: one Durable Object a key, which takes and settles one call after the other. */
export function createDurableCounters(objects: CounterNamespace, { background, log }: Ports): Counters {
  /** Said until it is heard, as far as the runtime lets a call live on: a hold that nobody settles ends with its lease. */
  function settle(counter: CounterStub, call: string, used: Used): void {
    background.run(async () => {
      for (let tries = 1; ; tries += 1) {
        try {
          await counter.settle(call, used)
          return
        } catch (cause) {
          if (tries < TRIES) continue
          log('error', 'store_settlement_lost', { nano_usd: used.nanoUsd, problem: String(cause) })
          return
        }
      }
    })
  }

  async function take({ key, ...claim }: Claim): Promise<Taken> {
    const counter = objects.getByName(key)
    try {
      const taken = await counter.take(claim)
      if (taken.type === 'refused') return taken
      let isOver = false
      const { nanoUsd, left } = taken
      return {
        type: 'granted',
        left,
        hold: {
          nanoUsd,
          // What cannot be asked for is not granted.
          more: (cost) => counter.more(claim.call, cost).catch(() => 0),
          settle(used) {
            if (isOver) return
            isOver = true
            settle(counter, claim.call, used)
          },
        },
      }
    } catch (cause) {
      // It may have been taken without our knowing.
      settle(counter, claim.call, GAVE_UP)
      throw new GatewayError(
        'store_unavailable',
        'The store in which the gateway keeps limits of keys does not answer. Try again shortly.',
        { headers: { 'retry-after': '1' }, detail: { problem: String(cause) }, cause },
      )
    }
  }

  return { take, pollMs: POLL_MS, health: () => undefined, close: () => Promise.resolve() }
}
