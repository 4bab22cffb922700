import { createServer } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { chat, startProgram } from '../cli/program.ts'
import { eventually } from '../flow/start-gateway.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

const models = (): string => `providers: { up: { base_url: "${simulator.url}/v1" } }\nmodels: [up/ok]\n`

async function ready(url: string): Promise<{ readonly status: number; readonly checks: Record<string, string> }> {
  const response = await fetch(`${url}/readyz`)
  const { checks }: { readonly checks: Record<string, string> } = JSON.parse(await response.text())
  return { status: response.status, checks }
}

test.each([
  ['open', 200],
  ['closed', 503],
])(
  'T-77 a ledger that cannot be written, on_failure %s: readiness is %d and says so, until it can',
  async (policy, status) => {
    const program = await startProgram(['serve', '--port', '0'], {
      config: `${models()}ledger: { sqlite: usage.sqlite, on_failure: ${policy} }`,
    })
    expect(await ready(program.url)).toMatchObject({ status: 200, checks: { ledger: 'ok' } })
    const other = new DatabaseSync(join(program.folder, 'usage.sqlite'))
    other.exec('BEGIN IMMEDIATE')
    await (await chat(program.url, { model: 'up/ok' })).text()
    expect(await ready(program.url)).toMatchObject({
      status,
      checks: { ledger: 'usage cannot be written down; the log says why' },
    })
    other.exec('ROLLBACK')
    other.close()
    await eventually(
      'the ledger is written again',
      async () => (await ready(program.url)).checks['ledger'] === 'ok',
      15_000,
    )
    expect((await ready(program.url)).status).toBe(200)
    await program.stop()
  },
)

test('T-77 where tokens alone let anyone in and their issuer is away, it is not ready, and is as soon as the issuer is back', async () => {
  let isAway = true
  const keys = [{ kty: 'OKP', crv: 'Ed25519', kid: 'a', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }]
  const issuer = createServer((_request, response) => {
    response.writeHead(isAway ? 503 : 200)
    response.end(JSON.stringify({ keys }))
  })
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
  const address = issuer.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const program = await startProgram(['serve', '--port', '0'], {
    // A public address: tokens are as good as keys.
    config: `${models()}server: { host: 0.0.0.0, jwt: { issuer: "${url}", audience: thalamus, jwks_url: "${url}/keys" } }`,
  })
  const own = program.url.replace('0.0.0.0', '127.0.0.1')
  expect(await ready(own)).toMatchObject({ status: 503, checks: { jwt: expect.stringContaining('cannot be fetched') } })
  isAway = false
  await eventually('the keys are fetched', async () => (await ready(own)).status === 200, 15_000)
  expect((await fetch(`${own}/v1/models`)).status).toBe(401)
  await program.stop()
  issuer.closeAllConnections()
  issuer.close()
})
