import { CohereClientV2, CohereError } from 'cohere-ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator
let client: CohereClientV2

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  client = new CohereClientV2({ token: 'none', environment: simulator.url })
})

afterAll(() => simulator.close())

type Request = Parameters<CohereClientV2['chat']>[0]

const messages: Request['messages'] = [{ role: 'user', content: 'hello' }]
const tools: Request['tools'] = ['get_weather', 'get_time'].map((name) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
}))
const once = { maxRetries: 0 }

async function streamed(request: Request) {
  const events = []
  for await (const event of await client.chatStream(request, once)) events.push(event)
  return events
}

test('the Cohere SDK reads an answer, whole and streamed', async () => {
  const whole = await client.chat({ model: 'command/ok', messages }, once)
  expect(whole.finishReason).toBe('COMPLETE')
  const said = whole.message.content?.[0]
  expect(said).toMatchObject({ type: 'text', text: expect.stringContaining('simulated') })
  const events = await streamed({ model: 'command/ok', messages })
  const text = events
    .map((event) => (event.type === 'content-delta' ? (event.delta?.message?.content?.text ?? '') : ''))
    .join('')
  expect(said).toMatchObject({ text })
  expect(events[0]?.type).toBe('message-start')
  expect(events.at(-1)).toMatchObject({
    type: 'message-end',
    delta: { finishReason: 'COMPLETE', usage: { tokens: { outputTokens: 60 } } },
  })
})

test.each(['tool:get_weather', 'tool-parallel', 'think=3;tool:get_time'])(
  'the Cohere SDK ends a tool loop that began with %s',
  async (model) => {
    const whole = await client.chat({ model, messages, tools }, once)
    const { toolCalls = [], toolPlan } = whole.message
    expect(whole.finishReason).toBe('TOOL_CALL')
    expect(toolCalls).toHaveLength(model === 'tool-parallel' ? 2 : 1)
    expect(JSON.parse(toolCalls[0]?.function?.arguments ?? '')).toEqual({ city: 'simulated city' })
    expect(toolPlan).toBe(model.startsWith('think') ? 'The request asks' : undefined)
    const events = await streamed({ model, messages, tools })
    const names = events.flatMap((event) =>
      event.type === 'tool-call-start' ? [event.delta?.message?.toolCalls?.function?.name] : [],
    )
    expect(names).toEqual(toolCalls.map((call) => call.function?.name))
    const history: Request['messages'] = [
      ...messages,
      { role: 'assistant', toolCalls, ...(toolPlan === undefined ? {} : { toolPlan }) },
      ...toolCalls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: 'sunny' })),
    ]
    expect((await client.chat({ model, messages: history, tools }, once)).finishReason).toBe('COMPLETE')
    const said = { role: 'assistant' as const, toolCalls, content: 'And I say so.' }
    await expect(
      client.chat({ model, messages: [...messages, said, ...history.slice(2)], tools }, once),
    ).rejects.toThrow(/tool_plan/)
  },
)

test('a thought is a part of its own', async () => {
  const { message } = await client.chat({ model: 'think=3', messages }, once)
  expect(message.content).toMatchObject([{ type: 'thinking', thinking: 'The request asks' }, { type: 'text' }])
})

test('a required call is made', async () => {
  expect((await client.chat({ model: 'ok', messages, tools, toolChoice: 'REQUIRED' }, once)).finishReason).toBe(
    'TOOL_CALL',
  )
})

test('the Cohere SDK knows the errors for what they are', async () => {
  const ask = (model: string) => client.chat({ model, messages }, once)
  for (const status of [400, 401, 404, 429, 500, 503]) {
    const failure = ask(`${status}`)
    await expect(failure).rejects.toBeInstanceOf(CohereError)
    await expect(failure).rejects.toMatchObject({ statusCode: status, body: { message: expect.any(String) } })
  }
})

test('an answer that ends in an error says so in its last event', async () => {
  const events = await streamed({ model: 'error-in-200@5', messages })
  expect(events.at(-1)).toMatchObject({ type: 'message-end', delta: { finishReason: 'ERROR' } })
})

test('a cut stream fails or ends without its end', async () => {
  const read = streamed({ model: 'cut@40', messages }).then((events) => {
    if (events.at(-1)?.type !== 'message-end') throw new Error('no end')
  })
  await expect(read).rejects.toThrow()
})
