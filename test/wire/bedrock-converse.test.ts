import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { WireEvent } from '../../src/core/wire-format.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { DATA } from '../data-folder.ts'
import { awsEvents, encodeAwsEvents } from './aws-frames.ts'
import { CUTS, casesOf, describeCases, hasCases } from './cases.ts'
import { decode, partsOf } from './decode.ts'
import { DIFFERENCES } from './differences.ts'

describeCases(bedrockConverse, casesOf('bedrock-converse'), DIFFERENCES['bedrock-converse'])

const FOLDER = join(DATA, 'recordings/amazon-bedrock')

describe.skipIf(!hasCases)(`recordings${hasCases ? '' : ' (no shared data here)'}`, () => {
  const files = hasCases ? readdirSync(FOLDER) : []

  test.each(files.filter((file) => file.endsWith('.chunks.txt')))('%s', (file) => {
    const lines = readFileSync(join(FOLDER, file), 'utf8')
    const bytes = encodeAwsEvents(awsEvents(lines))
    const whole = decode(bedrockConverse, bytes, true)
    for (const cut of CUTS) expect(decode(bedrockConverse, bytes, true, cut), `cut at ${cut}`).toEqual(whole)
    const deltas = awsEvents(lines).map(({ data }) => (JSON.parse(data) as { delta?: Delta }).delta)
    const joined = (pick: (delta: Delta) => string | undefined): string =>
      deltas.map((delta) => (delta === undefined ? '' : (pick(delta) ?? ''))).join('')
    expect(whole).toMatchObject({
      error: undefined,
      text: joined((delta) => delta.text),
      reasoning: joined((delta) => delta.reasoningContent?.text),
    })
    expect(whole.calls.length).toBe(lines.split('"toolUseId"').length - 1)
    const input = joined((delta) => delta.toolUse?.input)
    if (input !== '') expect(whole.calls.map((call) => call.argumentsText).join('')).toBe(input)
  })

  test.each(files.filter((file) => file.endsWith('.json')))('%s', (file) => {
    const bytes = readFileSync(join(FOLDER, file))
    const { output } = JSON.parse(bytes.toString()) as { output: { message: { content: Block[] } } }
    const { content } = output.message
    const whole = decode(bedrockConverse, bytes, false)
    expect(whole).toMatchObject({ error: undefined, text: content.map((block) => block.text ?? '').join('') })
    const inputs = content.flatMap((block) => (block.toolUse === undefined ? [] : [block.toolUse.input]))
    expect(whole.calls.map((call) => JSON.parse(call.argumentsText) as unknown)).toEqual(inputs)
  })
})

type Delta = {
  readonly text?: string
  readonly reasoningContent?: { readonly text?: string }
  readonly toolUse?: { readonly input: string }
}
type Block = { readonly text?: string; readonly toolUse?: { readonly input: unknown } }

function event(name: string, data: object): WireEvent {
  return { event: name, data: JSON.stringify(data) }
}

const START = event('messageStart', { role: 'assistant' })
const STOP = event('messageStop', { stopReason: 'end_turn' })

function partsOfEvents(events: readonly WireEvent[]): StreamPart[] {
  return partsOf(bedrockConverse, encodeAwsEvents(events), true)
}

