import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { eventually } from '../flow/start-gateway.ts'
import { freePort } from '../free-port.ts'

const RECIPE = fileURLToPath(new URL('collector/builder.yaml', import.meta.url))
const { dist } = parse(readFileSync(RECIPE, 'utf8')) as { readonly dist: { readonly version: string } }
const PROGRAM = join(homedir(), '.cache/thalamus-ci', `otelcol-${dist.version}`, 'otelcol')

/** Whether to skip what needs a collector: never in CI, and elsewhere only with the reason on the terminal. */
export function lacksCollector(): boolean {
  if (process.env['CI'] === 'true' || spawnSync(PROGRAM, ['--version']).status === 0) return false
  process.stderr.write(`skipped: ${PROGRAM} is not there; bash .ci/prepare-collector brings it\n`)
  return true
}

/** What a collector has written, in the JSON of OTLP. */
export type Received = {
  readonly resourceSpans?: readonly unknown[]
  readonly resourceMetrics?: readonly unknown[]
  readonly resourceLogs?: readonly unknown[]
}

export type TestCollector = {
  readonly url: string
  /** `kill -9`. */
  kill(): Promise<void>
  /** On the same port. */
  start(): Promise<void>
  /** Lets it end, and so write everything down. */
  stop(): Promise<void>
  /** What it has written so far. */
  read(): readonly Received[]
  /** The same as it stands in the file. */
  text(): string
}

/** A real OpenTelemetry Collector on a port of its own that writes what it gets into a file. */
export async function startCollector(): Promise<TestCollector> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-collector-'))
  const files: string[] = []
  let child: ChildProcess | undefined
  let said = ''

  async function start(): Promise<void> {
    // A file each: what follows a line that a kill has cut would be lost with it.
    const file = join(folder, `received-${files.length}.jsonl`)
    files.push(file)
    writeFileSync(join(folder, 'collector.yaml'), configuration(port, file))
    const started = spawn(PROGRAM, ['--config', join(folder, 'collector.yaml')], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    child = started
    await eventually(
      'the collector',
      async () => {
        if (started.exitCode !== null) throw new Error(`The collector ended with ${started.exitCode}: ${said}`)
        return await accepts(port)
      },
      30_000,
    )
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  const text = (): string => files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('\n')
  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    start,
    stop: () => end('SIGTERM'),
    read: () => text().split('\n').flatMap(parsed),
    text,
  }
}

function configuration(port: number, file: string): string {
  const pipeline = '{ receivers: [otlp], exporters: [file] }'
  return `receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } } }
exporters: { file: { path: "${file}", flush_interval: 50ms } }
service:
  telemetry: { metrics: { level: none }, logs: { level: warn } }
  pipelines: { traces: ${pipeline}, metrics: ${pipeline}, logs: ${pipeline} }
`
}

/** A line that a kill has cut is none. */
function parsed(line: string): Received[] {
  if (line === '') return []
  try {
    return [JSON.parse(line) as Received]
  } catch {
    return []
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
