import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import { DATA, hasData } from '../data-folder.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// Providers that speak Chat Completions with an accent: the answers they were recorded with, to OpenAI's own client.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const recorded = (name: string): string => readFileSync(join(DATA, 'recordings', name), 'utf8').trim()

const streamOf = (name: string): string =>
  `${recorded(name)
    .split('\n')
    .map((line) => `data: ${line}\n\n`)
    .join('')}data: [DONE]\n\n`

async function start(provider: string, contentType: string, answer: string): Promise<OpenAI> {
  upstream = await startCaptureUpstream((response) =>
    response.writeHead(200, { 'content-type': contentType }).end(answer),
  )
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider })
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'unused', maxRetries: 0 })
}

const SSE = 'text/event-stream'
const asked = { model: 'up/m', messages: [...HELLO] }

type Thinking = { readonly reasoning_content?: string }

test.skipIf(!hasData)('a call that Mistral streams without index and type is one in OpenAI’s helper', async () => {
  const client = await start('mistral', SSE, streamOf('mistral/mistral-tool-call.chunks.txt'))
  const { choices } = await client.chat.completions.stream(asked).finalChatCompletion()
  expect(choices[0]?.finish_reason).toBe('tool_calls')
  expect(choices[0]?.message.tool_calls).toMatchObject([
    { type: 'function', function: { name: 'weather', arguments: '{"location": "San Francisco"}' } },
  ])
  expect(JSON.parse(upstream?.requests[0]?.body.toString() ?? '')).toEqual({ ...asked, model: 'm', stream: true })
})

test.skipIf(!hasData)('a whole answer of Mistral’s has calls of OpenAI’s type', async () => {
  const client = await start('mistral', 'application/json', recorded('mistral/mistral-tool-call.json'))
  const { choices, usage } = await client.chat.completions.create(asked)
  expect(choices[0]?.message.tool_calls).toMatchObject([{ type: 'function', function: { name: 'weather' } }])
  expect(usage).toMatchObject(JSON.parse(recorded('mistral/mistral-tool-call.json')).usage)
})

test.skipIf(!hasData)('thoughts of Mistral are reasoning, and its text is text', async () => {
  const streaming = await start('mistral', SSE, streamOf('mistral/mistral-reasoning.chunks.txt'))
  let text = ''
  let thoughts = ''
  for await (const { choices } of await streaming.chat.completions.create({ ...asked, stream: true })) {
    const delta = choices[0]?.delta as { readonly content?: string } & Thinking
    text += delta.content ?? ''
    thoughts += delta.reasoning_content ?? ''
  }
  await gateway?.close()
  await upstream?.close()
  const whole = await start('mistral', 'application/json', recorded('mistral/mistral-reasoning.json'))
  const { choices } = await whole.chat.completions.create(asked)
  const [{ thinking }, said] = JSON.parse(recorded('mistral/mistral-reasoning.json')).choices[0].message.content
  expect([text, thoughts]).toEqual([said.text, thinking[0].text])
  expect(choices[0]?.message.content).toBe(said.text)
  const message = choices[0]?.message as Thinking | undefined
  expect(message?.reasoning_content).toBe(thinking[0].text)
})

const head = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm' }
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const chunkOf = (index: number, content: string, finish_reason: string | null, more: object = {}): string =>
  `data: ${JSON.stringify({ ...head, choices: [{ index, delta: { content }, finish_reason }], ...more })}\n\n`

test.each(['mistral', 'deepseek'])(
  'T-42 usage comes from %s in exactly the streams that ask for it',
  async (provider) => {
    const frames = `${chunkOf(0, 'Hi', null)}${chunkOf(0, '', 'stop', { usage })}data: [DONE]\n\n`
    const client = await start(provider, SSE, frames)
    const usages = async (more: object): Promise<unknown[]> => {
      const stream = await client.chat.completions.create({ ...asked, stream: true, ...more })
      return (await Array.fromAsync(stream))
        .map((chunk) => chunk.usage)
        .filter((said) => said !== undefined && said !== null)
    }
    expect(await usages({})).toEqual([])
    expect(await usages({ stream_options: { include_usage: true } })).toMatchObject([usage])
    const counted = (): unknown[] =>
      (gateway?.log ?? []).filter((line) => line.event === 'request').map((line) => line['tokens_out'])
    await eventually('both log lines', () => counted().length === 2)
    expect(counted()).toEqual([2, 2])
  },
)

test('several choices in one answer go on as they came', async () => {
  const frames = `${chunkOf(0, 'Hi', null)}${chunkOf(1, 'Ho', null)}${chunkOf(0, '', 'stop')}${chunkOf(1, '', 'stop', { usage })}data: [DONE]\n\n`
  await start('mistral', SSE, frames)
  const response = await post(gateway?.url ?? '', { ...asked, n: 2, stream: true })
  expect(await response.text()).toBe(frames)
})
