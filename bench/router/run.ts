// What a routing decision costs on this machine, and whether it holds up the thread that serves requests.
// How to run and read it: bench/README.md
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { routers } from '../../routers/index.ts'
import { createWordPiece } from '../../src/core/word-piece.ts'
import { createInference } from '../../src/platform/node/inference-onnx.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { signals, target } from '../../test/contract/describe-router.ts'
import { origin } from '../origin.ts'
import { startGatewayWaves } from './gateway-waves.ts'
import { promptOf, vocabularyOf } from './prompts.ts'

const { values: options } = parseArgs({
  options: {
    router: { type: 'string', default: 'clusters' },
    device: { type: 'string', default: 'cpu' },
    runs: { type: 'string', default: '400' },
    seconds: { type: 'string', default: '10' },
    concurrent: { type: 'string', default: '64' },
    'max-p99': { type: 'string' },
    note: { type: 'string' },
    'no-write': { type: 'boolean', default: false },
  },
})
const runs = Number(options.runs)
const seconds = Number(options.seconds)
const concurrent = Number(options.concurrent)
const MOST_A_SECOND = 1_500
const WAVES = 20
const CANDIDATES = [
  'openai/gpt-5-mini',
  'anthropic/claude-haiku-4-5',
  'google/gemini-2.5-flash',
  'deepseek/deepseek-v3.2',
]

const definition = routers.get(options.router)
if (definition === undefined)
  throw new Error(`There is no router ${options.router}: ${[...routers.keys()].join(', ')}.`)
const inference = createInference()
const router = await definition.open(definition.settings.parse({ device: options.device }), {
  inference,
  createStore,
  digest,
})
const words = vocabularyOf()
const tokenizer = createWordPiece(words, { maxTokens: 4_096, headTokens: 2_048, maxUnits: 1e6, headUnits: 5e5 })
const candidates = CANDIDATES.map((id) => target(id))

/** One decision on a prompt that was never asked before: tokenising, the encoder and the heads, no kept verdict. */
async function decide(text: string): Promise<boolean> {
  const { truncated } = await router.predict({
    signals: signals(text),
    candidates,
    signal: new AbortController().signal,
  })
  return truncated
}

const latency = []
for (const tokens of [16, 64, 128, 256]) {
  const times: number[] = []
  let isCut = false
  for (const [run, text] of texts(tokens, runs + 20).entries()) {
    const startedAt = performance.now()
    isCut = await decide(text)
    // The first twenty warm the code up.
    if (run >= 20) times.push(performance.now() - startedAt)
  }
  latency.push({ tokens, is_cut: isCut, p50_ms: quantile(times, 0.5), p95_ms: quantile(times, 0.95) })
}
console.table(latency)

const idle = await loopDelay(async () => new Promise((resolve) => setTimeout(resolve, (seconds * 1_000) / 2)))
// Written beforehand: making them is not the gateway's work.
const prepared = texts(64, Math.ceil(MOST_A_SECOND * seconds))
let decided = 0
const busy = await loopDelay(async () => {
  const endsAt = performance.now() + seconds * 1_000
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      while (performance.now() < endsAt) {
        const text = prepared[decided]
        decided += 1
        if (text === undefined) throw new Error(`More than ${MOST_A_SECOND} decisions a second: raise MOST_A_SECOND.`)
        await decide(text)
      }
    }),
  )
})
await inference.close()

const gateway = await startGatewayWaves(options.router, options.device)
await gateway.run(texts(64, WAVES * concurrent), concurrent)
const asked = texts(64, WAVES * concurrent)
let missed = 0
const served = await loopDelay(async () => {
  missed = await gateway.run(asked, concurrent)
})
await gateway.close()

const loop = {
  concurrent,
  tokens: 64,
  decisions_per_second: Math.round(decided / seconds),
  idle,
  busy,
  waves: { ...served, waves: WAVES, decisions_without_router: missed },
}
console.log(`event loop, ${concurrent} decisions at once, ${loop.decisions_per_second}/s`)
console.table({ idle, 'router in a loop': busy, 'gateway, in waves': served })

if (!options['no-write']) {
  const folder = join(import.meta.dirname, '../results')
  mkdirSync(folder, { recursive: true })
  const result = {
    ...origin('bench/router/run.ts'),
    note: options.note,
    router: router.name,
    device: router.device,
    runs,
    seconds,
    latency,
    loop,
  }
  writeFileSync(join(folder, `${result.at.slice(0, 10)}-router.json`), `${JSON.stringify(result, null, 2)}\n`)
}
const worst = Math.max(busy.p99_ms, served.p99_ms)
if (options['max-p99'] !== undefined && worst > Number(options['max-p99'])) {
  console.log(`p99 ${worst} ms is over ${options['max-p99']} ms`)
  process.exitCode = 1
}

/** How late the event loop was for a timer of one millisecond while the work went on. */
async function loopDelay(work: () => Promise<unknown>) {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  await work()
  histogram.disable()
  const milliseconds = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100
  return {
    p50_ms: milliseconds(histogram.percentile(50)),
    p99_ms: milliseconds(histogram.percentile(99)),
    max_ms: milliseconds(histogram.max),
  }
}

function texts(tokens: number, count: number): readonly string[] {
  return Array.from({ length: count }, () => promptOf(tokens, words, tokenizer))
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN) * 100) / 100
}
