import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator
let client: OpenAI

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  client = new OpenAI({ apiKey: 'none', baseURL: `${simulator.url}/v1`, maxRetries: 0, logLevel: 'off' })
})

afterAll(() => simulator.close())

type Params = OpenAI.CompletionCreateParamsNonStreaming
const ask = (more: Partial<Params> = {}) =>
  client.completions.create({ model: 'ok', prompt: 'Once upon', max_tokens: 5, ...more })

async function streamed(more: Partial<OpenAI.CompletionCreateParamsStreaming> = {}) {
  const chunks: OpenAI.Completion[] = []
  const params = { model: 'ok', prompt: 'Once upon', max_tokens: 5, ...more, stream: true as const }
  for await (const chunk of await client.completions.create(params)) chunks.push(chunk)
  return chunks
}

const textOf = (chunks: readonly OpenAI.Completion[], index = 0) =>
  chunks
    .flatMap(({ choices }) => choices.filter((choice) => choice.index === index))
    .map(({ text }) => text)
    .join('')

test('an answer is a text completion with a bill, of 16 tokens where no limit is said', async () => {
  const { id, object, choices, usage } = await client.completions.create({ model: 'ok', prompt: 'Once upon' })
  expect(id).toMatch(/^cmpl-\w{29}$/)
  expect({ object, usage }).toEqual({
    object: 'text_completion',
    usage: { prompt_tokens: 3, completion_tokens: 16, total_tokens: 19 },
  })
  expect(choices).toEqual([
    { index: 0, text: expect.stringContaining('simulated'), logprobs: null, finish_reason: 'length' },
  ])
  const whole = await ask({ max_tokens: 100 })
  expect([whole.choices[0]?.finish_reason, whole.usage?.completion_tokens]).toEqual(['stop', 60])
})

