import type { QueueSettings } from '../core/dispatch-settings.ts'
import { GatewayError } from '../core/errors.ts'
import type { Exchange } from '../core/ports.ts'
import type { LimitedTarget, Place, Places } from './concurrency.ts'
import type { Deadlines } from './deadline.ts'

type Turn = {
  readonly key: string
  readonly settings: QueueSettings
  readonly exchange: Exchange
  readonly deadlines: Deadlines
  /** When the whole call must be over, on the monotonic clock. */
  readonly deadlineAt: number
}

/**
 * A place at a target that is asked once, with nobody to fall back on; `undefined` where it has no limit. Rejects with
 * `target_busy`, with `client_closed_request` as soon as the client leaves the queue, and with what ends all calls.
 */
export function takeTurn(
  places: Places,
  target: LimitedTarget,
  { key, settings, exchange, deadlines, deadlineAt }: Turn,
): Promise<Place> | undefined {
  let settle: ((isIn: boolean) => void) | undefined
  const place = places.enter(target, key, settings, (isIn) => settle?.(isIn))
  if (place === undefined) return undefined
  if (place === 'full') return Promise.reject(busyTarget('has as many calls as it takes, and too many wait already'))
  if (place.isIn) return Promise.resolve(place)
  return new Promise((resolve, reject) => {
    const leave = (error: GatewayError): void => {
      waiting.clear()
      place.leave()
      reject(error)
    }
    const late = (): void => leave(busyTarget('had no room for this call in time'))
    const waiting = deadlines.start(deadlineAt, { expire: late, interrupt: leave })
    settle = (isIn) => {
      if (!isIn) return late()
      waiting.clear()
      resolve(place)
    }
    exchange.onAbort(() => leave(new GatewayError('client_closed_request', 'The client left.')))
  })
}

export function busyTarget(what: string): GatewayError {
  return new GatewayError('target_busy', `The model ${what}. Try again shortly.`, { headers: { 'retry-after': '1' } })
}