describe('streams', () => {
  const call = (index: number, id: string, name: string): WireEvent =>
    event('contentBlockStart', { contentBlockIndex: index, start: { toolUse: { toolUseId: id, name } } })
  const input = (index: number, text: string): WireEvent =>
    event('contentBlockDelta', { contentBlockIndex: index, delta: { toolUse: { input: text } } })
  const stop = (index: number): WireEvent => event('contentBlockStop', { contentBlockIndex: index })

  test('calls that interleave come out one after the other', () => {
    const events = [
      START,
      call(1, 'a', 'first'),
      call(2, '', 'second'),
      input(2, '{"b"'),
      input(1, '{"a":1'),
      input(2, ':2}'),
    ]
    const { calls, finish } = decode(
      bedrockConverse,
      encodeAwsEvents([...events, input(1, '}'), stop(2), stop(1), event('messageStop', { stopReason: 'tool_use' })]),
      true,
    )
    expect(calls.map((one) => [one.name, one.argumentsText])).toEqual([
      ['first', '{"a":1}'],
      ['second', '{"b":2}'],
    ])
    expect(calls[0]?.id).toBe('a')
    // An id that the upstream left empty is made.
    expect(calls[1]?.id).not.toBe('')
    expect(finish).toBe('tool-calls')
  })

  test('every event is known by its members alone', () => {
    const events = [
      START,
      call(0, 'a', 'f'),
      input(0, '{}'),
      stop(0),
      STOP,
      event('metadata', { usage: { inputTokens: 1 } }),
    ]
    const read = (given: readonly WireEvent[]): StreamPart[] => {
      const reader = bedrockConverse.createReader()
      return [...given.flatMap((one) => reader.push(one)), ...reader.end()]
    }
    expect(read(events.map(({ data }) => ({ event: undefined, data })))).toEqual(read(events))
    expect(read(events)).toHaveLength(6)
  })

  test('a block of thoughts ends with its signature, and is Claude’s wherever Claude runs', () => {
    const thought = (said: object): WireEvent =>
      event('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: said } })
    const parts = partsOfEvents([START, thought({ text: 'Hm.' }), thought({ signature: 'c2ln' }), stop(0), STOP])
    expect(parts).toContainEqual({ type: 'reasoning-delta', text: 'Hm.' })
    expect(parts).toContainEqual({ type: 'reasoning-end', signature: { by: 'anthropic-messages', value: 'c2ln' } })
    const redacted = partsOfEvents([START, thought({ redactedContent: 'YWJj' }), stop(0), STOP])
    expect(redacted).toContainEqual({
      type: 'reasoning-end',
      redacted: true,
      signature: { by: 'anthropic-messages', value: 'YWJj' },
    })
  })

  test('thoughts that nobody closed end where words begin', () => {
    const thought = event('contentBlockDelta', {
      contentBlockIndex: 0,
      delta: { reasoningContent: { redactedContent: 'YWJj' } },
    })
    const words = event('contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Hi' } })
    const types = partsOfEvents([START, thought, words, STOP]).map((part) => part.type)
    expect(types).toEqual(['response-start', 'reasoning-end', 'text-delta', 'response-end'])
  })

  test('cached tokens are part of all input tokens', () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 15,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 1_000,
      cacheDetails: [
        { ttl: '1h', inputTokens: 900 },
        { ttl: '5m', inputTokens: 100 },
      ],
    }
    expect(partsOfEvents([START, STOP, event('metadata', { usage, metrics: { latencyMs: 3 } })])).toContainEqual({
      type: 'usage',
      usage: {
        inputTokens: 1_110,
        cachedInputTokens: 100,
        cacheWriteTokens: 1_000,
        longCacheWriteTokens: 900,
        outputTokens: 5,
        reasoningTokens: undefined,
      },
    })
  })

  test('which stop sequence it was is read where it was asked for', () => {
    const end = event('messageStop', {
      stopReason: 'stop_sequence',
      additionalModelResponseFields: { delta: { stop_sequence: 'END' } },
    })
    expect(partsOfEvents([START, end])).toContainEqual(
      expect.objectContaining({ type: 'response-end', finishReason: 'stop', stopSequence: 'END' }),
    )
  })

  test('the end of a stream is read from single events', () => {
    expect(bedrockConverse.readEnd(STOP.data)).toEqual({ finishReason: 'stop', usage: undefined })
    expect(bedrockConverse.readEnd('{"usage":{"inputTokens":1,"outputTokens":2}}')).toMatchObject({
      usage: { inputTokens: 1, outputTokens: 2 },
    })
    expect(bedrockConverse.readEnd('{"contentBlockIndex":0,"delta":{"text":"usage\\": 1"}}')).toBeUndefined()
    expect(bedrockConverse.readEnd('{"usage": broken')).toBeUndefined()
  })
})

/** Exceptions of the service model, and where they may be met: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
describe('errors', () => {
  function thrownBy(events: readonly WireEvent[]): GatewayError {
    try {
      partsOfEvents(events)
    } catch (thrown) {
      if (thrown instanceof GatewayError) return thrown
    }
    throw new Error('nothing was thrown')
  }

  test.each([
    ['throttlingException', 'upstream_rate_limited'],
    ['modelStreamErrorException', 'upstream_error'],
    ['internalServerException', 'upstream_error'],
    ['serviceUnavailableException', 'upstream_overloaded'],
    ['validationException', 'upstream_rejected'],
    ['modelTimeoutException', 'upstream_timeout'],
    ['somethingNewException', 'upstream_error'],
  ])('a stream broken by %s is %s', (type, code) => {
    const error = thrownBy([START, event(`exception:${type}`, { message: 'Said by Bedrock.' })])
    expect(error.code).toBe(code)
    expect(error.message).toBe('Said by Bedrock.')
    // Recordings name it as an event.
    expect(thrownBy([START, event(type, { message: 'x' })]).code).toBe(code)
  })

  test.each([
    [429, 'Too many requests, please wait before trying again.', 'upstream_rate_limited'],
    [403, 'The security token included in the request is invalid.', 'upstream_auth_failed'],
    [400, 'The provided model identifier is invalid.', 'upstream_model_missing'],
    [404, 'Could not resolve the foundation model from the provided model identifier.', 'upstream_model_missing'],
    [400, 'Input is too long for requested model.', 'context_length_exceeded'],
    [
      400,
      'The model returned the following errors: prompt is too long: 204798 tokens > 200000 maximum',
      'context_length_exceeded',
    ],
    [
      400,
      'The model returned the following errors: max_tokens must be greater than thinking.budget_tokens',
      'upstream_rejected',
    ],
    [424, 'The model failed.', 'upstream_error'],
    [408, 'Model has timed out in processing the request. Try your request again.', 'upstream_timeout'],
    [500, 'The system encountered an unexpected error during processing. Try your request again.', 'upstream_error'],
    [503, 'Bedrock is unable to process your request.', 'upstream_overloaded'],
  ])('%i %s is %s', (status, message, code) => {
    expect(bedrockConverse.readError(status, {}, JSON.stringify({ message })).code).toBe(code)
  })

  test('an exception without words, or with words that are no JSON, is one all the same', () => {
    for (const data of ['', '{}', 'Slow down!', '[]']) {
      expect(thrownBy([START, { event: 'exception:throttlingException', data }]).code).toBe('upstream_rate_limited')
    }
  })

  test('a body that is none is no answer', () => {
    expect(() => bedrockConverse.readResponse({ hello: 'world' })).toThrow(
      expect.objectContaining({ code: 'upstream_malformed' }),
    )
    expect(() => bedrockConverse.readResponse({ message: 'Too bad.' })).toThrow(
      expect.objectContaining({ code: 'upstream_error', message: 'Too bad.' }),
    )
  })

  test('an answer that Bedrock itself could not read is an error', () => {
    expect(thrownBy([START, event('messageStop', { stopReason: 'malformed_tool_use' })]).code).toBe('upstream_error')
  })
})
