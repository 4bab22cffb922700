// CPU per request of the gateway's pass-through path, against the least that a proxy on node:http and undici does.
// How to run and read it: bench/README.md
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freePort } from '../../test/free-port.ts'
import { applyLoad, GENERATOR } from './load.ts'
import {
  cpuMicroseconds,
  IS_PINNED,
  LOAD_CORE,
  residentMegabytes,
  startNode,
  stopAll,
  TESTED_CORE,
} from './processes.ts'
import type { Measured, Round } from './report.ts'
import { summarize, table, writeResult } from './report.ts'
import type { Scenario } from './scenarios.ts'
import { FOLDER, SCENARIOS } from './scenarios.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    'max-ratio': { type: 'string' },
    'minimal-only': { type: 'boolean', default: false },
    'no-write': { type: 'boolean', default: false },
  },
})
const rounds = Number(options.rounds)
const seconds = Number(options.seconds)
const connections = Number(options.connections)
const WARM_UP_SECONDS = 2
const root = join(import.meta.dirname, '..', '..')

type Proxy = { readonly name: string; readonly pid: number; readonly url: string }

if (!existsSync('/proc/self/task')) {
  throw new Error('CPU time is read from /proc/PID/task/*/schedstat, which only Linux has. Run this in a container.')
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopAll()
    process.exit(130)
  })
}

try {
  await main()
} finally {
  stopAll()
}

async function main(): Promise<void> {
  const upstreamPort = await freePort()
  await startNode(LOAD_CORE, join(root, 'bench/proxy/upstream.ts'), [String(upstreamPort)], upstreamPort)
  const minimal = await startMinimal(upstreamPort)
  const gateway = options['minimal-only'] ? undefined : await startGateway(upstreamPort)
  const proxies = gateway === undefined ? [minimal] : [minimal, gateway]
  console.log(`node ${process.version}, load: ${GENERATOR}, ${IS_PINNED ? 'pinned' : 'NOT pinned: figures will move'}`)

  const summaries = []
  for (const scenario of SCENARIOS) {
    await compareAnswers(scenario, upstreamPort, proxies)
    summaries.push(summarize(await measure(scenario, minimal, gateway)))
    console.log(`measured ${scenario.title}`)
  }
  const memory = Object.fromEntries(proxies.map(({ name, pid }) => [name, residentMegabytes(pid)]))
  console.log(`\n${table(summaries)}\n\nMB resident after the runs: ${JSON.stringify(memory)}`)
  if (!options['no-write']) {
    const settings = { generator: GENERATOR, is_pinned: IS_PINNED, rounds, seconds, connections, resident_mb: memory }
    console.log(`written to ${writeResult(summaries, settings)}`)
  }
  const limit = Number(options['max-ratio'] ?? Number.POSITIVE_INFINITY)
  const over = summaries.filter((summary) => (summary.ratio ?? 0) > limit)
  for (const summary of over) console.error(`${summary.title}: ratio ${summary.ratio} is over ${limit}`)
  if (over.length > 0) process.exitCode = 1
}

/** Rounds in turn, so that whatever disturbs the machine disturbs both. The first of each is thrown away. */
async function measure(scenario: Scenario, minimal: Proxy, gateway: Proxy | undefined): Promise<Measured> {
  const measured: { minimal: Round[]; gateway: Round[] } = { minimal: [], gateway: [] }
  await measureRound(scenario, minimal, WARM_UP_SECONDS)
  if (gateway !== undefined) await measureRound(scenario, gateway, WARM_UP_SECONDS)
  for (let round = 0; round < rounds; round += 1) {
    measured.minimal.push(await measureRound(scenario, minimal, seconds))
    if (gateway !== undefined) measured.gateway.push(await measureRound(scenario, gateway, seconds))
  }
  return { id: scenario.id, title: scenario.title, ...measured }
}

async function measureRound({ bodyFile }: Scenario, proxy: Proxy, length: number): Promise<Round> {
  const before = cpuMicroseconds(proxy.pid)
  const requests = await applyLoad({ url: proxy.url, bodyFile, connections, seconds: length })
  const used = cpuMicroseconds(proxy.pid) - before
  return { microsecondsPerRequest: used / requests, requestsPerSecond: requests / length }
}

/** A proxy that is fast because it answers something else is no proxy. */
async function compareAnswers(scenario: Scenario, upstreamPort: number, proxies: readonly Proxy[]): Promise<void> {
  const direct = await ask(`http://127.0.0.1:${upstreamPort}/v1/chat/completions`, scenario)
  for (const { name, url } of proxies) {
    if ((await ask(url, scenario)) !== direct) throw new Error(`${name} changed the answer of ${scenario.id}.`)
  }
}

async function ask(url: string, { body }: Scenario): Promise<string> {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`)
  // A gateway may say which target answered.
  return text.replaceAll('"model":"up/m"', '"model":"m"')
}

async function startMinimal(upstreamPort: number): Promise<Proxy> {
  const port = await freePort()
  const args = [`http://127.0.0.1:${upstreamPort}`, String(port)]
  const { pid } = await startNode(TESTED_CORE, join(root, 'bench/proxy/minimal-proxy.ts'), args, port)
  return { name: 'minimal', pid, url: `http://127.0.0.1:${port}/v1/chat/completions` }
}

async function startGateway(upstreamPort: number): Promise<Proxy> {
  const port = await freePort()
  const config = join(FOLDER, 'thalamus.yaml')
  writeFileSync(
    config,
    `providers:\n  up: { format: openai-chat, base_url: "http://127.0.0.1:${upstreamPort}/v1" }\nmodels: [up/m]\n`,
  )
  const args = ['serve', '--config', config, '--port', String(port)]
  const { pid } = await startNode(TESTED_CORE, join(root, 'src/platform/node/main.ts'), args, port)
  return { name: 'gateway', pid, url: `http://127.0.0.1:${port}/v1/chat/completions` }
}
