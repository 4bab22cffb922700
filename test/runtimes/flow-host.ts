import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { routers } from '../../routers/index.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { RouterDefinition } from '../../src/core/router.ts'
import type { Snapshot } from '../../src/core/snapshot.ts'
import { createGateway, type Gateway } from '../../src/gateway.ts'
import { createNodePorts } from '../../src/platform/node/ports.ts'
import { type RunningServer, serve } from '../../src/platform/node/serve.ts'
import { bridgedRouter } from '../workers/bridged-router.ts'
import { decode } from '../workers/flow-codec.ts'

// The gateways of the flow suite, in a process of another runtime: flow-setup.ts starts it, ../workers/start-in-worker.ts asks it.

type Running = { readonly gateway: Gateway; readonly server: RunningServer; readonly log: object[] }
type Started = { readonly address: string; readonly snapshot: Snapshot; readonly router?: string }

const running = new Map<string, Running>()

createServer(async (incoming, outgoing) => {
  const answer = await Promise.resolve(text(incoming))
    .then(async (body) => ({ status: 200, said: (await control(incoming.url ?? '', decode(body))) ?? null }))
    .catch((cause: unknown) => ({
      status: 500,
      said: { problem: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) },
    }))
  outgoing.writeHead(answer.status, { 'content-type': 'application/json' })
  outgoing.end(JSON.stringify(answer.said))
}).listen(0, '127.0.0.1', function listening(this: { address(): unknown }) {
  const { port } = this.address() as AddressInfo
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`)
})

async function control(path: string, given: unknown): Promise<unknown> {
  const { address } = given as { readonly address: string }
  if (path === '/start') return start(given as Started)
  const found = running.get(address)
  if (found === undefined) throw new Error(`There is no gateway ${address}.`)
  switch (path) {
    case '/close':
      running.delete(address)
      await found.server.close(0)
      await found.gateway.close()
      return found.log
    case '/replace':
      return found.gateway.replaceSnapshot((given as Started).snapshot)
    case '/decide':
      return found.gateway.decide({ body: (given as { readonly body: JsonObject }).body })
    case '/readiness':
      return found.gateway.readiness()
    case '/end-calls':
      return found.gateway.endCalls()
    case '/log':
      return found.log.splice(0)
    default:
      throw new Error(`There is no ${path}.`)
  }
}

async function start({ address, snapshot, router }: Started): Promise<{ readonly url: string }> {
  const log: object[] = []
  const ports = createNodePorts({
    inference: { open: () => Promise.reject(new Error('These tests load no model.')), close: () => Promise.resolve() },
    secrets: { read: (reference) => `secret of ${reference}` },
    log: (level, event, fields) => void log.push({ level, event, ...fields }),
  })
  const gateway = await createGateway({
    snapshot,
    ports,
    routers: router === undefined ? routers : new Map<string, RouterDefinition>([['uniform', bridgedRouter(router)]]),
  })
  const server = await serve(gateway, { host: '127.0.0.1', port: 0 })
  running.set(address, { gateway, server, log })
  return { url: server.url }
}
