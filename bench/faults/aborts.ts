// How long after a client leaves its upstream connection is closed, by what the upstream was doing. docs/failover.md
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProgram } from '../../test/clients/start-program.ts'
import { CLIENT_FORMATS } from '../../test/faults/client-formats.ts'

const ROUNDS = 20
const PHASES = ['silent', 'head', 'stream'] as const
const CHUNK = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: 'word ' } }] })}\n\n`

let closed: (() => void) | undefined
const upstream = createServer((incoming, outgoing) => {
  outgoing.on('close', () => closed?.())
  let body = ''
  incoming.on('data', (data: Buffer) => {
    body += data.toString()
  })
  incoming.on('end', () => {
    const phase = PHASES.find((one) => body.includes(`"model":"${one}"`))
    if (phase === 'silent') return
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
    outgoing.flushHeaders()
    if (phase !== 'stream') return
    const timer = setInterval(() => outgoing.write(CHUNK), 5)
    outgoing.on('close', () => clearInterval(timer))
  })
})
upstream.listen(0, '127.0.0.1')
await once(upstream, 'listening')
const { port } = upstream.address() as AddressInfo
const config = join(mkdtempSync(join(tmpdir(), 'thalamus-aborts-')), 'thalamus.yaml')
const settings = {
  providers: { up: { base_url: `http://127.0.0.1:${port}/v1` } },
  models: PHASES.map((phase) => `up/${phase}`),
  router: { use: 'uniform' },
}
writeFileSync(config, JSON.stringify(settings))
const program = await startProgram(['--config', config])

console.log('| client | upstream | aborts | median ms | worst ms |\n|---|---|---|---|---|')
for (const client of CLIENT_FORMATS) {
  for (const phase of PHASES) {
    const took: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) took.push(await abortOnce(client, phase))
    took.sort((left, right) => left - right)
    const [median = 0, worst = 0] = [took[ROUNDS / 2], took.at(-1)]
    console.log(`| ${client.id} | ${phase} | ${ROUNDS} | ${median.toFixed(1)} | ${worst.toFixed(1)} |`)
  }
}
await program.close()
upstream.close()

async function abortOnce(client: (typeof CLIENT_FORMATS)[number], phase: string): Promise<number> {
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve
  })
  const sent = request(program.url + client.path(`up/${phase}`, true), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  sent.on('error', () => undefined)
  sent.end(JSON.stringify(client.body(`up/${phase}`, true)))
  if (phase === 'stream') {
    const [response] = await once(sent, 'response')
    await once(response, 'data')
  } else {
    await sleep(40)
  }
  const leftAt = performance.now()
  sent.destroy()
  await isClosed
  return performance.now() - leftAt
}
