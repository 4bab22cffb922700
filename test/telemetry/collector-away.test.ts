import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Running } from '../cli/program.ts'
import { chat, startProgram } from '../cli/program.ts'
import { eventually } from '../flow/start-gateway.ts'
import { metricLines, recordsOf } from './read-otlp.ts'
import type { Received } from './start-collector.ts'
import { lacksCollector, startCollector } from './start-collector.ts'

let simulator: RunningSimulator
beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})
afterAll(() => simulator.close())

function start(endpoint: string): Promise<Running> {
  return startProgram(['serve', '--port', '0'], {
    config: `providers: { up: { base_url: "${simulator.url}/v1" } }
models: [up/tokens=1]
telemetry:
  otlp_endpoint: "${endpoint}"
  otlp:
    { metrics: true, logs: true, usage: true, decisions: true, metrics_interval_ms: 1000, headers: { x-token: env:TOKEN } }
`,
    environment: { TOKEN: 'open-sesame' },
  })
}

async function ask(url: string, calls: number): Promise<void> {
  for (let done = 0; done < calls; done += 1) {
    const response = await chat(url, { model: 'up/tokens=1' })
    expect(response.status).toBe(200)
    await response.text()
  }
}

async function droppedAt(url: string): Promise<Readonly<Record<string, number>>> {
  const lines = metricLines(await (await fetch(`${url}/metrics`)).text())
  const dropped = [...lines].flatMap(([line, value]) => {
    const sink = /^thalamus_telemetry_dropped_total\{sink="(\w+)"\}$/.exec(line)?.[1]
    return sink === undefined ? [] : [[sink, value] as const]
  })
  return Object.fromEntries(dropped)
}

const usageSeqs = (received: readonly Received[]): number[] =>
  recordsOf(received).flatMap(({ scope, attributes }) =>
    scope === 'thalamus.usage' ? [Number(attributes['thalamus.seq'])] : [],
  )
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)
const distinct = (seqs: readonly number[]): number[] => [...new Set(seqs)].toSorted((one, other) => one - other)

test.skipIf(lacksCollector())(
  'a collector that is killed gets afterwards what was to be sent meanwhile',
  async () => {
    const collector = await startCollector()
    const program = await start(collector.url)
    await ask(program.url, 20)
    await eventually('the first records', () => usageSeqs(collector.read()).length === 20, 15_000)
    await collector.kill()
    await ask(program.url, 20)
    await collector.start()
    await ask(program.url, 10)
    await eventually('all records', () => distinct(usageSeqs(collector.read())).length === 50, 60_000)
    expect(distinct(usageSeqs(collector.read()))).toEqual(upTo(50))
    expect(await droppedAt(program.url)).toMatchObject({ otlp_usage: 0, otlp_logs: 0, otlp_decisions: 0 })
    expect((await program.stop()).status).toBe(0)
    await collector.stop()
  },
  120_000,
)

/** A collector of the test's own: how it answers can be changed. */
type Odd = {
  readonly url: string
  status: number
  readonly received: Received[]
  readonly tokens: Set<unknown>
  close(): void
}

async function startOdd(status: number): Promise<Odd> {
  const received: Received[] = []
  const tokens = new Set<unknown>()
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      tokens.add(incoming.headers['x-token'])
      // No answer at all.
      if (odd.status === 0) return
      if (odd.status === 200) received.push(JSON.parse(Buffer.concat(chunks).toString()) as Received)
      outgoing.writeHead(odd.status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const odd: Odd = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    status,
    received,
    tokens,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return odd
}

test('a collector that answers 503 gets each record once when it takes them again', async () => {
  const odd = await startOdd(503)
  const program = await start(odd.url)
  await ask(program.url, 30)
  await eventually('a first try', () => odd.tokens.size > 0, 15_000)
  odd.status = 200
  await eventually('all records', () => usageSeqs(odd.received).length >= 30, 30_000)
  expect(usageSeqs(odd.received)).toEqual(upTo(30))
  expect([...odd.tokens]).toEqual(['open-sesame'])
  expect(await droppedAt(program.url)).toMatchObject({ otlp_usage: 0, otlp_logs: 0, otlp_decisions: 0 })
  expect((await program.stop()).status).toBe(0)
  odd.close()
}, 60_000)

test('a collector that refuses is not asked again: what it refused is counted, and the next is sent', async () => {
  const odd = await startOdd(400)
  const program = await start(odd.url)
  await ask(program.url, 5)
  await eventually('refusals', async () => ((await droppedAt(program.url))['otlp_usage'] ?? 0) === 5, 15_000)
  await eventually('a missed push', async () => ((await droppedAt(program.url))['otlp_metrics'] ?? 0) >= 1, 15_000)
  await program.until(/"event":"telemetry_not_sent","signal":"usage"/)
  odd.status = 200
  await ask(program.url, 3)
  await eventually('the next records', () => usageSeqs(odd.received).length === 3, 15_000)
  // The gap says what is lost.
  expect(usageSeqs(odd.received)).toEqual([6, 7, 8])
  expect((await program.stop()).status).toBe(0)
  odd.close()
}, 60_000)

test('a collector that never answers holds up neither calls nor the end, which says what is lost', async () => {
  const odd = await startOdd(0)
  const program = await start(odd.url)
  await ask(program.url, 20)
  await eventually('a first try', () => odd.tokens.size > 0, 15_000)
  await ask(program.url, 20)
  const { status, stdout } = await program.stop()
  expect(status).toBe(0)
  expect(stdout).toMatch(/"event":"telemetry_lost","sink":"otlp_usage","records":40/)
  odd.close()
}, 60_000)
