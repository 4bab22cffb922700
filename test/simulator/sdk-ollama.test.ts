import type { Message } from 'ollama'
import { Ollama } from 'ollama'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator
let client: Ollama

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  client = new Ollama({ host: simulator.url })
})

afterAll(() => simulator.close())

const messages: Message[] = [{ role: 'user', content: 'hello' }]
const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: {
    name,
    description: '',
    parameters: { type: 'object', properties: { city: { type: 'string', description: '' } }, required: ['city'] },
  },
}))

async function streamed(model: string, more: object = {}) {
  const lines = []
  for await (const line of await client.chat({ model, messages, stream: true, ...more })) lines.push(line)
  return lines
}

test('the Ollama SDK reads an answer, whole and streamed', async () => {
  const whole = await client.chat({ model: 'llama/ok', messages })
  expect(whole).toMatchObject({ done: true, done_reason: 'stop', eval_count: 60, message: { role: 'assistant' } })
  const lines = await streamed('llama/ok')
  expect(lines.map((line) => line.message.content).join('')).toBe(whole.message.content)
  expect(lines.at(-1)).toMatchObject({ done: true, eval_count: 60 })
  expect(whole.message.content).toContain('simulated')
})

test.each(['tool:get_weather', 'tool-parallel'])(
  'the Ollama SDK ends a tool loop that began with %s',
  async (model) => {
    const whole = await client.chat({ model, messages, tools })
    const calls = whole.message.tool_calls ?? []
    expect(whole.done_reason).toBe('stop')
    expect(calls).toHaveLength(model === 'tool-parallel' ? 2 : 1)
    expect(calls[0]?.function).toMatchObject({ name: 'get_weather', arguments: { city: 'simulated city' } })
    const lines = await streamed(model, { tools })
    const made = lines.flatMap((line) => line.message.tool_calls ?? [])
    expect(made.map((call) => call.function)).toEqual(calls.map((call) => call.function))
    const results: Message[] = calls.map((call) => ({ role: 'tool', content: 'sunny', tool_name: call.function.name }))
    const after = await client.chat({ model, messages: [...messages, whole.message, ...results], tools })
    expect(after.message.content).toContain('simulated')
  },
)

test('a thought has a member of its own', async () => {
  expect((await client.chat({ model: 'think=3', messages, think: true })).message.thinking).toBe('The request asks')
  const lines = await streamed('think=3')
  expect(lines.map((line) => line.message.thinking ?? '').join('')).toBe('The request asks')
})

test('the Ollama SDK parses what a schema asks for', async () => {
  const format = { type: 'object', properties: { days: { type: 'integer' } } }
  expect(JSON.parse((await client.chat({ model: 'ok', messages, format })).message.content)).toEqual({ days: 1 })
})

test('the Ollama SDK knows the errors for what they are', async () => {
  for (const status of [400, 401, 404, 429, 500, 503]) {
    await expect(client.chat({ model: `${status}`, messages })).rejects.toMatchObject({
      name: 'ResponseError',
      status_code: status,
      error: expect.any(String),
    })
  }
})

test.each(['error-in-200', 'error-in-200@5', 'cut@40'])('the Ollama SDK fails on a stream with %s', async (model) => {
  await expect(streamed(model)).rejects.toThrow()
})

test('a broken line is one that the Ollama SDK leaves out', async () => {
  const lines = await streamed('malformed@5')
  expect(lines).toHaveLength(60)
  expect(lines.at(-1)?.done).toBe(true)
})
