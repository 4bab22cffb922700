import type { Gateway } from '../../gateway.ts'
import { WebExchange } from './web-exchange.ts'

/** A request that is being answered. `over`: nothing more is written to its client. */
export type Served = { readonly response: Response | Promise<Response>; readonly over: Promise<void> }

/** Answers a request with the gateway, as soon as there is a head to answer with. */
export function serveRequest(gateway: Pick<Gateway, 'fetch' | 'serveDirectly'>, request: Request): Served {
  const exchange = new WebExchange(request)
  const { pathname, search } = new URL(request.url)
  const isServed = gateway.serveDirectly(request.method, `${pathname}${search}`, exchange)
  if (isServed) return { response: exchange.response(), over: exchange.over }
  const response = gateway.fetch(request, { exchange })
  // An answer that did not leave through the exchange is whole.
  const whole = Promise.resolve(response).then((answer) => (exchange.isHeadSent() ? exchange.over : void answer))
  return { response, over: whole.then(() => undefined) }
}
