import { afterEach, expect, test } from 'vitest'
import type { Inference } from '../../src/core/ports.ts'
import { createInference } from '../../src/platform/node/inference-onnx.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

// `router.use: auto` with the real encoder behind a port that can be made to hang or to break.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

async function start(inference: Inference, deadlineMs: number): Promise<TestGateway> {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  const router = { use: 'auto', device: 'cpu', deadlineMs }
  gateway = await startGateway({ models: ['cheap', 'dear'], upstream: upstream.url, router, inference })
  return gateway
}

async function routerOf({ url }: TestGateway): Promise<(string | null)[]> {
  const response = await post(url, { model: 'auto', messages: HELLO })
  expect(response.status).toBe(200)
  return [response.headers.get('x-route-router'), response.headers.get('x-route-reason')]
}

const GENEROUS_MS = 10_000

test('the transformer answers when it is in time', async () => {
  const [router] = await routerOf(await start(createInference(), GENEROUS_MS))
  expect(router).toMatch(/^clusters@/)
})

test('a transformer that hangs is given up at the deadline, and the table answers with a prediction', async () => {
  const real = createInference()
  let hangs = false
  const inference: Inference = {
    ...real,
    async open(model, options) {
      const session = await real.open(model, options)
      return {
        ...session,
        run: (inputs, signal) =>
          hangs
            ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
            : session.run(inputs, signal),
      }
    },
  }
  // Long enough that even a busy machine takes the transformer for fast enough when it opens.
  const served = await start(inference, 2_000)
  hangs = true
  const [router, reason] = await routerOf(served)
  expect(router).toMatch(/^static@/)
  expect(reason).toMatch(/^\w.+, router late$/)
  const metrics = await (await fetch(`${served.url}/metrics`)).text()
  expect(metrics).toContain(`reason="${reason}"} 1`)
  expect(served.log.filter(({ level }) => level === 'error')).toEqual([])
})

test('a transformer that does not open leaves the table and one line in the log', async () => {
  const broken: Inference = { open: () => Promise.reject(new Error('no such device')), close: async () => {} }
  const served = await start(broken, GENEROUS_MS)
  expect((await routerOf(served))[0]).toMatch(/^static@/)
  expect(served.log.filter(({ level }) => level === 'error')).toMatchObject([
    { event: 'router_unavailable', router: 'clusters', problem: 'no such device', instead: 'static@1' },
  ])
  expect((await served.gateway.readiness()).ready).toBe(true)
})
