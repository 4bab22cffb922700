// What the gateway adds to the time to the first word, and to every later one, beside asking the upstream directly.
// How to run and read it: bench/README.md
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { freePort } from '../../test/free-port.ts'
import { origin } from '../origin.ts'
import { IS_PINNED, LOAD_CORE, onCore, startNode, stopAll, TESTED_CORE } from '../proxy/processes.ts'
import type { Sampled } from './load.ts'
import type { Pair, Quantiles } from './report.ts'
import { addedBy, MEASURES, quantilesOf, table } from './report.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    rate: { type: 'string', default: '50' },
    pieces: { type: 'string', default: '64' },
    'first-ms': { type: 'string', default: '20' },
    'piece-ms': { type: 'string', default: '5' },
    router: { type: 'string', default: 'static' },
    note: { type: 'string' },
    'no-write': { type: 'boolean', default: false },
  },
})
const { rate, seconds, pieces } = options
const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const CHAT = '/v1/chat/completions'
const MESSAGES = '/v1/messages'

type Way = {
  readonly name: string
  readonly through: 'upstream' | 'minimal' | 'gateway'
  readonly path: string
  readonly model: string
  /** The direct way that it is compared with. */
  readonly besides?: string
}

const WAYS: readonly Way[] = [
  { name: 'chat', through: 'upstream', path: CHAT, model: 'm' },
  { name: 'messages', through: 'upstream', path: MESSAGES, model: 'm' },
  { name: 'least that a proxy on Node does', through: 'minimal', path: CHAT, model: 'm', besides: 'chat' },
  { name: 'Chat Completions, native', through: 'gateway', path: CHAT, model: 'chat/m0', besides: 'chat' },
  { name: 'Messages, native', through: 'gateway', path: MESSAGES, model: 'messages/m0', besides: 'messages' },
  { name: 'Chat Completions ▶ Messages', through: 'gateway', path: CHAT, model: 'messages/m0', besides: 'messages' },
  { name: 'Messages ▶ Chat Completions', through: 'gateway', path: MESSAGES, model: 'chat/m0', besides: 'chat' },
  { name: 'routed, native', through: 'gateway', path: CHAT, model: 'auto/chat', besides: 'chat' },
  {
    name: 'routed, Chat Completions ▶ Messages',
    through: 'gateway',
    path: CHAT,
    model: 'auto/messages',
    besides: 'messages',
  },
]

process.on('exit', stopAll)
const ports = { upstream: await freePort(), minimal: await freePort(), gateway: await freePort() }
const upstreamArgs = [String(ports.upstream), options['first-ms'], options['piece-ms'], pieces]
await startNode(LOAD_CORE, join(root, 'bench/first-word/upstream.ts'), upstreamArgs, ports.upstream)
const minimalArgs = [`http://127.0.0.1:${ports.upstream}`, String(ports.minimal)]
await startNode(TESTED_CORE, join(root, 'bench/proxy/minimal-proxy.ts'), minimalArgs, ports.minimal)
await startNode(TESTED_CORE, join(root, 'src/platform/node/main.ts'), gatewayArgs(), ports.gateway)
console.log(`node ${process.version}, ${IS_PINNED ? 'pinned' : 'NOT pinned'}, ${rate} streams a second`)

const rounds: Map<string, Quantiles>[] = []
const loads: number[] = []
for (let round = 0; round < Number(options.rounds); round += 1) {
  const measured = new Map<string, Quantiles>()
  for (const way of WAYS) measured.set(way.name, quantilesOf(await measure(way, round)))
  rounds.push(measured)
  loads.push(loadavg()[0] ?? Number.NaN)
  console.log(`round ${round + 1}: load average ${loads.at(-1)?.toFixed(2)}`)
}

const rows = WAYS.flatMap(({ name, besides }) => {
  if (besides === undefined) return []
  const pairs = rounds.flatMap((measured): Pair[] => {
    const [direct, way] = [measured.get(besides), measured.get(name)]
    return direct === undefined || way === undefined ? [] : [{ direct, way }]
  })
  return [{ name, added: Object.fromEntries(MEASURES.map((of) => [of, addedBy(pairs, of)])) }]
})
console.log(`\n${table(rows)}`)
if (!options['no-write']) {
  const result = {
    ...origin('bench/first-word/run.ts'),
    note: options.note,
    is_pinned: IS_PINNED,
    router: options.router,
    load_average_after_round: loads,
    added_us: rows,
    rounds_us: rounds.map((measured) => Object.fromEntries(measured)),
  }
  const folder = join(root, 'bench/results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${result.at.slice(0, 10)}-first-word.json`), `${JSON.stringify(result, null, 2)}\n`)
}
process.exit()

/** One run of one way, in a process of its own beside the upstream's. */
async function measure({ through, path, model }: Way, round: number): Promise<Sampled> {
  const url = `http://127.0.0.1:${ports[through]}${path}`
  const script = [join(root, 'bench/first-word/load.ts'), url, model, rate, seconds, pieces, String(round + 1)]
  const [command, ...rest] = onCore(LOAD_CORE, [process.execPath, ...script])
  const { stdout } = await run(command, rest, { maxBuffer: 2 ** 28 })
  return JSON.parse(stdout)
}

/** Four models a format, all the same upstream, each alone or chosen by the router among them. */
function gatewayArgs(): string[] {
  const facts = { price_in: 1, price_out: 4, context_tokens: 128_000, max_output_tokens: 8_000, tools: true }
  const base = `http://127.0.0.1:${ports.upstream}`
  const names = (provider: string) => [0, 1, 2, 3].map((index) => `${provider}/m${index}`)
  const all = [...names('chat'), ...names('messages')]
  const config = {
    providers: {
      chat: { format: 'openai-chat', base_url: `${base}/v1` },
      messages: { format: 'anthropic-messages', base_url: base },
    },
    models: all.map((id) => ({ id, facts })),
    pools: { chat: { models: names('chat') }, messages: { models: names('messages') } },
    router: { use: options.router },
  }
  const file = join(mkdtempSync(join(tmpdir(), 'thalamus-first-word-')), 'thalamus.yaml')
  writeFileSync(file, JSON.stringify(config))
  return ['serve', '--config', file, '--port', String(ports.gateway)]
}
