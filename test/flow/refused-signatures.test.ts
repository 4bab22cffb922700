import OpenAI from 'openai'
import type { ResponseInputItem, Response as ResponsesAnswer } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { providers } from '../../src/providers/index.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// OpenAI and xAI are both asked in the Responses API, and neither opens what the other has sealed.

let simulator: RunningSimulator
let gateway: TestGateway
let client: OpenAI

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  const at = (id: string, path: string, models: string[]) => {
    const provider = providers.get(id)
    if (provider === undefined) throw new Error(`no provider ${id}`)
    return { upstream: simulator.url + path, provider, models }
  }
  gateway = await startGateway({
    models: [THINKER],
    provider: 'openai',
    upstream: `${simulator.url}/v1`,
    more: { xai: at('xai', '/xai/v1', [THINKER]) },
  })
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'x', maxRetries: 0, logLevel: 'off' })
})

afterAll(async () => {
  await gateway.close()
  await simulator.close()
})

const THINKER = 'grok-4/tool:get_weather;reasoning'
const QUESTION: ResponseInputItem = { role: 'user', content: 'What is the weather in Paris?' }
const TOOL = {
  type: 'function' as const,
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: false,
}
const ASKED = { tools: [TOOL], store: false, include: ['reasoning.encrypted_content' as const] }

/** The history after the first answer: as the client's SDK tells people to keep it. */
async function firstTurn(model: string): Promise<ResponseInputItem[]> {
  const { output } = await client.responses.create({ model, input: [QUESTION], ...ASKED })
  expect(output.find((item) => item.type === 'reasoning')?.encrypted_content).toBeTruthy()
  const results = output.flatMap((item): ResponseInputItem[] =>
    item.type === 'function_call' ? [{ type: 'function_call_output', call_id: item.call_id, output: 'sunny' }] : [],
  )
  expect(results.length).toBeGreaterThan(0)
  return [QUESTION, ...(output as ResponseInputItem[]), ...results]
}

async function ask(model: string, input: ResponseInputItem[], route?: string) {
  const headers = route === undefined ? {} : { headers: { 'x-route': route } }
  const { data, response } = await client.responses.create({ model, input, ...ASKED }, headers).withResponse()
  return { answer: data as ResponsesAnswer, headers: response.headers }
}

describe.each([
  ['up', 'xai'],
  ['xai', 'up'],
])('a conversation begun at %s', (first, second) => {
  test(`goes on at ${second}, without the reasoning that ${second} cannot open`, async () => {
    const input = await firstTurn(`${first}/${THINKER}`)
    const { answer, headers } = await ask(`${second}/${THINKER}`, input)
    expect(answer.status).toBe('completed')
    expect(headers.get('x-route-attempts')).toMatch(/upstream_rejected.*ok/)
    expect(headers.get('x-route-losses')).toBe('input[1]')
  })

  test(`goes on at ${first} with it`, async () => {
    const input = await firstTurn(`${first}/${THINKER}`)
    const { headers } = await ask(`${first}/${THINKER}`, input)
    expect(headers.get('x-route-attempts')).not.toContain('upstream_rejected')
    expect(headers.get('x-route-losses')).toBeNull()
  })

  test(`does not go on at ${second} where nothing may be lost`, async () => {
    const input = await firstTurn(`${first}/${THINKER}`)
    await expect(ask(`${second}/${THINKER}`, input, 'require=lossless')).rejects.toMatchObject({ status: 400 })
  })
})

test('what is refused for another reason is asked once', async () => {
  const { rejects } = expect(ask(`up/${THINKER}`, [{ type: 'function_call_output', call_id: 'nobody', output: 'x' }]))
  await rejects.toMatchObject({ status: 400 })
})

test('what one model cannot verify goes to the next as it came', async () => {
  const bodies: string[][] = []
  const refusing = () => {
    const seen: string[] = []
    bodies.push(seen)
    return startCaptureUpstream((response, { body }) => {
      const isSigned = body.toString().includes('"signature"')
      seen.push(isSigned ? 'signed' : 'unsigned')
      response.writeHead(isSigned ? 400 : 500, { 'content-type': 'application/json' })
      const message = isSigned ? 'messages.1.content.0: Invalid `signature` in `thinking` block' : 'Overloaded'
      response.end(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } }))
    })
  }
  const [one, other] = [await refusing(), await refusing()]
  const provider = providers.get('anthropic')
  if (provider === undefined) throw new Error('no provider')
  const pair = await startGateway({
    models: ['claude-sonnet-4-5'],
    provider: 'anthropic',
    upstream: one.url,
    more: { other: { upstream: other.url, provider, models: ['claude-sonnet-4-5'] } },
    maxAttempts: 4,
  })
  const thought = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [thought, { type: 'text', text: 'Hello' }] },
    { role: 'user', content: 'And?' },
  ]
  await fetch(`${pair.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', max_tokens: 100, messages }),
  })
  expect(bodies).toEqual([
    ['signed', 'unsigned'],
    ['signed', 'unsigned'],
  ])
  await Promise.all([pair.close(), one.close(), other.close()])
})
