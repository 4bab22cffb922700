import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { providers } from '../../src/providers/index.ts'
import { CACHE, CLIENTS, question, said, send } from './ask-twice.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'
import { metric } from './two-kinds.ts'

// The same question once more: the same answer, and no model is asked.

let simulator: RunningSimulator
let gateway: TestGateway
let asked = 0

const TOOL = 'tool:get_weather;reasoning'
const ANSWERS = ['ok', 'ok;reasoning', TOOL]

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  const at = (id: string, path: string) => {
    const provider = providers.get(id)
    if (provider === undefined) throw new Error(`no provider ${id}`)
    return { upstream: simulator.url + path, provider, models: ANSWERS }
  }
  gateway = await startGateway({
    models: ANSWERS,
    upstream: `${simulator.url}/v1`,
    more: { claude: at('anthropic', '/v1'), google: at('google', '/v1beta') },
    cache: CACHE,
  })
})

afterAll(async () => {
  await gateway.close()
  await simulator.close()
})

/** A question that no other test asks. */
function fresh(): string {
  asked += 1
  return `What is the weather in Paris, asked for the ${asked}th time?`
}

/** What of an answer is the same however it is framed: calls without ids and items are named after the call of the gateway. */
function gist({ said: { blocks, usage, finishReason } }: ReturnType<typeof said>): unknown {
  const text = JSON.stringify(blocks)
    .replaceAll(/_rt_[0-9a-f]{24}/g, '_rt')
    .replaceAll('call_x', 'call_rt')
  return { blocks: JSON.parse(text), tokens: [usage?.inputTokens, usage?.outputTokens], finishReason }
}

const UPSTREAMS = ['up', 'claude', 'google']
const WAYS = [false, true]

describe.each(UPSTREAMS)('a model of %s', (upstream) => {
  describe.each(ANSWERS)('that answers %s', (answer) => {
    const model = `${upstream}/${answer}`
    const tools = answer === TOOL

    test.each(CLIENTS)('asked twice by a client of %s, streamed and whole, answers once each', async (client) => {
      for (const stream of WAYS) {
        const one = question(client, model, { text: fresh(), stream, tools })
        const before = simulator.requests()
        const first = await send(gateway.url, one)
        const second = await send(gateway.url, one)
        expect([first.status, first.cache, second.status, second.cache]).toEqual([200, 'miss', 200, 'hit'])
        expect(simulator.requests() - before).toBe(1)
        const [was, is] = [said(client, first), said(client, second)]
        expect(is.said).toEqual(was.said)
        expect(is.said.blocks.some(({ type }) => type === (tools ? 'tool-call' : 'text'))).toBe(true)
        expect(is.id).not.toBe(was.id)
      }
    })

    test.each(CLIENTS)('asked by a client of %s for the one and then for the other, too', async (client) => {
      for (const stream of WAYS) {
        const text = fresh()
        const before = simulator.requests()
        const first = await send(gateway.url, question(client, model, { text, stream, tools }))
        const second = await send(gateway.url, question(client, model, { text, stream: !stream, tools }))
        expect([first.cache, second.cache]).toEqual(['miss', 'hit'])
        expect(simulator.requests() - before).toBe(1)
        expect(gist(said(client, second))).toEqual(gist(said(client, first)))
      }
    })
  })
})

describe('a client of another format that asks the same', () => {
  const pairs = CLIENTS.flatMap((one) => CLIENTS.flatMap((other) => (one === other ? [] : [[one, other] as const])))

  test.each(pairs)('%s, then %s', async (one, other) => {
    const text = fresh()
    const first = await send(gateway.url, question(one, 'claude/ok', { text, store: undefined }))
    const second = await send(gateway.url, question(other, 'claude/ok', { text, store: undefined, stream: true }))
    expect([first.cache, second.cache]).toEqual(['miss', 'hit'])
    const [was, is] = [said(one, first).said, said(other, second).said]
    expect(is.blocks).toEqual(was.blocks)
    expect([is.usage?.inputTokens, is.usage?.outputTokens]).toEqual([was.usage?.inputTokens, was.usage?.outputTokens])
  })
})

