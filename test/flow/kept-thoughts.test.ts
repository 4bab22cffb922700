import { afterEach, describe, expect, test } from 'vitest'
import { createMemoryBlobs } from '../../src/platform/web/blobs-lru.ts'
import { CACHE } from './ask-twice.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Clients of Chat Completions that send back what OpenAI's own answers have, and nothing else: the reasoning state of
// their calls reaches its provider all the same.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const TOOL = { type: 'function', function: { name: 'get_time', parameters: { type: 'object', properties: {} } } }
const ASK = { role: 'user', content: 'What time is it?' }

const GEMINI = {
  candidates: [
    {
      content: {
        role: 'model',
        parts: [
          { functionCall: { name: 'get_time', args: {} }, thoughtSignature: 'c2lnbmVk' },
          { functionCall: { name: 'get_time', args: {} } },
        ],
      },
      finishReason: 'STOP',
      index: 0,
    },
  ],
}
const CLAUDE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [
    { type: 'thinking', thinking: 'Let me see.', signature: 'c2lnbmVk' },
    { type: 'tool_use', id: 'toolu_1', name: 'get_time', input: {} },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
}

function baseOf(provider: string, url: string): string {
  return provider === 'google' ? `${url}beta` : url
}

async function start(provider: string, model: string, answer: object, more: object = {}): Promise<void> {
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  gateway = await startGateway({ models: [model], upstream: baseOf(provider, upstream.url), provider, ...more })
}

type Call = { readonly id: string; readonly type: string; readonly function: object }

async function ask(model: string, messages: readonly object[], key = ''): Promise<readonly Call[]> {
  const response = await fetch(`${gateway?.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model: `up/${model}`, messages, tools: [TOOL], reasoning_effort: 'low' }),
  })
  const body = (await response.json()) as { choices: { message: { tool_calls: Call[] } }[] }
  expect(response.status, JSON.stringify(body)).toBe(200)
  return body.choices[0]?.message.tool_calls.map(({ id, type, function: said }) => ({ id, type, function: said })) ?? []
}

function history(calls: readonly Call[]): object[] {
  const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: '12:00' }))
  return [ASK, { role: 'assistant', content: null, tool_calls: calls }, ...results]
}

function sent(): string {
  return upstream?.requests.at(-1)?.body.toString() ?? ''
}

describe.each([
  ['google', 'gemini-3-flash-preview', GEMINI],
  ['anthropic', 'claude-sonnet-4-5', CLAUDE],
] as const)('%s', (provider, model, answer) => {
  test('gets back what it signed in an answer that is given again by a gateway that has not seen it', async () => {
    const kept = createMemoryBlobs(1_000_000)
    const sharing = { cache: { ...CACHE, isShared: true }, sharedBlobs: () => kept }
    await start(provider, model, answer, sharing)
    await ask(model, [ASK])
    await gateway?.close()
    const { url = '' } = upstream ?? {}
    gateway = await startGateway({ models: [model], upstream: baseOf(provider, url), provider, ...sharing })
    const calls = await ask(model, [ASK])
    expect(upstream?.requests).toHaveLength(1)
    await ask(model, history(calls))
    expect(sent()).toContain('c2lnbmVk')
  })

  test('gets back what it signed', async () => {
    await start(provider, model, answer)
    const calls = await ask(model, [ASK])
    expect(JSON.stringify(calls)).not.toContain('c2lnbmVk')
    await ask(model, history(calls))
    expect(sent()).toContain('c2lnbmVk')
    if (provider === 'anthropic') expect(sent()).toContain('Let me see.')
  })

  test('gets nothing of a call that it never made', async () => {
    await start(provider, model, answer)
    const calls = await ask(model, [ASK])
    await ask(model, history(calls.map((call) => ({ ...call, id: `x${call.id}` }))))
    expect(sent()).not.toContain('c2lnbmVk')
  })
})
