import OpenAI from 'openai'
import type { Response as ResponsesAnswer } from 'openai/resources/responses/responses'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import { foldParts } from '../../src/core/fold.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { AnswerContext, WireFormat } from '../../src/core/wire-format.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import type { ProviderCase } from './cases.ts'
import { casesOf, hasCases } from './cases.ts'
import type { Decoded } from './decode.ts'
import { decodedOf, partsOf } from './decode.ts'

// Answers as this format writes them, read by the current `openai` package.

const context: AnswerContext = { id: 'rt_1', model: 'a/m', createdSeconds: 1, includeUsage: true }

/** A client whose server answers with these bytes. */
function clientOf(body: string, contentType: string, status = 200): OpenAI {
  const answer = () => Promise.resolve(new Response(body, { status, headers: { 'content-type': contentType } }))
  return new OpenAI({ apiKey: 'k', baseURL: 'http://up/v1', fetch: answer, maxRetries: 0 })
}

const asked = { model: 'm', input: 'Hello' }

function whole(parts: readonly StreamPart[]): Promise<ResponsesAnswer> {
  const body = JSON.stringify(openaiResponses.writeResponse(parts, context))
  return clientOf(body, 'application/json').responses.create(asked)
}

function streamed(parts: readonly StreamPart[]): Promise<ResponsesAnswer> {
  const writer = openaiResponses.createWriter(context)
  const enframer = createEnframer('sse')
  const body = [...parts.flatMap((part) => writer.push(part)), ...writer.end()]
  const client = clientOf(enframer.write(body) + enframer.end(), enframer.contentType)
  return client.responses.stream(asked).finalResponse() as Promise<ResponsesAnswer>
}

/** What the SDK made of it. */
function understood(response: ResponsesAnswer): unknown {
  const { output, status, incomplete_details: details, output_text: text } = response
  const usage = response.usage ?? undefined
  const calls = output.flatMap((item) => {
    if (item.type === 'function_call') return [{ id: item.call_id, name: item.name, argumentsText: item.arguments }]
    return item.type === 'custom_tool_call' ? [{ id: item.call_id, name: item.name, argumentsText: item.input }] : []
  })
  const thoughts = output.flatMap((item) => (item.type === 'reasoning' ? item.summary.map((one) => one.text) : []))
  return {
    text,
    calls,
    reasoning: thoughts.join(''),
    status,
    cause: details?.reason,
    usage: usage && [
      usage.input_tokens,
      usage.input_tokens_details.cached_tokens,
      usage.output_tokens,
      usage.output_tokens_details.reasoning_tokens,
    ],
  }
}

function meant({ text, calls, reasoning, finish, usage }: Decoded): unknown {
  const cause = finish === 'length' ? 'max_output_tokens' : finish === 'content-filter' ? 'content_filter' : undefined
  return {
    text,
    calls,
    reasoning,
    status: cause === undefined ? 'completed' : 'incomplete',
    cause,
    usage:
      usage &&
      [usage.inputTokens, usage.cachedInputTokens, usage.outputTokens, usage.reasoningTokens].map(
        (count) => count ?? 0,
      ),
  }
}

/** The parts of a case, unless it is an error. */
function answerOf(format: WireFormat, one: ProviderCase): StreamPart[] | undefined {
  if (one.status !== 200) return undefined
  try {
    return partsOf(format, one.bytes, one.mode === 'stream')
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined
    throw thrown
  }
}

const answers = [
  ...casesOf('openai-responses', 'xai-responses', 'open-responses').map((one) => ({ one, format: openaiResponses })),
  ...casesOf('openai-chat', 'groq-chat', 'deepseek-chat', 'mistral-chat').map((one) => ({ one, format: openaiChat })),
].flatMap(({ one, format }) => {
  const parts = answerOf(format, one)
  return parts === undefined ? [] : [[one.id, one.name, parts] as const]
})

describe.skipIf(!hasCases)(`answers of every format${hasCases ? '' : ' (no shared data here)'}`, () => {
  test('there are many', () => expect(answers.length).toBeGreaterThan(150))

  test.each(answers)('%s %s reads the same through the SDK, whole and streamed', async (_id, _name, parts) => {
    const expected = meant(decodedOf(foldParts(parts)))
    const response = await whole(parts)
    expect(understood(response)).toEqual(expected)
    expect(understood(await streamed(parts))).toEqual(expected)
  })

  test.each(answers)('%s %s: the last event has what the whole answer has', (_id, _name, parts) => {
    const writer = openaiResponses.createWriter(context)
    const events = [...parts.flatMap((part) => writer.push(part)), ...writer.end()].map(({ event, data }) => {
      const value = JSON.parse(data) as {
        type: string
        sequence_number: number
        output_index?: number
        response?: unknown
      }
      expect(value.type).toBe(event)
      return value
    })
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
    expect(events.at(-1)?.response).toEqual(openaiResponses.writeResponse(parts, context))
    const places = events.flatMap((event) => event.output_index ?? [])
    expect(places).toEqual(places.toSorted((one, other) => one - other))
  })
})

const start: StreamPart = { type: 'response-start', id: 'chatcmpl-1', model: 'm' }
const end: StreamPart = { type: 'response-end', finishReason: 'stop', raw: 'stop' }

