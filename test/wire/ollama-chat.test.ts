import { Ollama } from 'ollama'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { ollamaChat } from '../../src/wire/ollama-chat/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import type { AnswerServer } from './answer-server.ts'
import { startAnswerServer } from './answer-server.ts'
import { CUTS, casesOf } from './cases.ts'
import { decode, partsOf } from './decode.ts'
import { STREAMS, WHOLE } from './ollama-answers.ts'
import type { Reread } from './rewrite.ts'
import { answersOf, CONTEXT, eventsOf, saidBy } from './rewrite.ts'

const encoder = new TextEncoder()
const read = (body: string, isStream: boolean, cut?: number) => decode(ollamaChat, encoder.encode(body), isStream, cut)

test('whole answers', () => {
  expect(read(WHOLE.text, false)).toMatchObject({
    text: 'Hello! How are you today?',
    finish: 'stop',
    usage: { inputTokens: 26, outputTokens: 298 },
  })
  const call = read(WHOLE.call, false)
  expect(call).toMatchObject({ finish: 'tool-calls', calls: [{ name: 'get_current_weather' }] })
  expect(JSON.parse(call.calls[0]?.argumentsText ?? '')).toEqual({ format: 'celsius', location: 'Paris, FR' })
  expect(call.calls[0]?.id).not.toBe('')
  expect(read(WHOLE.loaded, false)).toMatchObject({ text: '', finish: 'other', usage: undefined })
})

test.each(Object.entries(STREAMS))('the stream "%s" reads the same at every cut', (_name, body) => {
  const whole = read(body, true)
  for (const cut of CUTS) expect(read(body, true, cut), `cut at ${cut}`).toEqual(whole)
})

test('streams', () => {
  expect(read(STREAMS.text, true)).toMatchObject({
    text: 'Grüße, 世界 👋',
    finish: 'stop',
    usage: { inputTokens: 150, outputTokens: 42 },
  })
  expect(read(STREAMS.thought, true)).toMatchObject({ reasoning: 'Let me see.', text: '42', finish: 'stop' })
  expect(read(STREAMS.call, true)).toMatchObject({ finish: 'tool-calls', calls: [{ name: 'get_current_weather' }] })
  expect(read(STREAMS.cut, true)).toMatchObject({ text: 'Once upon', finish: 'length' })
  expect(read(STREAMS.uncounted, true).usage).toMatchObject({ inputTokens: undefined, outputTokens: 1 })
  expect(read(STREAMS.old, true)).toMatchObject({ text: 'Hi', finish: 'stop', usage: { inputTokens: 26 } })
})

test('calls of several lines stay apart, and their numbers keep their digits', () => {
  expect(read(STREAMS.calls, true)).toMatchObject({
    finish: 'tool-calls',
    calls: [
      { id: 'call_trmym6vj', name: 'read', argumentsText: '{"path":"a","at":12345678901234567890,"share":0.5}' },
      { id: 'call_24957ol8', name: 'read', argumentsText: '{}' },
      { id: 'call_9x', name: 'list', argumentsText: '{"deep":null}' },
    ],
  })
})

test('the index of a call is counted over lines, whatever the server counts', () => {
  const reader = ollamaChat.createReader()
  const parts = STREAMS.calls
    .trim()
    .split('\n')
    .flatMap((data) => reader.push({ event: undefined, data }))
  expect(parts.flatMap((part) => (part.type === 'tool-call-start' ? [part.index] : []))).toEqual([0, 1, 2])
})

test('an error inside a stream is the upstream’s; a stream that just ends was interrupted', () => {
  expect(read(STREAMS.failed, true).error).toBe('upstream_error')
  expect(read(STREAMS.text.split('\n').slice(0, 2).join('\n'), true).error).toBe('stream_interrupted')
  expect(read('{"response":"no chat","done":false}\n', true).error).toBe('upstream_malformed')
  expect(read('<html>\n', true).error).toBe('upstream_malformed')
})

test('readEnd finds usage and finish in the last line alone', () => {
  const [first = '', ...others] = STREAMS.text.trimEnd().split('\n')
  expect(ollamaChat.readEnd(first)).toBeUndefined()
  expect(ollamaChat.readEnd(others.at(-1) ?? '')).toMatchObject({ finishReason: 'stop', usage: { outputTokens: 42 } })
  expect(ollamaChat.readEnd('"done":true')).toBeUndefined()
})

test('log probabilities are carried both ways', () => {
  const logprobs = [{ token: 'Hi', logprob: -0.25, top_logprobs: [{ token: 'Ho', logprob: -1.5 }] }]
  const body = { ...JSON.parse(WHOLE.text), logprobs }
  expect(
    ollamaChat.writeResponse(partsOf(ollamaChat, encoder.encode(JSON.stringify(body)), false), CONTEXT),
  ).toMatchObject({ logprobs })
})

