import type { ServerResponse } from 'node:http'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import ollama from '../../src/providers/ollama.ts'
import { STREAMS, WHOLE } from '../wire/ollama-answers.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

// Clients of Ollama's OpenAI-compatible API reach it as they are; those of other formats through its own API. An OpenAI
// client stands for them here, at a provider that has not the compatible API.
const { alsoSpeaks: _compatible, ...own } = ollama

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const sent = (): { path: string; body: Record<string, unknown> }[] =>
  (upstream?.requests ?? []).map(({ path, body }) => ({ path, body: JSON.parse(body.toString()) }))

/** In pieces of a few bytes, cut inside characters too. */
function stream(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/x-ndjson' })
  const bytes = Buffer.from(body)
  for (let start = 0; start < bytes.length; start += 11) response.write(bytes.subarray(start, start + 11))
  response.end()
}

function json(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(body)
}

async function startOwn(answer: (response: ServerResponse, model: string) => void, models = ['m']): Promise<OpenAI> {
  upstream = await startCaptureUpstream((response, { body }) => answer(response, JSON.parse(body.toString()).model))
  gateway = await startGateway({ models, upstream: upstream.url, provider: own })
  return new OpenAI({ apiKey: 'x', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
}

describe('an OpenAI client at Ollama', () => {
  test.each(['', '/v1'])('reaches the compatible API byte for byte, base URL ending in "%s"', async (end) => {
    upstream = await startCaptureUpstream((response) => json(response, JSON.stringify(COMPLETION)))
    gateway = await startGateway({ models: ['m'], upstream: upstream.url.replace(/\/v1$/, end), provider: 'ollama' })
    const body = '{ "model":"up/m", "seed": 12345678901234567890, "messages":[{"role":"user","content":"x"}] }'
    const response = await post(gateway.url, body)
    expect(await response.json()).toEqual(COMPLETION)
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/chat/completions'])
    expect(upstream.requests[0]?.body.toString()).toBe(body.replace('up/m', 'm'))
  })
})

describe('any other client at Ollama', () => {
  test('streams text, the thoughts before it and the usage', async () => {
    const client = await startOwn((response) => stream(response, STREAMS.thought))
    const chunks = await client.chat.completions.create({
      model: 'up/m',
      messages: [{ role: 'system', content: 'Be brief.' }, ...HELLO],
      max_completion_tokens: 7,
      temperature: 0,
      stop: 'END',
      reasoning_effort: 'low',
      stream: true,
      stream_options: { include_usage: true },
    })
    let [text, thoughts] = ['', '']
    let [finish, usage]: [string | null | undefined, OpenAI.CompletionUsage | null | undefined] = [undefined, undefined]
    for await (const { choices, usage: counted } of chunks) {
      const delta = choices[0]?.delta as { content?: string; reasoning_content?: string } | undefined
      text += delta?.content ?? ''
      thoughts += delta?.reasoning_content ?? ''
      finish = choices[0]?.finish_reason ?? finish
      usage = counted ?? usage
    }
    expect({ text, thoughts, finish }).toEqual({ text: '42', thoughts: 'Let me see.', finish: 'stop' })
    expect(usage).toMatchObject({ prompt_tokens: 150, completion_tokens: 42, total_tokens: 192 })
    expect(sent()).toEqual([
      {
        path: '/api/chat',
        body: {
          model: 'm',
          messages: [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Hello' },
          ],
          think: 'low',
          options: { num_predict: 7, temperature: 0, stop: ['END'] },
          stream: true,
        },
      },
    ])
  })

  test('streams calls of several lines as calls of one answer, digits kept', async () => {
    const client = await startOwn((response) => stream(response, STREAMS.calls))
    const tools = ['read', 'list'].map((name) => ({ type: 'function' as const, function: { name } }))
    const answer = await client.chat.completions.stream({ model: 'up/m', messages: [...HELLO], tools }).finalMessage()
    expect(answer.tool_calls).toMatchObject([
      {
        id: 'call_trmym6vj',
        function: { name: 'read', arguments: '{"path":"a","at":12345678901234567890,"share":0.5}' },
      },
      { id: 'call_24957ol8', function: { name: 'read', arguments: '{}' } },
      { id: 'call_9x', function: { name: 'list', arguments: '{"deep":null}' } },
    ])
  })

  test('gets whole answers, and sends results back with the tool’s name', async () => {
    const client = await startOwn((response) => json(response, WHOLE.call))
    const tools = [
      { type: 'function' as const, function: { name: 'get_current_weather', parameters: { type: 'object' } } },
    ]
    const messages: OpenAI.ChatCompletionMessageParam[] = [...HELLO]
    const first = await client.chat.completions.create({ model: 'up/m', messages, tools })
    const [choice] = first.choices
    const [call] = choice?.message.tool_calls ?? []
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(first.usage).toMatchObject({ prompt_tokens: 122, completion_tokens: 33 })
    if (choice === undefined || call?.type !== 'function') throw new Error('no call')
    messages.push(choice.message, { role: 'tool', tool_call_id: call.id, content: '22°C' })
    await client.chat.completions.create({ model: 'up/m', messages, tools })
    const [, second] = sent()
    expect(second?.body['stream']).toBe(false)
    expect(second?.body['messages']).toEqual([
      { role: 'user', content: 'Hello' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          {
            id: call.id,
            function: { name: 'get_current_weather', arguments: { format: 'celsius', location: 'Paris, FR' } },
          },
        ],
      },
      { role: 'tool', content: '22°C', tool_name: 'get_current_weather', tool_call_id: call.id },
    ])
  })

  test('is told what was lost', async () => {
    await startOwn((response) => json(response, WHOLE.text))
    const tools = [{ type: 'function', function: { name: 'f', strict: true } }]
    const response = await post(gateway?.url ?? '', {
      model: 'up/m',
      messages: HELLO,
      tools,
      tool_choice: 'required',
      user: 'u',
    })
    expect(response.headers.get('x-route-losses')?.split(/,\s*/).toSorted()).toEqual([
      'tool_choice',
      'tools[0].function.strict',
      'user',
    ])
  })

  test('a model that is not there is replaced by the next', async () => {
    const client = await startOwn(
      (response, model) =>
        model === 'a' ? json(response, '{"error":"model \'a\' not found"}', 404) : json(response, WHOLE.text),
      ['a', 'b'],
    )
    const answer = await client.chat.completions.create({ model: 'auto', messages: [...HELLO] })
    expect(answer.choices[0]?.message.content).toBe('Hello! How are you today?')
    expect(sent().map(({ body }) => body['model'])).toEqual(['a', 'b'])
  })

  test('an error before the first part is replaced by the next, one after it is an error', async () => {
    const client = await startOwn(
      (response, model) => stream(response, model === 'a' ? '{"error":"out of memory"}\n' : STREAMS.failed),
      ['a', 'b'],
    )
    const chunks = await client.chat.completions.create({ model: 'auto', messages: [...HELLO], stream: true })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const { choices } of chunks) text += choices[0]?.delta.content ?? ''
    }
    await expect(read()).rejects.toThrow('an error was encountered while running the model')
    expect(text).toBe('I')
    expect(sent().map(({ body }) => body['model'])).toEqual(['a', 'b'])
  })
})
