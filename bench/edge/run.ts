import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import vocabulary from '../../routers/heads/vocab.json' with { type: 'json' }
import { bundleWorker, compressedBytes } from '../../scripts/bundle-worker.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { startWorker } from '../../test/workers/start-worker.ts'
import { origin } from '../origin.ts'
import { childrenNamed, cpuMs } from './cpu.ts'

// What the deployed Worker takes of the CPU in real workerd: to load, for its first call, and for each after it. The time is that
// of all threads of the workerd process, HTTP, garbage collection and compiler included, so that it is more than what is billed.

const { values } = parseArgs({ options: { 'no-write': { type: 'boolean', default: false } } })
const WORDS = 1_000
const ROUNDS = 15
const CALLS = 20
const STARTS = 5

const simulator = await startSimulator({ host: '127.0.0.1', port: 0 })
const MODELS = [
  'openai/gpt-5-mini',
  'openai/gpt-5',
  'anthropic/claude-haiku-4-5',
  'anthropic/claude-sonnet-4-5',
  'google/gemini-2.5-flash',
  'deepseek/deepseek-chat',
]
const bindings = {
  THALAMUS_CONFIG: {
    server: { keys: [{ name: 'bench', key: 'env:CALLER_KEY' }] },
    providers: { simulated: { base_url: `${simulator.url}/v1` } },
    models: MODELS.map((model) => `simulated/${model}`),
  },
  CALLER_KEY: 'bench',
}
const NOTHING =
  'export class KeyCounterObject {}; export default { fetch: async (request) => new Response(await request.text()) }'
// Frequent words as often as in a text: the vocabulary begins with them.
const COMMON = vocabulary.words.split('\n').filter((word) => /^[a-z]{2,}$/.test(word))
let drawn = 0

function prompt(): string {
  return Array.from({ length: WORDS }, () => {
    drawn = (drawn * 1_103_515_245 + 12_345) % 2 ** 31
    return COMMON[Math.floor(COMMON.length ** (drawn / 2 ** 31))] ?? 'the'
  }).join(' ')
}

type Call = { readonly path: string; readonly body: () => object }
const body = () => ({ model: 'auto', messages: [{ role: 'user', content: prompt() }] })
const SCENARIOS = {
  'a decision: POST /v1/route': { path: '/v1/route', body },
  'a routed call': { path: '/v1/chat/completions', body },
  'a routed stream of 60 tokens': { path: '/v1/chat/completions', body: () => ({ ...body(), stream: true }) },
} satisfies Record<string, Call>

async function send(url: string, { path, body: make }: Call): Promise<void> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer bench', 'content-type': 'application/json' },
    body: JSON.stringify(make()),
  })
  const answer = await response.text()
  if (response.status !== 200) throw new Error(answer)
}

/** Starts a Worker and hands over what it has taken of the CPU so far, in milliseconds, as often as that is asked for. */
async function withWorker<Result>(
  code: string,
  use: (url: string, taken: () => number) => Promise<Result>,
): Promise<Result> {
  const worker = await startWorker({ code, bindings })
  try {
    const [pid] = childrenNamed('workerd')
    if (pid === undefined) throw new Error('There is no workerd.')
    await fetch(`${worker.url}/healthz`, { method: 'POST', body: 'x' })
    return await use(worker.url, () => cpuMs(pid))
  } finally {
    await worker.close()
  }
}

async function roundsOf(url: string, taken: () => number, call: Call): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = taken()
    for (let sent = 0; sent < CALLS; sent += 1) await send(url, call)
    // The first warms up.
    if (round > 0) times.push((taken() - before) / CALLS)
  }
  return times
}

const code = await bundleWorker()
const loads: number[] = []
const firsts: number[] = []
for (let start = 0; start < STARTS; start += 1) {
  const nothing = await withWorker(NOTHING, async (_, taken) => taken())
  await withWorker(code, async (url, taken) => {
    loads.push(taken() - nothing)
    const before = taken()
    await send(url, SCENARIOS['a routed call'])
    firsts.push(taken() - before)
  })
}
const rounds = await withWorker(code, async (url, taken) => {
  const found: Record<string, unknown> = {}
  for (const [name, call] of Object.entries(SCENARIOS)) found[name] = spread(await roundsOf(url, taken, call))
  return found
})
await simulator.close()

const report = {
  ...origin('bench/edge/run.ts'),
  load_average: loadavg().map((value) => Number(value.toFixed(2))),
  words: WORDS,
  models: MODELS.length,
  bundle_bytes: code.length,
  compressed_bytes: compressedBytes(code),
  cpu_ms: { 'loading and opening': spread(loads), 'the first routed call': spread(firsts), ...rounds },
}
console.log(JSON.stringify(report, null, 2))
if (!values['no-write']) {
  const url = new URL(`../results/${report.at.slice(0, 10)}-edge.json`, import.meta.url)
  writeFileSync(url, `${JSON.stringify(report, null, 2)}\n`)
}

function spread(times: readonly number[]): { median: number; least: number; most: number } {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (place: number): number => Number((sorted[Math.min(sorted.length - 1, place)] ?? Number.NaN).toFixed(2))
  return { median: at(Math.floor(sorted.length / 2)), least: at(0), most: at(sorted.length - 1) }
}