test('sources that come with the signature of a text stand with that text, in one message', () => {
  const writer = openaiResponses.createWriter(context)
  const parts: StreamPart[] = [
    { type: 'text-delta', text: 'Hi' },
    { type: 'text-signature', signature: { by: 'gemini-generate', value: 'c2ln' } },
    { type: 'citation', url: 'https://a.example/', title: 'A', span: { start: 0, end: 2 } },
    { type: 'response-end', finishReason: 'stop', raw: undefined },
  ]
  const events = [...parts.flatMap((part) => writer.push(part)), ...writer.end()].map(({ data }) => JSON.parse(data))
  const annotation = { type: 'url_citation', url: 'https://a.example/', title: 'A', start_index: 0, end_index: 2 }
  expect(events.at(-1).response.output).toMatchObject([
    { type: 'message', content: [{ text: 'Hi', annotations: [annotation] }] },
    { type: 'reasoning' },
  ])
  expect(openaiResponses.readResponse(events.at(-1).response)).toContainEqual(parts[2])
})

test('refusals, citations, log probabilities, custom calls and pictures come through', async () => {
  const parts: StreamPart[] = [
    start,
    { type: 'text-delta', text: 'Hi', logprobs: [{ token: 'Hi', logprob: -0.5, top: [{ token: 'Ho', logprob: -1 }] }] },
    { type: 'citation', url: 'https://a.example/', title: 'A' },
    { type: 'refusal-delta', text: 'No.' },
    { type: 'tool-call-start', index: 0, id: 'call_1', name: 'patch', custom: true },
    { type: 'tool-call-delta', index: 0, argumentsText: '*** Begin' },
    { type: 'tool-call-end', index: 0 },
    { type: 'media', mediaType: 'image/png', data: 'AAAA' },
    end,
  ]
  for (const response of [await whole(parts), await streamed(parts)]) {
    expect(response.output).toMatchObject([
      {
        type: 'message',
        content: [
          {
            type: 'output_text',
            text: 'Hi',
            annotations: [{ type: 'url_citation', url: 'https://a.example/', title: 'A' }],
            logprobs: [{ token: 'Hi', logprob: -0.5, bytes: [72, 105], top_logprobs: [{ token: 'Ho' }] }],
          },
          { type: 'refusal', refusal: 'No.' },
        ],
      },
      { type: 'custom_tool_call', call_id: 'call_1', name: 'patch', input: '*** Begin' },
      { type: 'image_generation_call', result: 'AAAA' },
    ])
  }
})

test('a signature comes back in the item that carried it, whoever signed and whatever it belongs to', async () => {
  const parts: StreamPart[] = [
    start,
    { type: 'reasoning-delta', text: 'Hm.' },
    { type: 'reasoning-end', signature: { by: 'anthropic-messages', value: 'sig:A' } },
    { type: 'reasoning-end', signature: { by: 'openai-responses', value: 'gAAA' }, id: 'rs_up', redacted: true },
    { type: 'text-delta', text: 'Hi' },
    { type: 'text-signature', signature: { by: 'gemini-generate', value: 'T' } },
    // Gemini's way: thoughts without an end, then a call that is signed.
    { type: 'reasoning-delta', text: 'So.' },
    { type: 'tool-call-start', index: 0, id: 'call_1', name: 'f', signature: { by: 'gemini-generate', value: 'C' } },
    { type: 'tool-call-delta', index: 0, argumentsText: '{}' },
    { type: 'tool-call-end', index: 0 },
    end,
  ]
  for (const { output } of [await whole(parts), await streamed(parts)]) {
    const { messages } = openaiResponses.readRequest({ model: 'm', input: JSON.parse(JSON.stringify(output)) })
    expect(messages).toEqual([
      {
        role: 'assistant',
        name: undefined,
        content: [
          { type: 'reasoning', text: 'Hm.', signature: { by: 'anthropic-messages', value: 'sig:A' } },
          {
            type: 'reasoning',
            text: '',
            redacted: true,
            id: 'rs_up',
            signature: { by: 'openai-responses', value: 'gAAA' },
          },
          { type: 'text', text: 'Hi', signature: { by: 'gemini-generate', value: 'T' } },
          { type: 'reasoning', text: 'So.', id: expect.stringMatching(/^rs_/) },
          {
            type: 'tool-call',
            id: 'call_1',
            name: 'f',
            argumentsText: '{}',
            signature: { by: 'gemini-generate', value: 'C' },
          },
        ],
      },
    ])
  }
})

test('errors are the SDK’s own, of a whole answer and in a stream', async () => {
  const error = new GatewayError('upstream_rate_limited', 'Slow down.', { param: 'model' })
  const body = JSON.stringify(openaiResponses.writeError(error))
  const refused = clientOf(body, 'application/json', error.status).responses.create(asked)
  await expect(refused).rejects.toThrow(OpenAI.RateLimitError)
  await expect(refused).rejects.toMatchObject({
    code: 'upstream_rate_limited',
    type: 'rate_limit_error',
    param: 'model',
  })

  const writer = openaiResponses.createWriter(context)
  const begun = createEnframer('sse').write(
    [start, { type: 'text-delta', text: 'Hi' } as const].flatMap((part) => writer.push(part)),
  )
  const broken = begun + openaiResponses.writeStreamError(error)
  const stream = await clientOf(broken, 'text/event-stream').responses.create({ ...asked, stream: true })
  await expect(Array.fromAsync(stream)).rejects.toMatchObject({ code: 'upstream_rate_limited', message: 'Slow down.' })
  const helper = clientOf(broken, 'text/event-stream').responses.stream(asked).finalResponse()
  await expect(helper).rejects.toThrow(OpenAI.APIError)
})

test('the decision in a stream is read past', async () => {
  const writer = openaiResponses.createWriter(context)
  const parts: StreamPart[] = [start, { type: 'text-delta', text: 'Hi' }, end]
  const events = createEnframer('sse').write([...parts.flatMap((part) => writer.push(part)), ...writer.end()])
  const body = openaiResponses.writeStreamExplanation('rt_1', { model: 'a\nb' }) + events
  const response = await clientOf(body, 'text/event-stream').responses.stream(asked).finalResponse()
  expect(response.output_text).toBe('Hi')
})