test('a stream says the same, a token a chunk, and its bill only when asked', async () => {
  const whole = await ask()
  const chunks = await streamed()
  expect(textOf(chunks)).toBe(whole.choices[0]?.text)
  expect(chunks).toHaveLength(6)
  expect(chunks.at(-1)?.choices).toEqual([{ text: '', index: 0, logprobs: null, finish_reason: 'length' }])
  expect(chunks.every((chunk) => !('usage' in chunk) && chunk.id === chunks[0]?.id)).toBe(true)
  const billed = await streamed({ stream_options: { include_usage: true } })
  expect(billed.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
  expect(billed.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
})

test('every prompt has its choices, in their order, and is billed once', async () => {
  const { choices, usage } = await ask({ prompt: ['One', 'Another one'], n: 2, echo: true })
  expect(choices.map(({ index, text }) => [index, text.startsWith(index < 2 ? 'One' : 'Another one')])).toEqual(
    [0, 1, 2, 3].map((index) => [index, true]),
  )
  expect(usage).toEqual({ prompt_tokens: 4, completion_tokens: 20, total_tokens: 24 })
  const chunks = await streamed({ prompt: ['One', 'Another one'], n: 2, echo: true })
  for (const { index, text } of choices) expect(textOf(chunks, index)).toBe(text)
})

test('prompts may be tokens, and none at all', async () => {
  const tokens = await ask({ prompt: [[1, 2, 3], [4]], echo: true })
  expect(tokens.choices.map(({ text }) => text.slice(0, 6))).toEqual([' 1 2 3', expect.stringMatching(/^ 4/)])
  expect(tokens.usage?.prompt_tokens).toBe(4)
  expect((await ask({ prompt: [1, 2, 3] })).choices).toHaveLength(1)
  expect((await ask({ prompt: null })).usage?.prompt_tokens).toBe(0)
})

test('an echo alone is the prompt and no token', async () => {
  const { choices, usage } = await ask({ echo: true, max_tokens: 0 })
  expect(choices[0]).toMatchObject({ text: 'Once upon', finish_reason: 'length' })
  expect(usage?.completion_tokens).toBe(0)
})

test('a stop sequence ends the text, and a suffix is billed', async () => {
  const { choices, usage } = await ask({ stop: ' answer', suffix: 'the end.', max_tokens: 50 })
  expect(choices[0]).toMatchObject({ text: 'This is a simulated', finish_reason: 'stop' })
  expect(usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 4 })
})

test('probabilities stand beside every token, whole and streamed alike', async () => {
  const { choices } = await ask({ logprobs: 2 })
  const [choice] = choices
  const { tokens = [], token_logprobs: values, top_logprobs: tops, text_offset: offsets } = choice?.logprobs ?? {}
  expect(tokens.join('')).toBe(choice?.text)
  expect(values?.every((value) => value < 0)).toBe(true)
  expect(tops?.map((top) => Object.keys(top).length)).toEqual([2, 2, 2, 2, 2])
  expect(tops?.every((top, index) => top[tokens[index] ?? ''] === values?.[index])).toBe(true)
  // Counted from the beginning of the prompt.
  expect(offsets).toEqual([9, 13, 16, 18, 28])
  const chunks = await streamed({ logprobs: 2 })
  const parts = chunks.flatMap((chunk) => chunk.choices.map(({ logprobs }) => logprobs))
  expect(parts.flatMap((part) => part?.tokens ?? [])).toEqual(tokens)
  expect(parts.flatMap((part) => part?.text_offset ?? [])).toEqual(offsets)
  expect(parts.flatMap((part) => part?.top_logprobs ?? [])).toEqual(tops)

  const echoed = (await ask({ logprobs: 0, echo: true })).choices[0]
  expect(echoed?.logprobs?.tokens?.join('')).toBe(echoed?.text)
  expect(echoed?.logprobs).toMatchObject({ top_logprobs: null, text_offset: [0, 4, 8, 9, 13, 16, 18, 28] })
  expect(echoed?.logprobs?.token_logprobs?.map((value) => value === null)).toEqual([true, ...Array(7).fill(false)])
})

test('thoughts and calls are text, which is all that a completion has', async () => {
  const called = (await ask({ model: 'tool:get_weather', max_tokens: 100 })).choices[0]
  expect(JSON.parse(called?.text ?? '')).toEqual({ name: 'get_weather', arguments: {} })
  const thought = await ask({ model: 'think=3', max_tokens: 100 })
  expect(thought.choices[0]?.text).toMatch(/^The request asks/)
  expect(thought.usage?.completion_tokens).toBe(63)
})

test('the OpenAI SDK knows the errors for what they are, in a stream too', async () => {
  await expect(ask({ model: '429;retry-after=1' })).rejects.toBeInstanceOf(OpenAI.RateLimitError)
  await expect(ask({ model: '500' })).rejects.toBeInstanceOf(OpenAI.InternalServerError)
  await expect(ask({ model: 'reset' })).rejects.toBeInstanceOf(OpenAI.APIConnectionError)
  await expect(ask({ model: 'gpt-5-mini' })).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  await expect(ask({ max_tokens: 0 })).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' })
  await expect(streamed({ model: 'error-in-200@3' })).rejects.toBeInstanceOf(OpenAI.APIError)
  await expect(streamed({ model: 'cut@3' })).rejects.toThrow()
  await expect(streamed({ model: 'malformed@3' })).rejects.toThrow(SyntaxError)
  expect((await streamed({ model: 'empty-200' })).map(({ choices }) => choices[0]?.text)).toEqual([''])
})

test('an answer that never ends begins with what is echoed', async () => {
  const controller = new AbortController()
  const response = await fetch(`${simulator.url}/v1/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'never-ends', prompt: 'Once upon', echo: true }),
    signal: controller.signal,
  })
  let text = ''
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece
    if (text.length > 200) break
  }
  controller.abort()
  expect(text).toContain('"text":"Once uponThis is a simulated')
})
