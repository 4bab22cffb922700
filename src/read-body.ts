import type { Exchange } from './core/ports.ts'
import type { Context } from './pipeline.ts'

/** Whose settings bound a body, and what ends the wait for it. */
export type Reading = Pick<Context, 'snapshot' | 'deadlines'>

/** A request's whole body. Rejects as `Exchange.readBody` does, and with what the calls end with when the gateway stops first. */
export function readBody(exchange: Exchange, { snapshot, deadlines }: Reading): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const ending = deadlines.start(Number.POSITIVE_INFINITY, { expire: () => undefined, interrupt: reject })
    exchange.readBody(snapshot.maxBodyBytes).then(
      (body) => {
        ending.clear()
        resolve(body)
      },
      (thrown: unknown) => {
        ending.clear()
        reject(thrown)
      },
    )
  })
}
