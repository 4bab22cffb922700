import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Running } from '../../test/cli/program.ts'
import { startProgram } from '../../test/cli/program.ts'
import { freePort } from '../../test/free-port.ts'
import type { TestRedis } from '../../test/store/start-redis.ts'
import { startRedis } from '../../test/store/start-redis.ts'
import { startFront } from './front.ts'
import { createLoad, STREAM } from './load.ts'

const REPLICAS = 3
const DRAIN_DELAY_MS = 1_500
const SETTLED_MS = 1_500
const SECRET = 'secret-of-team-a'
const PRICES = { priceIn: 1, priceOut: 2 }
// Eight candidates for what is routed, and one that takes its time.
const MODELS = [...Array.from({ length: 8 }, (_, index) => `up/ok;tokens=${10 + index}`), STREAM]

export type Rolled = {
  /** What was done to which gateway, and when. */
  readonly log: readonly string[]
  /** What became of the calls. */
  readonly ended: ReadonlyMap<string, number>
  readonly calls: number
  /** By the usage that clients were told, and by the budget in Redis. */
  readonly toldUsd: number
  readonly spentUsd: number
  /** Of its process a call, sockets included; and within the scripts, by its own count. */
  readonly redisMicroseconds: number
  readonly scriptMicroseconds: number
  /** By name, a call. */
  readonly redisCommands: ReadonlyMap<string, number>
  /** Of the decision log, a decision among eight. */
  readonly decisionBytes: number
}

/** Restarts each of three gateways so many times, under a load of so many calls a second. */
export async function roll({ rate, rounds }: { readonly rate: number; readonly rounds: number }): Promise<Rolled> {
  const redis = await startRedis()
  const simulator = await startSimulator({ port: 0 })
  const config = configOf(simulator.url, redis.url)
  const start = (port: number): Promise<Running> =>
    startProgram(['serve', '--port', String(port)], { config, environment: { TEAM_A: SECRET } })
  const ports = await Promise.all(Array.from({ length: REPLICAS }, freePort))
  const gateways = new Map<number, Running>()
  for (const port of ports) gateways.set(port, await start(port))
  const front = await startFront(mkdtempSync(join(tmpdir(), 'thalamus-front-')), await freePort(), ports)
  const pool = new Pool(front.url, { connections: 512, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
  const load = createLoad(pool, { secret: SECRET, ...PRICES })
  await sleep(500)
  await load.warmUp()

  const before = await usedOf(redis)
  const log: string[] = []
  const startedAt = performance.now()
  const say = (text: string): void => {
    log.push(`${((performance.now() - startedAt) / 1_000).toFixed(1)} s  ${text}`)
  }

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

  const running = load.run(rate)
  await sleep(1_000)
  for (let round = 0; round < rounds; round += 1) {
    for (const port of ports) await restart(port)
  }
  const { ended, usd: toldUsd } = await running.stop()
  await sleep(SETTLED_MS)
  const after = await usedOf(redis)
  const spentUsd = await spentOf(redis)
  const calls = [...ended.values()].reduce((sum, count) => sum + count, 0)
  const decisionBytes = bytesOf([...gateways.values()].map(({ folder }) => join(folder, 'decisions.jsonl')))

  await pool.close()
  await front.stop()
  await Promise.all([...gateways.values()].map((gateway) => gateway.stop()))
  await simulator.close()
  await redis.stop()
  return {
    log,
    ended,
    calls,
    toldUsd,
    spentUsd,
    redisMicroseconds: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / calls,
    scriptMicroseconds: (after.scriptMicroseconds - before.scriptMicroseconds) / calls,
    redisCommands: new Map(
      [...after.commands].map(([name, count]) => [name, (count - (before.commands.get(name) ?? 0)) / calls]),
    ),
    decisionBytes,
  }
}

function configOf(simulator: string, redis: string): string {
  const { priceIn, priceOut } = PRICES
  const facts = `{ price_in: ${priceIn}, price_out: ${priceOut}, max_output_tokens: 4000 }`
  return `
server:
  drain_delay_ms: ${DRAIN_DELAY_MS}
  keys: [{ name: team-a, key: env:TEAM_A, limits: { requests_per_minute: 1000000, concurrent: 10000 }, budget: { usd: 1000, per: month } }]
providers: { up: { format: openai-chat, base_url: "${simulator}/v1" } }
models: [${MODELS.map((id) => `{ id: "${id}", facts: ${facts} }`).join()}]
ledger: { sqlite: usage.sqlite }
telemetry: { decision_log: { path: decisions.jsonl } }
router: { use: static }
store: { url: "${redis}", timeout_ms: 1000, on_failure: closed }
`
}

type Used = {
  readonly cpuSeconds: number
  readonly scriptMicroseconds: number
  readonly commands: ReadonlyMap<string, number>
}

async function usedOf(redis: TestRedis): Promise<Used> {
  const cpu = String(await redis.command('INFO', 'cpu'))
  const read = (name: string): number => Number(new RegExp(`${name}:([\\d.]+)`).exec(cpu)?.[1] ?? 0)
  const stats = String(await redis.command('INFO', 'commandstats'))
  return {
    cpuSeconds: read('used_cpu_sys') + read('used_cpu_user'),
    scriptMicroseconds: Number(/cmdstat_evalsha:calls=\d+,usec=(\d+)/.exec(stats)?.[1] ?? 0),
    commands: new Map([...stats.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)].map(([, name = '', n]) => [name, Number(n)])),
  }
}

async function spentOf(redis: TestRedis): Promise<number> {
  const [key] = (await redis.command('KEYS', 'thalamus:*:budget:*')) as string[]
  return Number(key === undefined ? 0 : await redis.command('HGET', key, 's')) / 1e9
}

function bytesOf(files: readonly string[]): number {
  const lines = files
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.includes('"type":"decision"'))
  return lines.reduce((sum, line) => sum + line.length + 1, 0) / lines.length
}
