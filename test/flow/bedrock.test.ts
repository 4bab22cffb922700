import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { foldParts } from '../../src/core/fold.ts'
import type { WireEvent } from '../../src/core/wire-format.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { DATA } from '../data-folder.ts'
import { awsEvents, encodeAwsEvents } from '../wire/aws-frames.ts'
import { decodedOf, partsOf } from '../wire/decode.ts'
import type { BedrockAnswer, BedrockCall, FakeBedrock } from './fake-bedrock.ts'
import { AWS_KEY_ID, AWS_SECRET, startFakeBedrock } from './fake-bedrock.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

const FOLDER = join(DATA, 'recordings/amazon-bedrock')
const hasRecordings = existsSync(FOLDER)
const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const ARN = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5'

let bedrock: FakeBedrock | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await bedrock?.close()
})

async function start(
  answer: (call: BedrockCall) => BedrockAnswer,
  secret = `${AWS_KEY_ID}:${AWS_SECRET}`,
): Promise<OpenAI> {
  bedrock = await startFakeBedrock(answer)
  gateway = await startGateway({ models: [SONNET, ARN], upstream: bedrock.url, provider: 'aws-bedrock', secret })
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'unused', maxRetries: 0 })
}

describe.skipIf(!hasRecordings)(`recorded answers${hasRecordings ? '' : ' (no shared data here)'}`, () => {
  const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')

  test.each(['amazon-bedrock-text.json', 'amazon-bedrock-tool-call.1.json', 'amazon-bedrock-tool-no-args.json'])(
    '%s reaches an OpenAI client whole',
    async (name) => {
      const body = read(name)
      const expected = decodedOf(foldParts(partsOf(bedrockConverse, Buffer.from(body), false)))
      const client = await start(() => ({ body }))
      const { choices, usage } = await client.chat.completions.create({ model: `up/${SONNET}`, messages: [...HELLO] })
      const [choice] = choices
      expect(choice?.message.content ?? '').toBe(expected.text)
      expect(choice?.finish_reason).toBe(expected.finish === 'tool-calls' ? 'tool_calls' : expected.finish)
      expect(calledBy(choice?.message.tool_calls)).toEqual(expected.calls)
      expect(usage?.prompt_tokens).toBe(expected.usage?.inputTokens)
      expect(usage?.completion_tokens).toBe(expected.usage?.outputTokens)
      expect(bedrock?.calls).toEqual([
        { model: SONNET, stream: false, body: { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] } },
      ])
    },
  )

  test.each([
    'amazon-bedrock-text.chunks.txt',
    'amazon-bedrock-reasoning.chunks.txt',
    'amazon-bedrock-tool-no-args.chunks.txt',
    'amazon-bedrock-json-tool-text-then-weather-then-json.1.chunks.txt',
  ])('%s reaches an OpenAI client as a stream', async (name) => {
    const events = awsEvents(read(name))
    const expected = decodedOf(foldParts(partsOf(bedrockConverse, encodeAwsEvents(events), true)))
    const client = await start(() => ({ events }))
    const stream = client.chat.completions.stream({
      model: `up/${ARN}`,
      messages: [...HELLO],
      stream_options: { include_usage: true },
    })
    let reasoning = ''
    for await (const { choices } of stream) {
      const delta = choices[0]?.delta as { readonly reasoning_content?: string } | undefined
      reasoning += delta?.reasoning_content ?? ''
    }
    const { choices, usage } = await stream.finalChatCompletion()
    const [choice] = choices
    expect(choice?.message.content ?? '').toBe(expected.text)
    expect(reasoning).toBe(expected.reasoning)
    expect(choice?.finish_reason).toBe(expected.finish === 'tool-calls' ? 'tool_calls' : expected.finish)
    expect(calledBy(choice?.message.tool_calls)).toEqual(expected.calls)
    expect(usage?.completion_tokens).toBe(expected.usage?.outputTokens)
    expect(bedrock?.calls[0]).toMatchObject({ model: ARN, stream: true })
  })
})

function calledBy(calls: readonly OpenAI.ChatCompletionMessageToolCall[] | undefined): unknown {
  return (calls ?? []).map((call) => ({
    id: call.id,
    name: call.type === 'function' ? call.function.name : '',
    argumentsText: call.type === 'function' ? call.function.arguments : '',
  }))
}

const event = (name: string, data: object): WireEvent => ({ event: name, data: JSON.stringify(data) })
const BEGUN = [
  event('messageStart', { role: 'assistant' }),
  event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hi' } }),
]
const ENDED = [
  event('contentBlockStop', { contentBlockIndex: 0 }),
  event('messageStop', { stopReason: 'end_turn' }),
  event('metadata', {
    usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4, cacheReadInputTokens: 7 },
    metrics: { latencyMs: 1 },
  }),
]
const THROTTLED = event('exception:throttlingException', { message: 'Too many requests.' })