test('T-41 a hit streams its usage, costs nothing, and its receipt names the call that it is from', async () => {
  const one = question('openai-chat', 'up/ok', { text: fresh(), stream: true })
  const first = await send(gateway.url, one)
  const billed = await metric(gateway.url, 'thalamus_tokens_total{model="up/ok",kind="output"}')
  const second = await send(gateway.url, one)
  const usage = said('openai-chat', second).said.usage
  expect(usage?.outputTokens).toBeGreaterThan(0)
  expect(usage).toEqual(said('openai-chat', first).said.usage)
  expect(second.headers.get('x-route-cost-usd')).toBe('0')
  expect(second.headers.get('x-route-attempts')).toBeNull()
  expect(Number(second.headers.get('age'))).toBeGreaterThanOrEqual(0)
  const receipt = await fetch(`${gateway.url}/v1/decisions/${second.headers.get('x-route-id')}`)
  expect(await receipt.json()).toMatchObject({ cache: { kind: 'exact', id: first.headers.get('x-route-id') } })
  expect(await metric(gateway.url, 'thalamus_tokens_total{model="up/ok",kind="output"}')).toBe(billed)
  const lines = () =>
    gateway.log.filter(({ event, id }) => event === 'request' && id === second.headers.get('x-route-id'))
  await eventually('the log to tell', () => lines().length === 1)
  expect(lines()[0]).toMatchObject({ cache: 'exact', cost_usd: 0 })
})

test.each([
  [true, false],
  [false, true],
])(
  'T-42 a hit has the chunk of usage, without choices, if and only if it was asked for: stored with %s, asked with %s',
  async (before, now) => {
    const text = fresh()
    const asking = (usage: boolean) =>
      question('openai-chat', 'up/ok', {
        text,
        stream: true,
        stream_options: usage ? { include_usage: true } : undefined,
      })
    await send(gateway.url, asking(before))
    const { cache, text: answer } = await send(gateway.url, asking(now))
    expect(cache).toBe('hit')
    const chunks = answer
      .split('\n\n')
      .flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []))
    const counted = chunks.filter(({ usage }) => (usage ?? null) !== null)
    expect(counted.map(({ choices }) => choices)).toEqual(now ? [[]] : [])
    expect(answer.endsWith('data: [DONE]\n\n')).toBe(true)
  },
)

test('routed calls find the answer of the model that is chosen now, and learn nothing from it', async () => {
  const one = question('openai-chat', 'auto', { text: fresh() })
  const first = await send(gateway.url, one)
  const second = await send(gateway.url, one)
  expect([first.cache, second.cache, second.model]).toEqual(['miss', 'hit', first.model])
  expect(second.headers.get('x-route-policy')).toBe('balanced')
})

test('a completion of a text is found again, and is no answer to the same text in a chat', async () => {
  const text = fresh()
  const body = { model: 'up/ok', prompt: text, max_tokens: 4_096 }
  const first = await send(gateway.url, { path: '/v1/completions', body })
  const second = await send(gateway.url, { path: '/v1/completions', body })
  expect([first.cache, second.cache]).toEqual(['miss', 'hit'])
  expect(JSON.parse(second.text).choices).toEqual(JSON.parse(first.text).choices)
  expect((await send(gateway.url, question('openai-chat', 'up/ok', { text }))).cache).toBe('miss')
})

test('a Gemini client gets a hit as a list that grows, if that is how it asks', async () => {
  const asking = question('gemini-generate', 'up/ok', { text: fresh(), stream: true })
  const list = { ...asking, path: asking.path.replace('?alt=sse', '') }
  const first = await send(gateway.url, list)
  const second = await send(gateway.url, list)
  expect([first.cache, second.cache]).toEqual(['miss', 'hit'])
  const texts = (answer: string) => JSON.parse(answer).map(({ candidates }: { candidates: unknown }) => candidates)
  expect(texts(second.text)).toEqual(texts(first.text))
  expect((await send(gateway.url, asking)).cache).toBe('hit')
})

test('members that no format knows come back as they came', async () => {
  const one = question('openai-chat', 'up/ok', { text: fresh() })
  const first = JSON.parse((await send(gateway.url, one)).text)
  const second = JSON.parse((await send(gateway.url, one)).text)
  expect(second).toEqual({ ...first, id: second.id, created: second.created })
})
