import { waitUntil } from 'cloudflare:workers'
import { routers as allRouters } from '../../../routers/index.ts'
import { openedRouters } from '../web/opened-routers.ts'
import { serveRequest } from '../web/serve-request.ts'
import { answerUnconfigured } from '../web/unconfigured.ts'
import type { WorkerBindings } from './bindings.ts'
import { holdOpen } from './hold-open.ts'
import type { OpenedEdge } from './open-edge-gateway.ts'
import { openEdgeGateway } from './open-edge-gateway.ts'

export { KeyCounterObject } from './key-counter-object.ts'

// While the program is loaded: what a call may take of the CPU is counted, and tables are read once an isolate.
const routers = await openedRouters(allRouters, 'workers', ['static'])

let opened: OpenedEdge | undefined
let opening: Promise<OpenedEdge> | undefined

/** The gateway as a Cloudflare Worker. */
export default {
  async fetch(request: Request, bindings: WorkerBindings): Promise<Response> {
    opened ??= await open(bindings)
    if ('problems' in opened) return answerUnconfigured(request, opened.problems)
    const { response, over } = serveRequest(opened.gateway, request)
    void holdOpen(over)
    return response
  },
}

function open(bindings: WorkerBindings): Promise<OpenedEdge> {
  opening ??= openEdgeGateway(bindings, routers).catch((cause: unknown) => {
    // A namespace that does not answer, say: the next call tries again.
    opening = undefined
    throw cause
  })
  // Others wait for it too, also when this client leaves.
  waitUntil(opening)
  return holdOpen(opening)
}
