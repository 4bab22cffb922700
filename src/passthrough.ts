import { limitsOnUnrouted, listedAt, requireAdmitted, requireAllAdmitted, unlistedTarget } from './admit-unrouted.ts'
import { DISPATCH_DEFAULTS } from './core/dispatch-settings.ts'
import type { Exchange, Headers, HttpMethod, ResponseHeaders } from './core/ports.ts'
import type { ConfiguredProvider, Principal } from './core/snapshot.ts'
import type { Forwarded, ForwardInput } from './dispatch/forward.ts'
import { forward } from './dispatch/forward.ts'
import { takeTurn } from './dispatch/take-turn.ts'
import { hopOf } from './hop-of.ts'
import type { Context } from './pipeline.ts'

export type Passthrough = {
  readonly exchange: Exchange
  readonly principal: Principal
  readonly configured: ConfiguredProvider
  readonly method: HttpMethod
  /** After the base URL, with its query. */
  readonly path: string
  /** Those of the client's headers that belong to its body. */
  readonly headers: Headers
  readonly body: Uint8Array | undefined
  /** The model as the body names it, where it could be read. */
  readonly asked: string | undefined
  /** The provider's own name of the model that the body asks, where it could be read. */
  readonly model: string | undefined
  readonly head: (status: number, headers: ResponseHeaders, waitedMs: number) => Headers
}

/** One call that the gateway does not understand, to one provider and back. Throws only before anything was sent. */
export async function passThrough(call: Passthrough, context: Context): Promise<Forwarded> {
  admit(call, context)
  const { ports, snapshot, deadlines, mask } = context
  const { configured, exchange, method, path, body, head } = call
  const { name, provider, secret, headers } = configured
  const target = unlistedTarget(name, '*', snapshot)
  const request = await provider.authorize({
    target,
    operation: { type: 'passthrough', method, path },
    format: target.format,
    stream: false,
    body,
    secret,
    headers: { ...call.headers, ...headers },
    hop: hopOf(exchange, context),
    ask: context.ask,
    now: ports.clock.now(),
  })
  const { transport, clock } = ports
  const deadlineAt = clock.monotonic() + snapshot.timeouts.totalMs
  const input = { request, exchange, transport, clock, timeouts: snapshot.timeouts, deadlineAt, deadlines, mask, head }
  const settings = snapshot.dispatch ?? DISPATCH_DEFAULTS
  const place = await takeTurn(context.places, target, {
    key: call.principal.name,
    settings: settings.queue,
    exchange,
    deadlines,
    deadlineAt,
  })
  try {
    return await forwardOnceOrTwice(input, method)
  } finally {
    place?.leave()
  }
}

async function forwardOnceOrTwice(input: ForwardInput, method: HttpMethod): Promise<Forwarded> {
  const first = await forward(input)
  // A kept connection that the provider closed meanwhile looks like this; what changes nothing may be asked again.
  const isAgain = first.type === 'failed' && first.error.retry === 'same-target' && REPEATABLE.has(method)
  return isAgain ? forward(input) : first
}

const REPEATABLE: ReadonlySet<HttpMethod> = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

// Where a call asks the one model that its body names. Elsewhere (batches, evaluations, stored assistants) `model` may be
// a decoy, and others stand in a file or under another name.
const ONE_MODEL: ReadonlySet<string> = new Set(['/audio/speech', '/images/generations', '/moderations', '/rerank'])

/**
 * Hard limits hold here as they do for chats: for all models of the provider that are listed, and for the one that is
 * asked. A body that may ask any needs all of them to be admitted.
 */
function admit(call: Passthrough, { snapshot, ports }: Context): void {
  const { exchange, principal, configured, body } = call
  const doors = { principal, routeHeader: exchange.header('x-route'), model: call.asked }
  const limits = limitsOnUnrouted(doors, snapshot, ports.clock.now())
  if (limits.length === 0) return
  const { name } = configured
  const listed = listedAt(name, snapshot)
  const model = ONE_MODEL.has(call.path.split('?')[0] ?? '') ? call.model : undefined
  if (model !== undefined) requireAdmitted(limits, [...listed, unlistedTarget(name, model, snapshot)])
  else if (body !== undefined || listed.length === 0) requireAllAdmitted(limits, name, snapshot)
  else requireAdmitted(limits, listed)
}
