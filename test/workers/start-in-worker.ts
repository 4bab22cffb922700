import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { isQueueFull } from '../../src/core/queue-full.ts'
import type { Router, RouterDefinition, RouterInput } from '../../src/core/router.ts'
import type { Snapshot } from '../../src/core/snapshot.ts'
import type { Gateway } from '../../src/gateway.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import type { LogLine, TestGateway } from '../flow/start-gateway.ts'
import type { BridgedAnswer, BridgedFacts } from './bridged-router.ts'
import { decode, encode } from './flow-codec.ts'

const POLL_MS = 20
const PATIENCE = 10
let gateways = 0

/**
 * A gateway in the Worker, or in the process of another runtime, that listens at `controlUrl`. Throws `NotSendable` where the
 * test has something of its own in it.
 */
export async function startInWorker(
  controlUrl: string,
  snapshot: Snapshot,
  uniform: RouterDefinition | undefined,
): Promise<TestGateway> {
  const { port } = new URL(controlUrl)
  const address = nextAddress()
  const bridge = uniform === undefined ? undefined : await bridgeRouter(uniform)
  const log: LogLine[] = []

  async function control(what: string, body: object): Promise<unknown> {
    const response = await fetch(`${controlUrl}/${what}`, { method: 'POST', body: encode({ address, ...body }) })
    const answer: unknown = await response.json()
    if (response.ok) return answer
    throw new Error(`${what}: ${JSON.stringify(answer)}`)
  }

  // What the test's router says comes a longer way.
  const patient = { ...snapshot, router: { ...snapshot.router, deadlineMs: snapshot.router.deadlineMs * PATIENCE } }
  const started = (await control('start', {
    snapshot: bridge === undefined ? snapshot : patient,
    ...(bridge === undefined ? {} : { router: bridge.url }),
  })) as { readonly url: string } | null
  let isOpen = true
  const polling = (async () => {
    while (isOpen) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      if (isOpen) log.push(...((await control('log', {})) as LogLine[]))
    }
  })()
  const reached: Pick<Gateway, 'decide' | 'readiness' | 'replaceSnapshot' | 'endCalls'> = {
    decide: (input) => control('decide', input) as ReturnType<Gateway['decide']>,
    readiness: () => control('readiness', {}) as ReturnType<Gateway['readiness']>,
    async replaceSnapshot(next) {
      await control('replace', { snapshot: next })
    },
    endCalls: () => void control('end-calls', {}),
  }
  return {
    url: started?.url ?? `http://${address}:${port}`,
    gateway: reached as Gateway,
    snapshot,
    log,
    async close() {
      if (!isOpen) return
      isOpen = false
      await polling
      // What was logged as it closed, where there is a process that outlives it.
      log.push(...(((await control('close', {})) ?? []) as LogLine[]))
      await bridge?.close()
    },
  }
}

/** Of this machine, and of no other test’s process. */
function nextAddress(): string {
  gateways += 1
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 1)
  return `127.${worker}.${process.pid % 200}.${gateways % 250}`
}

/** Answers for the test's own router, which stays in its process. */
async function bridgeRouter(definition: RouterDefinition): Promise<{ url: string; close(): Promise<void> }> {
  let router: Router | undefined
  const { signal } = new AbortController()

  async function answer(what: string, given: unknown): Promise<unknown> {
    router ??= await definition.open(definition.settings.parse({}), { inference: undefined, createStore, digest })
    if (what === '/open') {
      const facts: BridgedFacts = { name: router.name, device: router.device, embeds: router.embed !== undefined }
      return facts
    }
    if (what === '/embed') return router.embed?.((given as { readonly text: string }).text, signal)
    return router.predict({ ...(given as Omit<RouterInput, 'signal'>), signal })
  }

  const server = createServer(async (incoming, outgoing) => {
    const told = await Promise.resolve(text(incoming))
      .then(
        async (body): Promise<BridgedAnswer> => ({
          type: 'answer',
          value: await answer(incoming.url ?? '', decode(body)),
        }),
      )
      .catch(
        (cause: unknown): BridgedAnswer =>
          isQueueFull(cause) ? { type: 'full' } : { type: 'failed', problem: String(cause) },
      )
    outgoing.end(encode(told))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