describe.each([
  [404, '{"error":"model \'nope\' not found"}', 'upstream_model_missing'],
  [400, '{"error":"registry.ollama.ai/library/gemma:2b does not support tools"}', 'upstream_rejected'],
  [400, '{"error":"the input length exceeds the context length"}', 'context_length_exceeded'],
  [401, '{"error":"unauthorized","signin_url":"https://ollama.com/connect"}', 'upstream_auth_failed'],
  [429, '{"StatusCode":429,"Status":"429 Too Many Requests","error":"slow down"}', 'upstream_rate_limited'],
  [500, '{"error":"model requires more system memory (5.6 GiB) than is available (2.1 GiB)"}', 'upstream_error'],
  [503, '{"error":"server busy, please try again.  maximum pending requests exceeded"}', 'upstream_overloaded'],
] as const)('%i %s', (status, body, code) => {
  test(`is ${code}`, () => expect(ollamaChat.readError(status, {}, body).code).toBe(code))
})

test('an error inside a stream is classified by what it says', () => {
  const line = (body: object) => read(`${JSON.stringify(body)}\n`, true).error
  expect(line({ StatusCode: 429, error: 'slow down' })).toBe('upstream_rate_limited')
  expect(line({ error: "model 'x' not found, try pulling it first" })).toBe('upstream_model_missing')
})

describe('Ollama’s own SDK reads what we write', () => {
  let server: AnswerServer
  let client: Ollama
  beforeAll(async () => {
    server = await startAnswerServer()
    client = new Ollama({ host: server.url })
  })
  afterAll(() => server.close())

  const QUESTION = { model: 'm', messages: [{ role: 'user', content: 'x' }] }
  const expected = (parts: readonly StreamPart[]): Reread => {
    const said = saidBy(parts)
    // Calls carry objects: others are kept inside one.
    const calls = said.calls.map((call) =>
      typeof call.arguments === 'object' ? call : { ...call, arguments: { rawInvalidInput: call.arguments } },
    )
    return { ...said, calls, finish: said.finish === 'length' ? 'length' : 'stop' }
  }
  type Calls = readonly {
    readonly id?: string
    readonly function: { readonly name: string; readonly arguments: unknown }
  }[]
  const callsOf = (calls: Calls): Reread['calls'] =>
    calls.map(({ id, function: called }) => ({ id: id ?? '', name: called.name, arguments: called.arguments }))

  async function readStream(): Promise<Reread> {
    let [text, reasoning] = ['', '']
    const calls: Calls[number][] = []
    for await (const { message, done, ...rest } of await client.chat({ ...QUESTION, stream: true })) {
      text += message.content
      reasoning += message.thinking ?? ''
      calls.push(...(message.tool_calls ?? []))
      if (!done) continue
      const { done_reason: finish, prompt_eval_count: input, eval_count: output } = rest
      return { text, reasoning, calls: callsOf(calls), finish, input, output }
    }
    throw new Error('never done')
  }

  const answers = [
    ...Object.entries(STREAMS)
      .filter(([name]) => name !== 'failed')
      .map(([name, body]) => [name, partsOf(ollamaChat, encoder.encode(body), true)] as const),
    ...answersOf(openaiChat, casesOf('openai-chat', 'deepseek-chat', 'mistral-chat', 'groq-chat')),
  ]

  test.each(answers)('whole: %s', async (_name, parts) => {
    const body = JSON.stringify(ollamaChat.writeResponse(parts, CONTEXT))
    server.answer = { status: 200, contentType: 'application/json', body }
    const { message, ...answer } = await client.chat(QUESTION)
    expect({
      text: message.content,
      reasoning: message.thinking ?? '',
      calls: callsOf(message.tool_calls ?? []),
      finish: answer.done_reason,
      input: answer.prompt_eval_count,
      output: answer.eval_count,
    }).toEqual(expected(parts))
    expect(answer).toMatchObject({ model: CONTEXT.model, done: true, created_at: '2023-11-14T22:13:20.000Z' })
  })

  test.each(answers)('streamed: %s', async (_name, parts) => {
    server.answer = { status: 200, contentType: 'application/x-ndjson', body: ndjson(parts) }
    expect(await readStream()).toEqual(expected(parts))
  })

  test('an explanation in a stream is read past', async () => {
    const [, parts = []] = answers[0] ?? []
    const body = ollamaChat.writeStreamExplanation('call-1', { model: 'x' }) + ndjson(parts)
    server.answer = { status: 200, contentType: 'application/x-ndjson', body }
    expect(await readStream()).toEqual(expected(parts))
  })

  test('a stream that breaks throws our words, and no line says that it is done', async () => {
    const error = ollamaChat.writeStreamError(new GatewayError('stream_interrupted', 'It broke off.'))
    server.answer = {
      status: 200,
      contentType: 'application/x-ndjson',
      body: `${STREAMS.text.split('\n')[0]}\n${error}`,
    }
    await expect(readStream()).rejects.toThrow('It broke off.')
  })

  test.each([
    ['invalid_request', 400],
    ['model_not_found', 404],
    ['upstream_rate_limited', 429],
    ['upstream_error', 502],
  ] as const)('the error %s is thrown with its status and words', async (code, status) => {
    const body = JSON.stringify(ollamaChat.writeError(new GatewayError(code, 'What happened.')))
    server.answer = { status, contentType: 'application/json', body }
    await expect(client.chat(QUESTION)).rejects.toMatchObject({
      name: 'ResponseError',
      status_code: status,
      error: 'What happened.',
    })
  })
})

function ndjson(parts: readonly StreamPart[]): string {
  return eventsOf(ollamaChat, parts)
    .map(({ data }) => `${data}\n`)
    .join('')
}
