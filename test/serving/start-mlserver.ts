import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually } from '../flow/start-gateway.ts'
import { MLSERVER } from './prepared.ts'

const FOLDER = fileURLToPath(new URL('server', import.meta.url))
const ENCODER = fileURLToPath(new URL('../../routers/clusters/weights/encoder.onnx', import.meta.url))
const START_MS = 60_000

export type MlServer = {
  readonly url: string
  /** Inference calls that the server itself counts as answered, since its start. */
  answered(): Promise<number>
  signal(name: NodeJS.Signals): void
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  /** A new process at the same address. */
  restart(): Promise<void>
}

/** MLServer with our encoder on free ports, once it is ready. */
export async function startMlServer(): Promise<MlServer> {
  const [http, grpc, metrics] = await freePorts(3)
  const url = `http://127.0.0.1:${http}`
  let child = await launch()

  async function launch(): Promise<ChildProcess> {
    const started = spawn(MLSERVER, ['start', FOLDER], {
      cwd: mkdtempSync(join(tmpdir(), 'thalamus-mlserver-')),
      env: {
        PATH: process.env['PATH'] ?? '',
        ENCODER,
        PYTHONPATH: FOLDER,
        PYTHONDONTWRITEBYTECODE: '1',
        MLSERVER_HTTP_PORT: String(http),
        MLSERVER_GRPC_PORT: String(grpc),
        MLSERVER_METRICS_PORT: String(metrics),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = (text: Buffer) => {
      output = (output + text.toString('utf8')).slice(-4_000)
    }
    started.stdout.on('data', keep)
    started.stderr.on('data', keep)
    await eventually(
      'MLServer to be ready',
      async () => {
        if (started.exitCode !== null) throw new Error(`MLServer ended with ${started.exitCode}: ${output}`)
        const answer = await fetch(`${url}/v2/health/ready`).catch(() => undefined)
        return answer?.status === 200
      },
      START_MS,
    )
    return started
  }

  return {
    url,
    async answered() {
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
      const counts = [...text.matchAll(/^model_infer_request_success_total\{.*?\} ([\d.e+]+)$/gm)]
      return counts.reduce((sum, [, count]) => sum + Number(count), 0)
    },
    signal: (name) => void child.kill(name),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
    async restart() {
      child = await launch()
    },
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('A server without a port.')
    return address.port
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
