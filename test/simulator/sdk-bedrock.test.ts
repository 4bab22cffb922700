import type { ContentBlock, ConverseCommandInput, Message, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime'
import {
  AccessDeniedException,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InternalServerException,
  ServiceUnavailableException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-bedrock-runtime'
// Bedrock is asked over HTTP/2 unless told otherwise; the simulator speaks HTTP/1.1.
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator
let client: BedrockRuntimeClient

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  client = new BedrockRuntimeClient({
    region: 'eu-central-1',
    endpoint: simulator.url,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  })
})

afterAll(async () => {
  client.destroy()
  await simulator.close()
})

const hello: Message = { role: 'user', content: [{ text: 'hello' }] }
const toolConfig: ToolConfiguration = {
  tools: ['get_weather', 'get_time'].map((name) => ({
    toolSpec: {
      name,
      inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
    },
  })),
}

const ask = (modelId: string, more: Partial<ConverseCommandInput> = {}) =>
  client.send(new ConverseCommand({ modelId, messages: [hello], ...more }))

/** The stream's blocks put together again, with how it ended. */
async function streamed(modelId: string, more: Partial<ConverseCommandInput> = {}) {
  const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages: [hello], ...more }))
  const blocks = new Map<
    number,
    {
      text: string
      input: string
      signature?: string | undefined
      thought: string
      call?: { id: string; name: string }
    }
  >()
  let stopReason: string | undefined
  let outputTokens: number | undefined
  const blockAt = (index = 0) => {
    const known = blocks.get(index) ?? { text: '', input: '', thought: '' }
    blocks.set(index, known)
    return known
  }
  for await (const event of stream ?? []) {
    const { contentBlockStart: start, contentBlockDelta: delta } = event
    if (start?.start?.toolUse) {
      const { toolUseId = '', name = '' } = start.start.toolUse
      blockAt(start.contentBlockIndex).call = { id: toolUseId, name }
    }
    if (delta?.delta) {
      const block = blockAt(delta.contentBlockIndex)
      block.text += delta.delta.text ?? ''
      block.input += delta.delta.toolUse?.input ?? ''
      block.thought += delta.delta.reasoningContent?.text ?? ''
      block.signature ??= delta.delta.reasoningContent?.signature
    }
    stopReason ??= event.messageStop?.stopReason
    outputTokens ??= event.metadata?.usage?.outputTokens
  }
  return { blocks: [...blocks.values()], stopReason, outputTokens }
}

test('the AWS SDK reads an answer, whole and streamed', async () => {
  const whole = await ask('anthropic.claude-x/ok')
  expect(whole.output?.message?.role).toBe('assistant')
  expect(whole.stopReason).toBe('end_turn')
  expect(whole.$metadata.requestId).toMatch(/^req_/)
  const { blocks, stopReason, outputTokens } = await streamed('anthropic.claude-x/ok')
  expect(blocks).toHaveLength(1)
  expect(blocks[0]?.text).toBe(whole.output?.message?.content?.[0]?.text)
  expect({ stopReason, outputTokens }).toEqual({ stopReason: 'end_turn', outputTokens: 60 })
})

test.each(['tool:get_weather', 'tool-parallel', 'think=3;tool-parallel'])(
  'the AWS SDK ends a tool loop that began with %s',
  async (model) => {
    const whole = await ask(model, { toolConfig })
    expect(whole.stopReason).toBe('tool_use')
    const content = whole.output?.message?.content ?? []
    const calls = content.flatMap((block) => (block.toolUse ? [block.toolUse] : []))
    expect(calls).toHaveLength(model.endsWith('parallel') ? 2 : 1)
    expect(calls[0]).toMatchObject({ name: 'get_weather', input: { city: 'simulated city' } })
    const { blocks } = await streamed(model, { toolConfig })
    const made = blocks.filter((block) => block.call !== undefined)
    expect(made.map((block) => block.call?.name)).toEqual(calls.map(({ name }) => name))
    expect(JSON.parse(made[0]?.input ?? '')).toEqual({ city: 'simulated city' })
    const results: ContentBlock[] = calls.map(({ toolUseId }) => ({
      toolResult: { toolUseId, content: [{ text: 'sunny' }] },
    }))
    const messages: Message[] = [hello, { role: 'assistant', content }, { role: 'user', content: results }]
    expect((await ask(model, { toolConfig, messages })).stopReason).toBe('end_turn')
    await expect(ask(model, { messages })).rejects.toThrow(/toolConfig field must be defined/)
  },
)

test('signed reasoning goes back as it came, and no other does', async () => {
  const whole = await ask('think=3')
  const [thought, said] = whole.output?.message?.content ?? []
  const text = thought?.reasoningContent?.reasoningText
  expect(text).toMatchObject({ text: 'The request asks', signature: expect.any(String) })
  const { blocks } = await streamed('think=3')
  expect(blocks[0]).toMatchObject({ thought: text?.text, signature: text?.signature })
  const back = (reasoningText: { text: string; signature?: string }) =>
    ask('ok', {
      messages: [
        hello,
        { role: 'assistant', content: [{ reasoningContent: { reasoningText } }, said ?? { text: 'x' }] },
        hello,
      ],
    })
  expect((await back({ text: text?.text ?? '', signature: text?.signature ?? '' })).stopReason).toBe('end_turn')
  await expect(back({ text: 'Another thought', signature: text?.signature ?? '' })).rejects.toThrow(
    /Invalid `signature`/,
  )
  await expect(back({ text: 'The request asks' })).rejects.toThrow(/thinking.signature: Field required/)
})

test('the AWS SDK knows the errors for what they are', async () => {
  await expect(ask('429;retry-after=1')).rejects.toBeInstanceOf(ThrottlingException)
  await expect(ask('400')).rejects.toBeInstanceOf(ValidationException)
  await expect(ask('403')).rejects.toBeInstanceOf(AccessDeniedException)
  await expect(ask('500')).rejects.toBeInstanceOf(InternalServerException)
  await expect(ask('503')).rejects.toBeInstanceOf(ServiceUnavailableException)
  await expect(ask('cut@')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await expect(ask('ok', { messages: [{ role: 'user', content: [{ text: ' ' }] }] })).rejects.toThrow(/is blank/)
})

test('an error in a stream is an exception to the AWS SDK', async () => {
  await expect(streamed('error-in-200')).rejects.toBeInstanceOf(InternalServerException)
  await expect(streamed('error-in-200@5')).rejects.toBeInstanceOf(InternalServerException)
})

test('a broken event has right checks and wrong JSON', async () => {
  await expect(streamed('malformed@5')).rejects.toThrow(/JSON/)
})

test('a cut stream ends without its stop event', async () => {
  const read = streamed('cut@40').then(({ stopReason }) => {
    if (stopReason === undefined) throw new Error('no stop')
  })
  await expect(read).rejects.toThrow()
})
