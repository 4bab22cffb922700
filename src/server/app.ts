import { Hono } from 'hono'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { WireFormatId } from '../core/request.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { formatOfPath } from './format-of-path.ts'
import type { Environment, Handlers } from './handlers.ts'
import { isPassedOn, missedPath, ROUTES } from './routes.ts'

/** The HTTP surface. Handlers check the caller's key themselves; only the health paths are open. */
export function createApp(
  handlers: Handlers,
  formats: ReadonlyMap<WireFormatId, WireFormat>,
  format: WireFormat,
): Hono<Environment> {
  const app = new Hono<Environment>()
  for (const [method, path, name] of ROUTES) app.on(method, path, handlers[name])
  app.all('/v1/*', (request, next) => {
    const { url } = request.req
    return isPassedOn(url, request.req.header('x-route-provider')) ? handlers.passthrough(request) : next()
  })

  app.notFound((request) => {
    const allowed = ROUTES.filter(([, path]) => path === request.req.path).map(([method]) => method)
    const error =
      allowed.length > 0
        ? new GatewayError('method_not_allowed', `${request.req.path} takes ${allowed.join(' or ')}.`, {
            headers: { allow: allowed.join(', ') },
          })
        : new GatewayError(
            'route_not_found',
            `Nothing is served at ${request.req.method} ${request.req.path.slice(0, 100)}. ${advice(request.req.path)}`,
          )
    return respond(request.req.path, error)
  })

  app.onError((thrown, request) => respond(request.req.path, toGatewayError(thrown)))
  return app

  function respond(path: string, error: GatewayError): Response {
    const spoken = formats.get(formatOfPath(path)) ?? format
    return Response.json(spoken.writeError(error), { status: error.status, headers: error.headers })
  }
}

function advice(path: string): string {
  const missed = missedPath(path)
  if (missed !== undefined) return `Did you mean ${missed}?`
  return `Served: ${ROUTES.map(([method, own]) => `${method} ${own.replace(/\{.+\}/, '')}`).join(', ')}.`
}