test('a tool loop goes round: calls, results, and signed thoughts come back to the model', async () => {
  const thought = { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2lnbmVk' } } }
  const call = { toolUse: { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Paris' } } }
  const say = (content: readonly object[], stopReason: string): BedrockAnswer => ({
    body: JSON.stringify({
      output: { message: { role: 'assistant', content } },
      stopReason,
      usage: { inputTokens: 1, outputTokens: 1 },
    }),
  })
  const client = await start(({ body }) =>
    JSON.stringify(body).includes('toolResult')
      ? say([{ text: 'Sunny.' }], 'end_turn')
      : say([thought, call], 'tool_use'),
  )
  const request = {
    model: `up/${SONNET}`,
    reasoning_effort: 'low' as const,
    tools: [
      { type: 'function' as const, function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } },
    ],
  }
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Weather?' }]
  const first = await client.chat.completions.create({ ...request, messages })
  const [choice] = first.choices
  expect(choice?.finish_reason).toBe('tool_calls')
  if (choice === undefined) throw new Error('no choice')
  messages.push(choice.message, { role: 'tool', tool_call_id: 'tooluse_1', content: '20 °C' })
  const second = await client.chat.completions.create({ ...request, messages })
  expect(second.choices[0]?.message.content).toBe('Sunny.')
  expect(bedrock?.calls[1]?.body).toMatchObject({
    additionalModelRequestFields: { thinking: { type: 'enabled' } },
    messages: [
      { role: 'user' },
      { role: 'assistant', content: [thought, call] },
      { role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: '20 °C' }] } }] },
    ],
  })
})

test('tools are called by the names that the client gave them', async () => {
  const long = `mcp__server__${'x'.repeat(60)}`
  const answered = (name: string, stream: boolean): BedrockAnswer => {
    const toolUse = { toolUseId: 'tooluse_1', name, input: { a: 1 } }
    if (!stream) {
      return {
        body: JSON.stringify({
          output: { message: { role: 'assistant', content: [{ toolUse }] } },
          stopReason: 'tool_use',
        }),
      }
    }
    return {
      events: [
        event('messageStart', { role: 'assistant' }),
        event('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'tooluse_1', name } } }),
        event('contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"a":1}' } } }),
        event('contentBlockStop', { contentBlockIndex: 0 }),
        event('messageStop', { stopReason: 'tool_use' }),
      ],
    }
  }
  const client = await start(({ body, stream }) => {
    const { tools } = body['toolConfig'] as { tools: { toolSpec: { name: string } }[] }
    return answered(tools[1]?.toolSpec.name ?? '', stream)
  })
  const tools = ['fine', long].map((name) => ({
    type: 'function' as const,
    function: { name, parameters: { type: 'object' } },
  }))
  const request = { model: `up/${SONNET}`, messages: [...HELLO], tools }
  const whole = await client.chat.completions.create(request)
  const streamed = await client.chat.completions.stream(request).finalChatCompletion()
  for (const { choices } of [whole, streamed]) {
    expect(calledBy(choices[0]?.message.tool_calls)).toEqual([
      { id: 'tooluse_1', name: long, argumentsText: '{"a":1}' },
    ])
  }
})

test('what Bedrock cannot be told stands in a header', async () => {
  await start(() => ({ events: [...BEGUN, ...ENDED] }))
  const response = await post(gateway?.url ?? '', { model: `up/${SONNET}`, messages: HELLO, seed: 1, stream: true })
  expect(response.status).toBe(200)
  expect(response.headers.get('x-route-losses')).toContain('seed')
  expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/)
})

test('a model that is throttled before it spoke is replaced, whole or in a stream', async () => {
  await start(({ model, stream }) => {
    if (model === ARN) {
      const message = { output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } }, stopReason: 'end_turn' }
      return stream ? { events: [...BEGUN, ...ENDED] } : { body: JSON.stringify(message) }
    }
    if (stream) return { events: [event('messageStart', { role: 'assistant' }), THROTTLED] }
    return { status: 429, exception: 'ThrottlingException', message: 'Too many requests.' }
  })
  for (const stream of [false, true]) {
    const response = await post(gateway?.url ?? '', { model: 'auto', messages: HELLO, stream })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-route-model')).toBe(`up/${ARN}`)
    expect(await response.text()).toContain('Hi')
  }
})

test('T-02 a stream whose only event is an exception is asked of the next model', async () => {
  await start(({ model }) => ({ events: model === ARN ? [...BEGUN, ...ENDED] : [THROTTLED] }))
  const response = await post(gateway?.url ?? '', { model: 'auto', messages: HELLO, stream: true })
  expect(response.headers.get('x-route-attempts')).toMatch(/outcome=upstream_rate_limited.*outcome=ok/)
  const text = await response.text()
  expect(text).toContain('Hi')
  expect(text).not.toContain('error')
})

test('an exception after the first part ends the stream with an error and no [DONE]', async () => {
  await start(() => ({ events: [...BEGUN, THROTTLED] }))
  const response = await post(gateway?.url ?? '', { model: `up/${SONNET}`, messages: HELLO, stream: true })
  const text = await response.text()
  expect(text).toContain('Hi')
  expect(text).toContain('upstream_rate_limited')
  expect(text).not.toContain('[DONE]')
})

test('a wrong secret is the operator’s problem, and named as such', async () => {
  const client = await start(() => ({ events: [] }), `${AWS_KEY_ID}:${AWS_SECRET}x`)
  await expect(client.chat.completions.create({ model: `up/${SONNET}`, messages: [...HELLO] })).rejects.toMatchObject({
    status: 502,
    code: 'upstream_auth_failed',
  })
  expect(bedrock?.calls).toEqual([])
})
