import { afterAll, beforeAll, expect, test } from 'vitest'
import golden from '../../routers/clusters/golden.json' with { type: 'json' }
import { routers } from '../../routers/index.ts'
import more from '../../routers/static/golden.json' with { type: 'json' }
import { bundleWorker } from '../../scripts/bundle-worker.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { Gateway } from '../../src/gateway.ts'
import { createGateway } from '../../src/gateway.ts'
import { createNodePorts } from '../../src/platform/node/ports.ts'
import { type RunningServer, serve } from '../../src/platform/node/serve.ts'
import { builtInSnapshot } from '../../src/platform/web/built-in-snapshot.ts'
import { createEnvironmentSecrets } from '../../src/platform/web/secrets-env.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'

const CONFIG = `
server: { keys: [{ name: me, key: env:CALLER_KEY, prompt_flags: tighten }] }
providers: { simulated: { base_url: http://127.0.0.1:9/v1 } }
models:
  - simulated/openai/gpt-5-mini
  - simulated/openai/gpt-5
  - simulated/anthropic/claude-haiku-4-5
  - simulated/anthropic/claude-sonnet-4-5
  - simulated/deepseek/deepseek-chat
  - simulated/google/gemini-2.5-flash
  - { id: simulated/acme/unknown, facts: { price_in: 1, price_out: 3, context_tokens: 32000, max_output_tokens: 4000, region: [eu] } }
pools: { dear: { models: ["simulated/openai/*", "simulated/anthropic/*"], preset: best } }
router: { use: static, deadline_ms: 30000 }
`
const SECRETS = { CALLER_KEY: 'caller-key' }
const MODELS = ['auto', 'auto:cheap', 'auto:best', 'auto:fast+max_cost=0.02', 'auto/dear:balanced']
const HEADERS = ['', 'weight.cost=3, weight.latency=2', 'require.region=("eu")', 'max.cost_usd=0.001']
const PROMPTS = [...golden.cases, ...more.cases].map(({ prompt }) => prompt)

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

type Asking = { readonly body: object; readonly header: string }

/** Each prompt as one format says it; flags and headers in turn. */
function askings(): Asking[] {
  return PROMPTS.flatMap((prompt, index) => {
    const model = MODELS[index % MODELS.length] ?? 'auto'
    const header = HEADERS[Math.floor(index / MODELS.length) % HEADERS.length] ?? ''
    const messages = [{ role: 'user', content: prompt }]
    const parts = [{ role: 'user', parts: [{ text: prompt }] }]
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
    const bodies: object[] = [
      { model, messages },
      { model, messages: [{ role: 'system', content: 'Be brief.' }, ...messages], tools },
      { model, input: prompt, instructions: 'Answer in German.' },
      { model, messages, max_tokens: 500, system: 'You are a poet.' },
      { model, contents: parts },
      { model, messages: [{ role: 'user', content: `${prompt}\n[flag: cheap]` }] },
    ]
    return bodies.map((body) => ({ body, header }))
  })
}

async function receipt(url: string, { body, header }: Asking): Promise<unknown> {
  const response = await fetch(`${url}/v1/route`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${SECRETS.CALLER_KEY}`,
      ...(header === '' ? {} : { 'x-route': header }),
    },
    body: JSON.stringify(body),
  })
  const { id: _id, elapsed_ms: _elapsed, ...said } = (await response.json()) as Record<string, unknown>
  return { status: response.status, ...said }
}

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
