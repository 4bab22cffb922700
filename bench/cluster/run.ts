// Three gateways on one Redis behind one nginx, restarted one after the other under load: is a request lost, is a budget
// overspent, and what does a request cost Redis? How to run and read it: bench/README.md
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Running } from '../../test/cli/program.ts'
import { startProgram } from '../../test/cli/program.ts'
import { startRedis } from '../../test/store/start-redis.ts'
import { origin } from '../origin.ts'
import { freePort } from '../proxy/processes.ts'
import { startFront } from './front.ts'
import { createLoad } from './load.ts'

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '2' },
  },
})
const REPLICAS = 3
const DRAIN_DELAY_MS = 1_500
const SECRET = 'secret-of-team-a'
const PRICE_IN = 1
const PRICE_OUT = 2

const redis = await startRedis()
const simulator = await startSimulator({ port: 0 })
const ports = await Promise.all(Array.from({ length: REPLICAS }, freePort))
const config = `
server:
  drain_delay_ms: ${DRAIN_DELAY_MS}
  keys: [{ name: team-a, key: env:TEAM_A, limits: { requests_per_minute: 1000000, concurrent: 10000 }, budget: { usd: 1000, per: month } }]
providers: { up: { format: openai-chat, base_url: "${simulator.url}/v1" } }
models: [{ id: "up/ok", facts: { price_in: ${PRICE_IN}, price_out: ${PRICE_OUT}, max_output_tokens: 4000 } }, { id: "up/ok;itl=5", facts: { price_in: ${PRICE_IN}, price_out: ${PRICE_OUT}, max_output_tokens: 4000 } }]
router: { use: static }
store: { url: "${redis.url}", timeout_ms: 1000, on_failure: closed }
`
const start = (port: number): Promise<Running> =>
  startProgram(['serve', '--port', String(port)], { config, environment: { TEAM_A: SECRET } })
const gateways = new Map<number, Running>()
for (const port of ports) gateways.set(port, await start(port))
const front = await startFront(mkdtempSync(join(tmpdir(), 'thalamus-front-')), await freePort(), ports)
const pool = new Pool(front.url, { connections: 512, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
const load = createLoad(pool, { secret: SECRET, priceIn: PRICE_IN, priceOut: PRICE_OUT })
await sleep(500)
await load.warmUp()

const before = await commands()
const log: string[] = []
const startedAt = performance.now()
const say = (text: string): void => {
  log.push(`${((performance.now() - startedAt) / 1_000).toFixed(1)} s  ${text}`)
}
const running = load.run(Number(options.rate))
await sleep(2_000)
for (let round = 0; round < Number(options.rounds); round += 1) {
  for (const port of ports) await restart(port)
}
await sleep(2_000)
const { ended, usd } = await running.stop()
await sleep(1_500)
const after = await commands()

console.log(JSON.stringify(origin('bench/cluster/run.ts')))
for (const line of log) console.log(line)
console.log(`calls: ${ended.size === 0 ? 0 : [...ended.values()].reduce((sum, count) => sum + count, 0)}`)
for (const [outcome, count] of [...ended].toSorted()) console.log(`  ${outcome}: ${count}`)
const calls = [...ended.values()].reduce((sum, count) => sum + count, 0)
console.log(`spent by the answers' usage: $${usd.toFixed(6)}, by Redis: $${(await spentUsd()).toFixed(6)}`)
console.log('commands of Redis a call:')
for (const [name, count] of after) {
  const more = count - (before.get(name) ?? 0)
  if (more > calls / 1_000) console.log(`  ${name}: ${(more / calls).toFixed(2)}`)
}
await pool.close()
await front.stop()
await Promise.all([...gateways.values()].map((gateway) => gateway.stop()))
await simulator.close()
await redis.stop()
process.exit()

/** As an orchestrator does it: asked to stop, taken out once it is not ready, started anew, put back once it is. */
async function restart(port: number): Promise<void> {
  const gateway = gateways.get(port)
  if (gateway === undefined) return
  say(`gateway ${port}: SIGTERM`)
  gateway.signal('SIGTERM')
  while ((await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200) await sleep(20)
  await front.use(ports.filter((other) => other !== port))
  say(`gateway ${port}: not ready, out of nginx`)
  const { status } = await gateway.finished
  say(`gateway ${port}: exit status ${status}`)
  gateways.set(port, await start(port))
  while ((await fetch(`http://127.0.0.1:${port}/readyz`)).status !== 200) await sleep(20)
  await front.use(ports)
  say(`gateway ${port}: ready, back in nginx`)
  await sleep(1_000)
}

async function commands(): Promise<ReadonlyMap<string, number>> {
  const text = String(await redis.command('INFO', 'commandstats'))
  return new Map([...text.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)].map(([, name = '', calls]) => [name, Number(calls)]))
}

async function spentUsd(): Promise<number> {
  const [key] = (await redis.command('KEYS', 'thalamus:*:budget:*')) as string[]
  return Number(key === undefined ? 0 : await redis.command('HGET', key, 's')) / 1e9
}
