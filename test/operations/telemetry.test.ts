import { execFileSync, spawn } from 'node:child_process'
import { constants, mkdtempSync, openSync, readSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { MAIN, startProgram } from '../cli/program.ts'
import { eventually } from '../flow/start-gateway.ts'
import { createClients, openCall } from './streams.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

const config = (more = ''): string =>
  [`providers: { up: { base_url: "${simulator.url}/v1" } }`, 'models: [up/tokens=1]', more].join('\n')
const BODY = { model: 'up/tokens=1', messages: [{ role: 'user', content: 'Hello' }] }

/** That many calls over 20 connections; how many were answered with 200. */
async function answered(url: string, calls: number): Promise<number> {
  const agent = createClients()
  let left = calls
  let good = 0
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      if ((await openCall(`${url}/v1/chat/completions`, BODY, { agent }).ended).status === 200) good += 1
    }
  }
  await Promise.all(Array.from({ length: 20 }, client))
  agent.destroy()
  return good
}

/** The gateway has made the pipe one that does not wait. */
function readWhatIsThere(pipe: number, buffer: Buffer): number {
  try {
    return readSync(pipe, buffer)
  } catch {
    return 0
  }
}

async function droppedOf(url: string, sink: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^thalamus_telemetry_dropped_total\\{sink="${sink}"\\} (\\d+)`, 'm').exec(metrics)?.[1])
}

test('T-78 a collector that takes a connection and never answers: every call is served, spans are dropped and counted', async () => {
  const collector = createServer(() => undefined)
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const address = collector.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const program = await startProgram(['serve', '--port', '0'], {
    config: config(`telemetry: { otlp_endpoint: "http://127.0.0.1:${port}" }`),
  })
  // Each call is two spans, of which 2,048 may wait.
  expect(await answered(program.url, 1_500)).toBe(1_500)
  expect(await droppedOf(program.url, 'traces')).toBeGreaterThan(500)
  expect((await program.stop()).status).toBe(0)
  collector.closeAllConnections()
  collector.close()
}, 60_000)

test('T-78 standard output into a pipe that nobody reads: calls are served, and the program ends when it is told to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-pipe-'))
  writeFileSync(join(folder, 'thalamus.yaml'), config())
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const pipe = openSync(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK)
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', pipe, 'ignore'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  let text = ''
  const buffer = Buffer.alloc(4_096)
  await eventually(
    'the address',
    () => {
      text += buffer.toString('utf8', 0, readWhatIsThere(pipe, buffer))
      return /listening on \S+\n/.test(text)
    },
    30_000,
  )
  const url = /listening on (\S+)/.exec(text)?.[1] ?? ''
  // A pipe holds 64 KiB, and a call's line is longer than 200 bytes.
  expect(await answered(url, 600)).toBe(600)
  expect(await droppedOf(url, 'log')).toBe(0)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
}, 60_000)
