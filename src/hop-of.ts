import { HOP_HEADER, nextHop } from './core/hops.ts'
import type { Exchange } from './core/ports.ts'
import type { Context } from './pipeline.ts'

/** What a request says to its upstream of the gateways it has come through. Throws `loop_detected`. */
export function hopOf(exchange: Pick<Exchange, 'header'>, { instance }: Pick<Context, 'instance'>): string {
  return nextHop(exchange.header(HOP_HEADER), instance)
}
