import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { CaptureUpstream } from '../flow/capture-upstream.ts'
import { calling, pii, saying, startModel } from '../flow/guarded-call.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { startGateway } from '../flow/start-gateway.ts'

// What the providers' own clients make of answers that a guard stopped or changed.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const EMAIL = 'jane@example.org'
const FINE = 'This much is fine.'
const BLOCKED = saying(`${FINE} Mail ${EMAIL} now`, 6)
const STOPPED = /^This much is fine\. Mail ?$/
const KEY = '-----BEGIN PRIVATE KEY-----\nab"c\\d\n-----END PRIVATE KEY-----'

async function start(parts: readonly StreamPart[], guard = pii({ on: ['answer'], action: 'block' })): Promise<string> {
  upstream = await startModel('openai-chat', () => parts)
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, guards: [guard] })
  return gateway.url
}

const openai = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries: 2 })
const anthropic = (url: string): Anthropic => new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 2 })
const google = (url: string): GoogleGenAI => new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl: url } })

const messages = [{ role: 'user' as const, content: 'Hi' }]

test('a whole answer that is blocked is asked for once, and its error has a name', async () => {
  const url = await start(BLOCKED)
  const calls = [
    openai(url).chat.completions.create({ model: 'up/m', messages }),
    openai(url).responses.create({ model: 'up/m', input: 'Hi' }),
    anthropic(url).messages.create({ model: 'up/m', max_tokens: 99, messages }),
    google(url).models.generateContent({ model: 'up/m', contents: 'Hi' }),
  ]
  for (const ended of await Promise.allSettled(calls)) {
    expect(ended).toMatchObject({ status: 'rejected', reason: { status: 403 } })
  }
  expect(upstream?.requests).toHaveLength(calls.length)
})

test('an answer whose guard fails is asked for once', async () => {
  const failing = pii({ on: ['answer'] })
  const guard = {
    ...failing.guard,
    scan() {
      throw new Error('no')
    },
  }
  const url = await start(BLOCKED, { ...failing, guard })
  const calls = [
    openai(url).chat.completions.create({ model: 'up/m', messages }),
    openai(url).chat.completions.create({ model: 'up/m', messages, stream: true }),
    openai(url).responses.create({ model: 'up/m', input: 'Hi' }),
    anthropic(url).messages.create({ model: 'up/m', max_tokens: 99, messages }),
    google(url).models.generateContent({ model: 'up/m', contents: 'Hi' }),
  ]
  for (const ended of await Promise.allSettled<unknown>(calls)) {
    expect(ended).toMatchObject({ status: 'rejected', reason: { status: 500 } })
  }
  expect(upstream?.requests).toHaveLength(calls.length)
})

test('openai: a stream that is blocked is a completion that a content filter stopped', async () => {
  const url = await start(BLOCKED)
  let text = ''
  let reason: string | null = null
  for await (const { choices } of await openai(url).chat.completions.create({
    model: 'up/m',
    messages,
    stream: true,
  })) {
    text += choices[0]?.delta.content ?? ''
    reason = choices[0]?.finish_reason ?? reason
  }
  expect([text, reason]).toEqual([expect.stringMatching(STOPPED), 'content_filter'])
})

test('openai: a stream of Responses that is blocked is incomplete', async () => {
  const url = await start(BLOCKED)
  const stream = openai(url).responses.stream({ model: 'up/m', input: 'Hi' })
  const response = await stream.finalResponse()
  expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } })
  expect(response.output_text).toMatch(STOPPED)
})

test('anthropic: a stream that is blocked is a refusal', async () => {
  const url = await start(BLOCKED)
  const message = await anthropic(url).messages.stream({ model: 'up/m', max_tokens: 99, messages }).finalMessage()
  expect(message.stop_reason).toBe('refusal')
  expect(message.content).toEqual([expect.objectContaining({ type: 'text', text: expect.stringMatching(STOPPED) })])
})

test('anthropic: arguments that are cut off by a block do not throw', async () => {
  const url = await start(calling(`{"fine":"so far","to":"${EMAIL}","more":1}`, 5))
  const message = await anthropic(url).messages.stream({ model: 'up/m', max_tokens: 99, messages }).finalMessage()
  expect(message.stop_reason).toBe('refusal')
  expect(JSON.stringify(message)).not.toContain('jane')
})

test('google: a stream that is blocked ends for safety', async () => {
  const url = await start(BLOCKED)
  let text = ''
  let reason: string | undefined
  for await (const chunk of await google(url).models.generateContentStream({ model: 'up/m', contents: 'Hi' })) {
    text += chunk.text ?? ''
    reason = chunk.candidates?.[0]?.finishReason ?? reason
  }
  expect([text, reason]).toEqual([expect.stringMatching(STOPPED), 'SAFETY'])
})

test('what comes back in arguments of calls is parsed by every client, whatever it holds', async () => {
  const url = await start(
    calling('{"key":"[SECRET_1]","again":"[SECRET_1]","to":"[email_1]"}', 3),
    pii({ restore: true }),
  )
  const content = `${KEY} ${EMAIL}`
  const asked = [{ role: 'user' as const, content }]
  const wanted = { key: KEY, again: KEY, to: EMAIL }
  const tool = { type: 'object' as const, properties: {} }
  const completion = await openai(url)
    .chat.completions.stream({
      model: 'up/m',
      messages: asked,
      tools: [{ type: 'function', function: { name: 'send', parameters: tool } }],
    })
    .finalChatCompletion()
  const [call] = completion.choices[0]?.message.tool_calls ?? []
  expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual(wanted)
  const message = await anthropic(url)
    .messages.stream({ model: 'up/m', max_tokens: 99, messages: asked, tools: [{ name: 'send', input_schema: tool }] })
    .finalMessage()
  expect(message.content).toEqual([expect.objectContaining({ type: 'tool_use', input: wanted })])
  const generated = await google(url).models.generateContent({
    model: 'up/m',
    contents: content,
    config: { tools: [{ functionDeclarations: [{ name: 'send' }] }] },
  })
  expect(generated.functionCalls?.[0]?.args).toEqual(wanted)
  expect(upstream?.requests.map(({ body }) => body.toString()).join()).not.toMatch(/jane|PRIVATE/)
})
