import { GatewayError } from './errors.ts'

/** Names the gateways that a request has come through, the first one first. */
export const HOP_HEADER = 'x-route-hop'

const MAX_HOPS = 8
const INSTANCE = /^[\w-]{1,64}$/

/**
 * What `x-route-hop` says to the upstream: `came`, the client's, and this gateway. Throws `loop_detected` for a request that
 * has been here before, and for one that has come through too many gateways.
 */
export function nextHop(came: string | undefined, instance: string): string {
  if (came === undefined) return instance
  const gateways = came.split(',', MAX_HOPS + 1).map((name) => name.trim())
  if (gateways.includes(instance)) throw looped('The request has come back to this gateway')
  if (gateways.length >= MAX_HOPS) throw looped(`The request has come through ${MAX_HOPS} gateways`)
  return [...gateways.filter((name) => INSTANCE.test(name)), instance].join(', ')
}

function looped(what: string): GatewayError {
  return new GatewayError(
    'loop_detected',
    `${what}. A provider's base_url leads to the gateway itself: its operator has to correct it.`,
  )
}
