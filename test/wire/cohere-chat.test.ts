import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CohereClientV2, CohereError } from 'cohere-ai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { cohereChat } from '../../src/wire/cohere-chat/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import type { AnswerServer } from './answer-server.ts'
import { startAnswerServer } from './answer-server.ts'
import type { ProviderCase } from './cases.ts'
import { CUTS, casesOf, DATA, describeCases, hasCases } from './cases.ts'
import { decode } from './decode.ts'
import { DIFFERENCES } from './differences.ts'
import type { Reread } from './rewrite.ts'
import { answersOf, CONTEXT, eventsOf, parsed, saidBy } from './rewrite.ts'

/**
 * The reference drops the plan that comes before calls and the count of cached tokens; both are in the bytes, so they are
 * put into what is expected from there.
 */
function withPlanAndCache(one: ProviderCase): ProviderCase {
  const text = new TextDecoder().decode(one.bytes)
  const plans = [...text.matchAll(/"tool_plan":("(?:[^"\\]|\\.)*")/g)].map(([, plan]) => JSON.parse(plan ?? '""'))
  const cached = /"cached_tokens":(\d+)/.exec(text)?.[1]
  const { usage, content } = one.expected
  return {
    ...one,
    expected: {
      ...one.expected,
      content: plans.join('') + (content ?? ''),
      usage:
        usage === null ? null : { ...usage, inputTokens: { ...usage.inputTokens, cacheRead: Number(cached ?? 0) } },
    },
  }
}

const cases = casesOf('cohere-v2-chat').map(withPlanAndCache)

describeCases(cohereChat, cases, DIFFERENCES['cohere-chat'])

describe.skipIf(!hasCases)(`recordings${hasCases ? '' : ' (no shared data here)'}`, () => {
  const folder = join(DATA, 'recordings/cohere')
  const files = hasCases ? readdirSync(folder) : []
  test.each(files)('%s reads the same at every cut', (file) => {
    const raw = readFileSync(join(folder, file), 'utf8')
    const isStream = file.endsWith('.chunks.txt')
    const body = isStream
      ? raw
          .trim()
          .split('\n')
          .map((line) => `data: ${line}\n\n`)
          .join('')
      : raw
    const bytes = new TextEncoder().encode(body)
    const whole = decode(cohereChat, bytes, isStream)
    expect(whole.error).toBeUndefined()
    expect(whole.usage?.inputTokens).toBeGreaterThan(0)
    if (isStream) for (const cut of CUTS) expect(decode(cohereChat, bytes, true, cut), `cut ${cut}`).toEqual(whole)
  })
})

describe('the arguments "null" of a call without any', () => {
  const start =
    '{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"a","type":"function","function":{"name":"f","arguments":""}}}}}'
  const delta = (text: string): string =>
    `{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":${JSON.stringify(text)}}}}}}`
  const end = '{"type":"message-end","delta":{"finish_reason":"TOOL_CALL"}}'
  const stream = (...deltas: string[]): Uint8Array =>
    new TextEncoder().encode([start, ...deltas.map(delta), end].map((data) => `data: ${data}\n\n`).join(''))

  test.each([
    [['null'], '{}'],
    [['n', 'ul', 'l'], '{}'],
    [['{', '"a":null}'], '{"a":null}'],
    [['n', 'o'], 'no'],
    [['nul'], 'nul'],
  ])('%j are %s', (deltas, expected) => {
    expect(decode(cohereChat, stream(...deltas), true).calls).toEqual([{ id: 'a', name: 'f', argumentsText: expected }])
  })
})

describe('Cohere’s own SDK reads what we write', () => {
  let server: AnswerServer
  let client: CohereClientV2
  beforeAll(async () => {
    server = await startAnswerServer()
    client = new CohereClientV2({ token: 'key', baseUrl: server.url, environment: server.url, maxRetries: 0 })
  })
  afterAll(() => server.close())

  const FINISH: Record<string, string> = {
    stop: 'COMPLETE',
    length: 'MAX_TOKENS',
    'tool-calls': 'TOOL_CALL',
    'content-filter': 'ERROR',
    other: 'COMPLETE',
  }
  const expected = (parts: readonly StreamPart[]): Reread => {
    const said = saidBy(parts)
    return { ...said, finish: FINISH[said.finish] }
  }

  async function readWhole(): Promise<Reread> {
    const answer = await client.chat({ model: 'm', messages: [{ role: 'user', content: 'x' }] })
    const { content = [], toolPlan = '', toolCalls = [] } = answer.message
    return {
      text: content.map((block) => (block.type === 'text' ? block.text : '')).join('') + toolPlan,
      reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
      calls: toolCalls.map(({ id, function: called }) => ({
        id,
        name: called?.name ?? '',
        arguments: parsed(called?.arguments ?? ''),
      })),
      finish: answer.finishReason,
      input: answer.usage?.tokens?.inputTokens,
      output: answer.usage?.tokens?.outputTokens,
    }
  }

  async function readStream(): Promise<Reread & { readonly types: readonly string[] }> {
    const types: string[] = []
    const kinds: (string | undefined)[] = []
    let [text, reasoning] = ['', '']
    const calls: { id: string; name: string; arguments: string }[] = []
    let end: Pick<Reread, 'finish' | 'input' | 'output'> = { finish: undefined, input: undefined, output: undefined }
    for await (const event of await client.chatStream({ model: 'm', messages: [{ role: 'user', content: 'x' }] })) {
      types.push(event.type)
      if (event.type === 'content-start') kinds.push(event.delta?.message?.content?.type)
      if (event.type === 'content-delta') {
        // A block is all thought or all text.
        expect(Object.keys(event.delta?.message?.content ?? {})).toEqual([kinds[event.index ?? -1]])
        text += event.delta?.message?.content?.text ?? ''
        reasoning += event.delta?.message?.content?.thinking ?? ''
      } else if (event.type === 'tool-call-start') {
        const call = event.delta?.message?.toolCalls
        expect(event.index).toBe(calls.length)
        calls.push({ id: call?.id ?? '', name: call?.function?.name ?? '', arguments: '' })
      } else if (event.type === 'tool-call-delta') {
        const call = calls[event.index ?? -1]
        if (call !== undefined) call.arguments += event.delta?.message?.toolCalls?.function?.arguments ?? ''
      } else if (event.type === 'message-end') {
        const { finishReason: finish, usage } = event.delta ?? {}
        end = { finish, input: usage?.tokens?.inputTokens, output: usage?.tokens?.outputTokens }
      }
    }
    return {
      text,
      reasoning,
      calls: calls.map((call) => ({ ...call, arguments: parsed(call.arguments) })),
      ...end,
      types,
    }
  }

  const answers = [
    ...answersOf(cohereChat, cases),
    ...answersOf(openaiChat, casesOf('openai-chat', 'deepseek-chat', 'mistral-chat', 'groq-chat')),
  ]

  test.each(answers)('whole: %s', async (_name, parts) => {
    const body = JSON.stringify(cohereChat.writeResponse(parts, CONTEXT))
    server.answer = { status: 200, contentType: 'application/json', body }
    expect(await readWhole()).toEqual(expected(parts))
  })

  test.each(answers)('streamed: %s', async (_name, parts) => {
    server.answer = { status: 200, contentType: 'text/event-stream', body: sse(parts) }
    const { types, ...read } = await readStream()
    expect(read).toEqual(expected(parts))
    expect(types[0]).toBe('message-start')
    expect(types.indexOf('message-end')).toBe(types.length - 1)
    for (const [index, type] of types.entries()) {
      // A block is closed before another opens; citations stand within one.
      if (/^(?:content|tool-call)-start$/.test(type)) expect(types[index - 1]).toMatch(/^message-start$|-end$/)
    }
  })

  test('an explanation in a stream is read past', async () => {
    const parts = answers[0]?.[1] ?? []
    server.answer = {
      status: 200,
      contentType: 'text/event-stream',
      body: cohereChat.writeStreamExplanation('call-1', { model: 'x' }) + sse(parts),
    }
    const { types, ...read } = await readStream()
    expect(types[0]).toBe('debug')
    expect(read).toEqual(expected(parts))
  })

  test('a stream that breaks ends with ERROR', async () => {
    const error = new GatewayError('stream_interrupted', 'It broke off.')
    const body = `event: content-start\ndata: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}\n\nevent: content-delta\ndata: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi"}}}}\n\n${cohereChat.writeStreamError(error)}`
    server.answer = { status: 200, contentType: 'text/event-stream', body }
    expect(await readStream()).toMatchObject({ text: 'Hi', finish: 'ERROR' })
    expect(decode(cohereChat, new TextEncoder().encode(body), true).error).toBe('upstream_error')
  })

  test.each([
    ['invalid_request', 400],
    ['invalid_api_key', 401],
    ['model_not_found', 404],
    ['upstream_rate_limited', 429],
    ['upstream_error', 502],
  ] as const)('the error %s is thrown with its status and words', async (code, status) => {
    const error = new GatewayError(code, 'What happened.')
    expect(error.status).toBe(status)
    server.answer = { status, contentType: 'application/json', body: JSON.stringify(cohereChat.writeError(error)) }
    const thrown = await readWhole().catch((problem: unknown) => problem)
    expect(thrown).toBeInstanceOf(CohereError)
    expect(thrown).toMatchObject({ statusCode: status, body: { message: 'What happened.', code } })
  })
})

function sse(parts: readonly StreamPart[]): string {
  return eventsOf(cohereChat, parts)
    .map(({ event, data }) => `event: ${event}\ndata: ${data}\n\n`)
    .join('')
}
