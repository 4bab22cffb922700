import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Groq answers 400 where it finds no calls in what its model said, and says what that was.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const TOOL = {
  type: 'function',
  function: { name: 'get_time', parameters: { type: 'object', properties: { zone: { type: 'string' } } } },
} as const

async function start(generation: string, isInStream = false): Promise<OpenAI> {
  const error = {
    message: "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.",
    type: 'invalid_request_error',
    code: 'tool_use_failed',
    failed_generation: generation,
  }
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(isInStream ? 200 : 400, {
      'content-type': isInStream ? 'text/event-stream' : 'application/json',
    })
    response.end(isInStream ? `event: error\ndata: ${JSON.stringify({ error })}\n\n` : JSON.stringify({ error }))
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'groq' })
  return new OpenAI({ apiKey: 'k', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
}

const BODY = { model: 'up/m', messages: [{ role: 'user' as const, content: 'What time is it?' }], tools: [TOOL] }

describe.each([
  ['<function=get_time>{"zone": "UTC"}</function>'],
  ['<function=get_time{"zone": "UTC"}</function>'],
  ['<function=get_time{"zone": "UTC"}></function>'],
  ['<function=get_time({"zone": "UTC"})</function>'],
  ['<tool_call>{"name": "get_time", "arguments": {"zone": "UTC"}}</tool_call>'],
  ['{"name": "get_time", "parameters": {"zone": "UTC"}}'],
  ['[get_time(zone="UTC")]'],
])('%s', (generation) => {
  test.each([
    ['whole', false, false],
    ['streamed', true, false],
    ['within a stream', true, true],
  ])('is the call that it is: %s', async (_name, isStreamed, isInStream) => {
    const client = (await start(generation, isInStream)).chat.completions
    const answer = isStreamed
      ? await client.stream({ ...BODY, stream: true }).finalChatCompletion()
      : await client.create(BODY)
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls')
    const [call] = answer.choices[0]?.message.tool_calls ?? []
    const { name, arguments: text } = call?.type === 'function' ? call.function : { name: '', arguments: '{}' }
    expect({ name, arguments: JSON.parse(text) }).toEqual({ name: 'get_time', arguments: { zone: 'UTC' } })
  })
})

test.each([false, true])('clients of the Responses API get it too, streamed: %s', async (stream) => {
  const { responses } = await start('<function=get_time>{"zone": "UTC"}</function>')
  const { name, parameters } = TOOL.function
  const tools = [{ type: 'function' as const, name, parameters, strict: false }]
  const body = { model: 'up/m', input: 'What time is it?', tools }
  const { output } = stream ? await responses.stream(body).finalResponse() : await responses.create(body)
  expect(output).toMatchObject([{ type: 'function_call', name, arguments: '{"zone": "UTC"}' }])
})

test('what has no call of a declared tool in it stays an error', async () => {
  const client = (await start('<function=other>{}</function> I am not sure.')).chat.completions
  await expect(client.create(BODY)).rejects.toThrow(/Failed to call a function/)
})
