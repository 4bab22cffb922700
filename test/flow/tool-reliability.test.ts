import { afterEach, expect, test } from 'vitest'
import type { Candidate, Decision } from '../../src/core/decision.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// How far models' calls of tools can be relied on is weighed for requests with tools, and for no others.

let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
})

const WEATHER = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } }

async function candidates(body: object): Promise<readonly Candidate[]> {
  const response = await fetch(`${gateway?.url}/v1/route`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Rain?' }], ...body }),
  })
  const decision = (await response.json()) as Pick<Decision, 'candidates'>
  return decision.candidates
}

test('a decision about a request with tools says how reliable each candidate’s calls are', async () => {
  gateway = await startGateway({ models: ['a', 'b'], upstream: 'http://127.0.0.1:9/v1' })
  const weighed = await candidates({ tools: [WEATHER] })
  expect(weighed).toHaveLength(2)
  for (const { tool_reliability: reliability = 0 } of weighed) {
    expect(reliability).toBeGreaterThan(0.5)
    expect(reliability).toBeLessThan(1)
  }
  const plain = await candidates({})
  expect(plain).toHaveLength(2)
  for (const candidate of plain) expect(candidate).not.toHaveProperty('tool_reliability')
  // Nobody's calls were seen yet: all are alike, and nothing changes.
  expect(weighed.map(({ model, quality }) => [model, quality])).toEqual(
    plain.map(({ model, quality }) => [model, quality]),
  )
})
