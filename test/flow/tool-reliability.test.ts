import { afterEach, expect, test } from 'vitest'
import type { Candidate, Decision } from '../../src/core/decision.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'

// How far models' calls of tools can be relied on is weighed for requests with tools, and for no others.

let gateway: TestGateway | undefined
let upstream: CaptureUpstream | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  upstream = undefined
})

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const WEATHER = { type: 'function', function: { name: 'get_weather', parameters } }

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
  // Nobody's calls were seen yet: all are alike, and the order is the same.
  expect(weighed.map(({ model }) => model)).toEqual(plain.map(({ model }) => model))
  for (const [place, { quality, tool_reliability: reliability = 0 }] of weighed.entries())
    expect(quality).toBeCloseTo((plain[place]?.quality ?? 0) * reliability, 10)
})

/** Model `a` leaves out what is required until it is mended, `b` does not. */
async function startTwo(): Promise<{ mend(): void }> {
  let isMended = false
  upstream = await startCaptureUpstream((response, { body }) => {
    const { model } = JSON.parse(body.toString())
    const said = model === 'b' || isMended ? '{"city":"Bern"}' : '{"place":"Bern"}'
    const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: said } }
    const message = { role: 'assistant', content: null, tool_calls: [call] }
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model, choices }))
  })
  gateway = await startGateway({ models: ['a', 'b'], upstream: upstream.url })
  return {
    mend() {
      isMended = true
    },
  }
}

async function ask(model: string, times: number): Promise<void> {
  for (let call = 0; call < times; call += 1) {
    const response = await fetch(`${gateway?.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, tools: [WEATHER], messages: [{ role: 'user', content: 'Rain?' }] }),
    })
    expect(response.status).toBe(200)
    await response.text()
  }
}

async function calls(outcome: string): Promise<number> {
  const text = await (await fetch(`${gateway?.url}/metrics`)).text()
  const name = `thalamus_tool_calls_total{model="up/a",outcome="${outcome}"} `
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.slice(name.length) ?? 0,
  )
}

test('a model that breaks its calls loses requests with tools, keeps the others, and gets them back', async () => {
  const upstreamServer = await startTwo()
  const first = async (body: object): Promise<string | undefined> => (await candidates(body))[0]?.model
  const withTools = { tools: [WEATHER] }
  expect(await first(withTools)).toBe('up/a')
  await ask('up/a', 12)
  await eventually('all calls to be counted', async () => (await calls('broken')) === 12)
  expect(await first(withTools)).toBe('up/b')
  expect(await first({})).toBe('up/a')
  upstreamServer.mend()
  await eventually('a model that is mended to be chosen again', async () => {
    await ask('up/a', 10)
    return (await first(withTools)) === 'up/a'
  })
  expect(await calls('valid')).toBeGreaterThan(0)
})
