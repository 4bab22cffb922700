import type { Dropped } from './core/decision.ts'
import { GatewayError } from './core/errors.ts'
import type { Target } from './core/target.ts'
import type { Breakers } from './dispatch/breaker.ts'
import type { RouteInput, RouteResult } from './route/route.ts'
import { route } from './route/route.ts'

/**
 * Routes among the candidates that are up, and says of the others that they rest. Among all of them where none is up, or
 * none that is up passes the hard limits: to try one that rests is better than to answer nothing.
 */
export async function routeAmongUp(input: RouteInput, breakers: Breakers): Promise<RouteResult> {
  const { candidates, previous } = input
  // The same list where nobody rests: what is looked up of its models is kept beside it.
  if (breakers.isQuiet()) return route(input)
  const isBound = (target: Target): boolean => previous?.lock === 'bound state' && previous.targetId === target.id
  const isUp = (target: Target): boolean => breakers.restMs(target.id) === undefined || isBound(target)
  const up = candidates.filter(isUp)
  if (up.length === 0 || up.length === candidates.length) return route(input)
  try {
    const routed = await route({ ...input, candidates: up })
    const resting = candidates.filter((target) => !isUp(target)).slice(0, MOST_LISTED)
    const dropped = resting.map((target) => droppedFor(target, breakers))
    const { decision } = routed
    return { ...routed, decision: { ...decision, dropped: [...decision.dropped, ...dropped] } }
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code !== 'no_feasible_model') throw thrown
    return route(input)
  }
}

const MOST_LISTED = 100

function droppedFor({ id }: Target, breakers: Breakers): Dropped {
  return { model: id, constraint: 'health', required: 'up', actual: breakers.cause(id) ?? null }
}
