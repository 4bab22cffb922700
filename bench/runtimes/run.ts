// CPU per request of the gateway's pass-through path with Node, Bun and Deno. How to run and read it: bench/README.md
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freePort } from '../../test/free-port.ts'
import { commandOf } from '../../test/runtimes/command-of.ts'
import { origin } from '../origin.ts'
import { applyLoad, GENERATOR } from '../proxy/load.ts'
import {
  cpuMicroseconds,
  IS_PINNED,
  LOAD_CORE,
  onCore,
  residentMegabytes,
  startNode,
  stopAll,
  TESTED_CORE,
} from '../proxy/processes.ts'
import { FOLDER, SCENARIOS } from '../proxy/scenarios.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    scenarios: { type: 'string', default: 'json-1k' },
    'no-write': { type: 'boolean', default: false },
  },
})
const rounds = Number(options.rounds)
const seconds = Number(options.seconds)
const CONNECTIONS = 64
/** Of the first rounds, in which code is still being compiled. */
const THROWN_AWAY = 2
const START_MS = 60_000
const root = join(import.meta.dirname, '..', '..')
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  node: [process.execPath, '--max-semi-space-size=8'],
  bun: commandOf('bun'),
  deno: commandOf('deno'),
}

type Gateway = { readonly runtime: string; readonly pid: number; readonly url: string }

try {
  await main()
} finally {
  stopAll()
}

async function main(): Promise<void> {
  const upstreamPort = await freePort()
  await startNode(LOAD_CORE, join(root, 'bench/proxy/upstream.ts'), [String(upstreamPort)], upstreamPort)
  const config = join(FOLDER, 'thalamus.yaml')
  const up = `{ format: openai-chat, base_url: "http://127.0.0.1:${upstreamPort}/v1" }`
  writeFileSync(config, `providers: { up: ${up} }\nmodels: [up/m]\nrouter: { use: static }\n`)
  const gateways: Gateway[] = []
  for (const [runtime, command] of Object.entries(COMMANDS)) gateways.push(await start(runtime, command, config))
  const loadBefore = loadAverage()
  const scenarios = []
  for (const { id, bodyFile } of SCENARIOS.filter((scenario) => options.scenarios.split(',').includes(scenario.id))) {
    const measured = new Map<string, number[]>()
    // In turn, so that whatever disturbs the machine disturbs all.
    for (let round = -THROWN_AWAY; round < rounds; round += 1) {
      for (const { runtime, pid, url } of gateways) {
        const before = cpuMicroseconds(pid)
        const requests = await applyLoad({ url, bodyFile, connections: CONNECTIONS, seconds })
        const each = Math.round(((cpuMicroseconds(pid) - before) / requests) * 10) / 10
        if (round >= 0) measured.set(runtime, [...(measured.get(runtime) ?? []), each])
      }
    }
    const figures = [...measured].map(([runtime, all]) => ({
      runtime,
      median_us: all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)],
      rounds_us: all,
    }))
    for (const { runtime, median_us, rounds_us } of figures)
      console.log(`${id} ${runtime}: ${median_us} µs (${rounds_us.join(', ')})`)
    scenarios.push({ id, figures })
  }
  const resident = Object.fromEntries(gateways.map(({ runtime, pid }) => [runtime, residentMegabytes(pid)]))
  const load = { before: loadBefore, after: loadAverage() }
  console.log(`load of the machine ${load.before} to ${load.after}; MB resident: ${JSON.stringify(resident)}`)
  if (options['no-write']) return
  const from = origin('bench/runtimes/run.ts')
  const settings = { generator: GENERATOR, is_pinned: IS_PINNED, rounds, seconds, connections: CONNECTIONS }
  const folder = join(root, 'bench/results')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${from.at.slice(0, 10)}-runtimes.json`)
  const result = { ...from, ...settings, load_average: load, resident_mb: resident, scenarios }
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  console.log(`written to ${file}`)
}

async function start(runtime: string, first: readonly string[], config: string): Promise<Gateway> {
  const port = await freePort()
  const args = ['src/platform/node/main.ts', 'serve', '--config', config, '--port', String(port)]
  const [command, ...rest] = onCore(TESTED_CORE, [...first, ...args])
  const child = spawn(command, rest, { cwd: root, stdio: 'ignore' })
  const { pid } = child
  if (pid === undefined) throw new Error(`${runtime} could not be started.`)
  process.on('exit', () => child.kill('SIGKILL'))
  const deadline = performance.now() + START_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`${runtime} did not come up.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { runtime, pid, url: `http://127.0.0.1:${port}/v1/chat/completions` }
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    (response) => response.ok,
    () => false,
  )
}

/** Of the last minute. */
function loadAverage(): string {
  return readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? ''
}
