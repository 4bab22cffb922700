import { guardsOnUnrouted } from '../admit-unrouted.ts'
import { GatewayError } from '../core/errors.ts'
import type { HttpMethod } from '../core/ports.ts'
import type { ConfiguredProvider, Snapshot } from '../core/snapshot.ts'
import { guardsOf } from '../guards-of.ts'
import type { Passthrough } from '../passthrough.ts'
import { passThrough } from '../passthrough.ts'
import { readBody } from '../read-body.ts'
import type { PassthroughBody } from './passthrough-body.ts'
import { bareModel, providerOfModel, readPassthroughBody, withModel } from './passthrough-body.ts'
import { requestHeaders, responseHeaders } from './passthrough-headers.ts'
import type { PassthroughPath } from './passthrough-path.ts'
import { passthroughPath } from './passthrough-path.ts'
import type { UnroutedCall } from './serve-unrouted.ts'

const METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
const HOW_TO_NAME =
  'Name a provider: header "x-route-provider: NAME", query "?provider=NAME", or a JSON body with "model": "NAME/MODEL".'

/** Any path below `/v1` that the gateway does not serve itself, passed to one provider and back, unread. */
export async function servePassthrough(call: UnroutedCall, method: string, url: string): Promise<void> {
  const { context, exchange, soFar } = call
  const { snapshot } = context
  requireUnguarded(call, undefined)
  const said = passthroughPath(url)
  const known = METHODS.find((one) => one === method)
  if (known === undefined) {
    throw new GatewayError('method_not_allowed', `${method.slice(0, 20)} is not passed on.`, {
      headers: { allow: METHODS.join(', ') },
    })
  }
  const bytes = await readBody(exchange, context)
  const body = readPassthroughBody(bytes, exchange.header('content-type'))
  soFar.asked = body.asked ?? ''
  // A policy may govern by the model's name.
  requireUnguarded(call, body.asked)
  const configured = providerOf(said, exchange.header('x-route-provider'), body, snapshot)
  soFar.provider = configured.name
  const model = body.asked === undefined ? undefined : bareModel(body.asked, configured.name, snapshot)
  const sent = model === undefined ? bytes : withModel(body, model)
  await answer(call, {
    configured,
    method: known,
    path: said.path,
    headers: requestHeaders(exchange),
    body: sent.length === 0 ? undefined : sent,
    asked: body.asked,
    model,
  })
}

/** What is passed on unread passes no guard: nobody may go around his. */
function requireUnguarded({ principal, context, exchange }: UnroutedCall, model: string | undefined): void {
  const { snapshot } = context
  const doors = { principal, routeHeader: exchange.header('x-route'), model }
  const guards = [...guardsOf(principal, snapshot), ...guardsOnUnrouted(doors, snapshot)]
  const guard = guards.find(({ allowsUnread }) => !allowsUnread)
  if (guard === undefined) return
  throw new GatewayError(
    'request_blocked',
    `The calls of this key are guarded (${guard.guard.id}), and this path is passed on unread. Use a path that the gateway serves itself, or ask the operator for "passthrough: allow" on the guard.`,
  )
}

function providerOf(
  said: PassthroughPath,
  header: string | undefined,
  body: PassthroughBody,
  snapshot: Snapshot,
): ConfiguredProvider {
  const { providers } = snapshot
  const only = providers.size === 1 ? [...providers.keys()][0] : undefined
  const name = header ?? said.provider ?? providerOfModel(body.asked, snapshot) ?? only
  const place = said.path.split('?')[0]?.slice(0, 100)
  if (name === undefined) {
    throw new GatewayError('route_not_found', `The gateway itself serves nothing at /v1${place}. ${HOW_TO_NAME}`)
  }
  const found = providers.get(name)
  if (found !== undefined) return found
  throw new GatewayError(
    'route_not_found',
    `There is no provider "${name.slice(0, 60)}" to pass /v1${place} to. Configured: ${[...providers.keys()].join(', ') || 'none'}.`,
  )
}

async function answer(call: UnroutedCall, asked: Omit<Passthrough, 'exchange' | 'principal' | 'head'>): Promise<void> {
  const { id, context, exchange, principal, soFar } = call
  const result = await passThrough(
    {
      ...asked,
      exchange,
      principal,
      head(status, headers, waitedMs) {
        soFar.waitedMs = waitedMs
        requireAccepted(status)
        soFar.status = status
        return {
          ...responseHeaders(headers, context.mask),
          'x-route-id': id,
          'x-route-provider': encodeURI(asked.configured.name),
        }
      },
    },
    context,
  )
  if (result.type === 'failed') throw result.error
  if (result.type === 'broken') soFar.error = result.error
  if (result.type === 'abandoned') {
    const left = new GatewayError('client_closed_request', 'The client left.')
    soFar.status = left.status
    soFar.error = left
  }
}

/**
 * A 401 is about the gateway's key, not the client's: passed on, clients would take their own for wrong. The words around
 * it quote the key, and those around a 403 may, whatever else it is about: neither is passed on.
 */
function requireAccepted(status: number): void {
  // To follow one would send the provider's key along; and where it leads is nobody's business but the provider's.
  if (status >= 300 && status < 400 && status !== NOT_MODIFIED) {
    throw new GatewayError('upstream_error', REDIRECT, { data: { upstream: { status, code: null } } })
  }
  const message = REFUSALS[status]
  if (message === undefined) return
  throw new GatewayError('upstream_auth_failed', message, { data: { upstream: { status, code: null } } })
}

const NOT_MODIFIED = 304
const REDIRECT = 'The provider answered with a redirect, which is not followed.'
const REFUSALS: Readonly<Record<number, string>> = {
  401: "The provider refused the gateway's own credentials. The operator has to check that provider's key.",
  403: "The provider allows the gateway's account no such call. Check what was asked for; the operator has to check the rights of that provider's key.",
}
