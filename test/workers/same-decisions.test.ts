import { afterAll, beforeAll, expect, test } from 'vitest'
import { routers } from '../../routers/index.ts'
import { bundleWorker } from '../../scripts/bundle-worker.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { Gateway } from '../../src/gateway.ts'
import { createGateway } from '../../src/gateway.ts'
import { createNodePorts } from '../../src/platform/node/ports.ts'
import { type RunningServer, serve } from '../../src/platform/node/serve.ts'
import { builtInSnapshot } from '../../src/platform/web/built-in-snapshot.ts'
import { createEnvironmentSecrets } from '../../src/platform/web/secrets-env.ts'
import { askings, configWith, receipt, SECRETS } from '../runtimes/receipts.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'

const CONFIG = configWith('static')

let worker: RunningWorker
let gateway: Gateway
let server: RunningServer

beforeAll(async () => {
  worker = await startWorker({ code: await bundleWorker(), bindings: { THALAMUS_CONFIG: CONFIG, ...SECRETS } })
  const read = readConfig(CONFIG)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const secrets = createEnvironmentSecrets((name) => SECRETS[name as keyof typeof SECRETS])
  const built = await builtInSnapshot(read.config, { routers: routers.keys(), secrets })
  if ('problems' in built) throw new Error(JSON.stringify(built.problems))
  const inference = { open: () => Promise.reject(new Error('none')), close: () => Promise.resolve() }
  const ports = createNodePorts({ secrets, inference, log: () => undefined })
  gateway = await createGateway({ snapshot: built.snapshot, ports, routers })
  server = await serve(gateway, { host: '127.0.0.1', port: 0 })
}, 60_000)

afterAll(async () => {
  await worker?.close()
  await server?.close(0)
  await gateway?.close()
})

test('workerd and Node decide the same, to the last bit: prompts, flags, headers and formats', async () => {
  const all = askings()
  expect(all.length).toBeGreaterThan(100)
  const models = new Set<unknown>()
  let refused = 0
  for (const asking of all) {
    const [here, there] = await Promise.all([receipt(server.url, asking), receipt(worker.url, asking)])
    // Numbers in JSON are written so that they are read as the same bits.
    expect(there, JSON.stringify(asking).slice(0, 200)).toEqual(here)
    const { status, model } = here as { readonly status: number; readonly model?: string }
    if (status === 200) models.add(model)
    else refused += 1
  }
  console.log(`${all.length} decisions, ${models.size} models chosen, ${refused} refused`)
  expect(models.size).toBeGreaterThan(3)
  expect(refused).toBeLessThan(all.length / 2)
}, 60_000)
