import { routers as allRouters } from '../../routers/index.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { RouterDefinition } from '../../src/core/router.ts'
import type { Snapshot } from '../../src/core/snapshot.ts'
import { createGateway, type Gateway } from '../../src/gateway.ts'
import { openedRouters } from '../../src/platform/web/opened-routers.ts'
import { serveRequest } from '../../src/platform/web/serve-request.ts'
import type { WorkerBindings } from '../../src/platform/workers/bindings.ts'
import { createEdgePorts } from '../../src/platform/workers/edge-ports.ts'
import { holdOpen } from '../../src/platform/workers/hold-open.ts'
import { bridgedRouter } from './bridged-router.ts'
import { decode } from './flow-codec.ts'

export { KeyCounterObject } from '../../src/platform/workers/key-counter-object.ts'

// Many gateways in one Worker, each on an address of its own of this machine: 127.0.0.0/8 is all the same to a socket.

type Running = { readonly gateway: Gateway; readonly log: object[] }
type Started = {
  readonly address: string
  readonly snapshot: Snapshot
  /** Where the test answers for a router of its own. */
  readonly router?: string
}

const routers = await openedRouters(allRouters, 'workers', ['static'])
const running = new Map<string, Running>()

export default {
  async fetch(request: Request, bindings: WorkerBindings): Promise<Response> {
    const { hostname, pathname } = new URL(request.url)
    const found = running.get(hostname)
    if (found !== undefined) {
      const { response, over } = serveRequest(found.gateway, request)
      void holdOpen(over)
      return response
    }
    try {
      return Response.json((await control(pathname, decode(await request.text()), bindings)) ?? null)
    } catch (cause) {
      return Response.json(
        { problem: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) },
        { status: 500 },
      )
    }
  },
}

async function control(path: string, given: unknown, bindings: WorkerBindings): Promise<unknown> {
  const { address } = given as { readonly address: string }
  if (path === '/start') return start(given as Started, bindings)
  const found = running.get(address)
  if (found === undefined) throw new Error(`There is no gateway at ${address}.`)
  switch (path) {
    case '/close':
      running.delete(address)
      return found.gateway.close()
    case '/replace':
      return found.gateway.replaceSnapshot((given as Started).snapshot)
    case '/decide':
      return found.gateway.decide({ body: (given as { readonly body: JsonObject }).body })
    case '/readiness':
      return found.gateway.readiness()
    case '/log':
      return found.log.splice(0)
    default:
      throw new Error(`There is no ${path}.`)
  }
}

async function start({ address, snapshot, router }: Started, bindings: WorkerBindings): Promise<void> {
  const log: object[] = []
  const { THALAMUS_COUNTERS: objects, THALAMUS_KV: values } = bindings
  const own =
    objects === undefined ? undefined : { getByName: (name: string) => objects.getByName(`${address} ${name}`) }
  const gateway = await createGateway({
    snapshot,
    ports: createEdgePorts(
      { THALAMUS_COUNTERS: own, THALAMUS_KV: values },
      {
        secrets: { read: (reference) => `secret of ${reference}` },
        log: (level, event, fields) => void log.push({ level, event, ...fields }),
      },
    ),
    routers: router === undefined ? routers : new Map<string, RouterDefinition>([['uniform', bridgedRouter(router)]]),
  })
  running.set(address, { gateway, log })
}
