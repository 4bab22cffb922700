import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { readFixtures } from '../fanout/fixtures.ts'
import { CLIENT_FORMATS } from '../faults/client-formats.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Names that every object is born with, where a body says what something is.

let simulator: Awaited<ReturnType<typeof startSimulator>>
let gateways: readonly TestGateway[]

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  gateways = await Promise.all([
    startGateway({ models: ['ok'], upstream: `${simulator.url}/v1` }),
    startGateway({ models: ['ok'], upstream: simulator.url, provider: 'anthropic' }),
  ])
})

afterAll(async () => {
  for (const gateway of gateways) await gateway.close()
  await simulator.close()
})

const BORN = ['constructor', '__proto__']

/** The body with one string after the other replaced by `name`: kinds, roles, levels, names. */
function* replaced(value: unknown, name: string): Generator<unknown> {
  if (typeof value === 'string' && value.length < 20) yield name
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    for (const other of replaced(member, name))
      yield Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other }
  }
}

test.each(readFixtures().map((fixture) => [fixture.name, fixture] as const))('%s', async (_name, { client, body }) => {
  const format = CLIENT_FORMATS.find(({ id }) => id === client)
  const internal: string[] = []
  for (const gateway of gateways) {
    for (const name of BORN) {
      for (const odd of replaced({ ...body, model: 'auto' }, name)) {
        const response = await fetch(gateway.url + format?.path('auto', false), {
          method: 'POST',
          body: JSON.stringify(client === 'gemini-generate' ? { ...(odd as object), model: undefined } : odd),
        })
        const text = await response.text()
        if (response.status === 500) internal.push(`${name} in ${JSON.stringify(odd)}: ${text}`)
      }
    }
  }
  expect(internal).toEqual([])
})

test('the name of a model in a path is decoded once', async () => {
  const response = await fetch(`${gateways[0]?.url}/v1/models/sim%ff%2Fok`)
  expect(response.status).toBe(404)
})
