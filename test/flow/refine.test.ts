import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import type { TextTools } from '../../src/core/target.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Calls that the client's schemas do not allow: mended where that loses nothing, else the model is asked again.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const BOOK = {
  type: 'function',
  function: {
    name: 'book',
    parameters: {
      type: 'object',
      properties: { seats: { type: 'integer' }, day: { type: 'string', enum: ['mon', 'tue'] } },
      required: ['seats', 'day'],
      additionalProperties: false,
    },
  },
} as const

type Said = { readonly text?: string; readonly calls?: readonly string[] }

const NATIVE = (...argumentsTexts: readonly string[]): Said => ({ calls: argumentsTexts })
const TEXT = (...argumentsTexts: readonly string[]): Said => ({
  text: argumentsTexts.map((one) => `<tool_call>{"name": "book", "arguments": ${one}}</tool_call>`).join('\n'),
})

/** A server that says one thing after the other, whole or streamed as it is asked. */
async function start(
  said: readonly Said[],
  options: { textTools?: TextTools; refine?: number; provider?: string },
): Promise<void> {
  let turn = 0
  upstream = await startCaptureUpstream((response, { body }) => {
    const { stream } = JSON.parse(body.toString())
    const { text = null, calls } = said[turn] ?? {}
    turn += 1
    const tools = calls?.map((one, index) => ({
      index,
      id: `id_${turn}_${index}`,
      type: 'function',
      function: { name: 'book', arguments: one },
    }))
    const finish = tools === undefined ? 'stop' : 'tool_calls'
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
    const head = { id: 'c1', created: 1, model: 'm' }
    if (stream === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const chunk = (delta: object, reason: string | null): string =>
        `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
      response.write(chunk({ role: 'assistant', content: '' }, null))
      for (const piece of text?.match(/.{1,4}/gs) ?? []) response.write(chunk({ content: piece }, null))
      if (tools !== undefined) response.write(chunk({ tool_calls: tools }, null))
      response.write(chunk({}, finish))
      response.end(
        `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\ndata: [DONE]\n\n`,
      )
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    const message = { role: 'assistant', content: text, tool_calls: tools?.map(({ index: _, ...one }) => one) }
    const choices = [{ index: 0, message, finish_reason: finish }]
    response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }))
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, ...options })
}

async function ask(
  isStreamed: boolean,
  messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Book it.' }],
): Promise<OpenAI.ChatCompletion> {
  const client = new OpenAI({ apiKey: 'k', baseURL: `${gateway?.url}/v1`, maxRetries: 0 }).chat.completions
  const body = { model: 'up/m', messages, tools: [BOOK] }
  return isStreamed
    ? client.stream({ ...body, stream: true, stream_options: { include_usage: true } }).finalChatCompletion()
    : client.create(body)
}

function argumentsIn(answer: OpenAI.ChatCompletion): unknown {
  return answer.choices[0]?.message.tool_calls?.map((call) => (call.type === 'function' ? call.function.arguments : ''))
}

function sent(index: number): {
  messages: { role: string; content: string; tool_calls?: unknown }[]
  stream?: boolean
} {
  return JSON.parse(upstream?.requests[index]?.body.toString() ?? '')
}

const HERMES = { dialect: 'hermes', isEmulated: false }
const GOOD = '{"seats": 2, "day": "mon"}'

describe.each([false, true])('streamed: %s', (isStreamed) => {
  test('what only has another type is mended, and the rest keeps its text', async () => {
    await start([TEXT('{"seats": "2",  "day": "mon"}')], { textTools: HERMES })
    expect(argumentsIn(await ask(isStreamed))).toEqual(['{"seats": 2,  "day": "mon"}'])
  })

  test.each([
    ['text', TEXT, HERMES],
    ['native', NATIVE, undefined],
  ] as const)(
    'a call that is broken is asked for again, and its siblings are kept: %s',
    async (_name, say, textTools) => {
      await start(
        [say(GOOD, '{"seats": 3, "day": "sunday"}', '{"seats": 4, "day": "tue"}'), say('{"seats": 3, "day": "tue"}')],
        {
          ...(textTools === undefined ? {} : { textTools }),
          refine: 1,
        },
      )
      const answer = await ask(isStreamed)
      expect(argumentsIn(answer)).toEqual([GOOD, '{"seats": 3, "day": "tue"}', '{"seats": 4, "day": "tue"}'])
      expect(answer.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 10 })
      const again = sent(1)
      expect(again.stream).toBeUndefined()
      const [, call, result] = again.messages
      expect(JSON.stringify(call)).toContain('sunday')
      expect(JSON.stringify(call)).not.toContain('\\"seats\\": 4')
      expect(result?.content).toContain('"path":"/day"')
    },
  )

  test('a server that holds the better call to its schema writes it without marks', async () => {
    const bare: Said = { text: `{"name": "book", "arguments": ${GOOD}}` }
    const textTools = { dialect: 'hermes', isEmulated: true }
    await start([TEXT('{"seats": 2}'), bare], { textTools, refine: 1, provider: 'vllm' })
    expect(argumentsIn(await ask(isStreamed))).toEqual([GOOD])
    expect(JSON.stringify(sent(1))).toContain('json_schema')
  })

  test('calls that share an id are told apart', async () => {
    const one = { id: 'call', type: 'function' as const, function: { name: 'book', arguments: GOOD } }
    const history = [
      { role: 'user' as const, content: 'Book it.' },
      { role: 'assistant' as const, content: null, tool_calls: [{ ...one, id: 'id_1_0' }] },
      { role: 'tool' as const, tool_call_id: 'id_1_0', content: 'Done.' },
    ]
    await start([NATIVE('{"seats": 2}'), NATIVE(GOOD)], { refine: 1 })
    expect(argumentsIn(await ask(isStreamed, history))).toEqual([GOOD])
    const ids = sent(1).messages.flatMap(({ tool_calls: calls }) => (calls as { id: string }[] | undefined) ?? [])
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2)
  })

  test('one of two that is mended takes its own place', async () => {
    const [one, two] = ['{"seats": 1}', '{"seats": 2}']
    await start([NATIVE(one, two), NATIVE('{"seats": 2, "day": "tue"}')], { refine: 1 })
    expect(argumentsIn(await ask(isStreamed))).toEqual([one, '{"seats": 2, "day": "tue"}'])
  })

  test('a call that is made once more beside the mended one is not taken for it', async () => {
    const [one, two] = ['{"seats": 1, "day": "mon"}', '{"seats": 2}']
    await start([NATIVE(one, two), NATIVE(one, '{"seats": 2, "day": "tue"}')], { refine: 1 })
    expect(argumentsIn(await ask(isStreamed))).toEqual([one, '{"seats": 2, "day": "tue"}'])
  })

  test('without a better one the call goes out as it came', async () => {
    const bad = '{"seats": 3, "day": "sunday"}'
    await start([TEXT(bad), TEXT(bad), TEXT(GOOD)], { textTools: HERMES, refine: 2 })
    expect(argumentsIn(await ask(isStreamed))).toEqual([bad])
    // The second answer was the same again: nobody asks a third time.
    expect(upstream?.requests.length).toBe(2)
  })

  test('one that gets nearer is asked for twice', async () => {
    await start([TEXT('{"day": "sunday"}'), TEXT('{"day": "mon"}'), TEXT(GOOD)], { textTools: HERMES, refine: 2 })
    expect(argumentsIn(await ask(isStreamed))).toEqual([GOOD])
  })

  test('nobody is asked again where that is not wanted', async () => {
    await start([TEXT('{"day": "sunday"}'), TEXT(GOOD)], { textTools: HERMES })
    expect(argumentsIn(await ask(isStreamed))).toEqual(['{"day": "sunday"}'])
    expect(upstream?.requests.length).toBe(1)
  })
})

test("a whole answer of a server's own calls is mended too", async () => {
  await start([NATIVE("{'seats': 2, 'day': 'mon',}")], {})
  expect(argumentsIn(await ask(false))).toEqual(['{"seats": 2, "day": "mon"}'])
})

test.each([
  ['repaired=1', [NATIVE("{'seats': 2, 'day': 'mon',}")], {}],
  ['broken=1', [TEXT('{"day": "sunday"}')], { textTools: HERMES }],
  ['refined=1', [NATIVE('{"seats": 3, "day": "sunday"}'), NATIVE(GOOD)], { refine: 1 }],
  [null, [TEXT(GOOD)], { textTools: HERMES }],
] as const)('a whole answer says what became of its calls: %s', async (said, answers, options) => {
  await start(answers, options)
  const response = await fetch(`${gateway?.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'up/m', messages: [{ role: 'user', content: 'Book it.' }], tools: [BOOK] }),
  })
  await response.text()
  expect(response.headers.get('x-route-tool-calls')).toBe(said)
})

describe('a round that never ends', () => {
  async function startHanging(): Promise<void> {
    let turn = 0
    upstream = await startCaptureUpstream((response, { body }) => {
      turn += 1
      if (turn > 1) return
      const { stream } = JSON.parse(body.toString())
      const calls = [GOOD, '{"seats": 3, "day": "sunday"}'].map((text, index) => ({
        index,
        id: `id_${index}`,
        type: 'function',
        function: { name: 'book', arguments: text },
      }))
      const head = { id: 'c1', created: 1, model: 'm' }
      const finish_reason = 'tool_calls'
      if (stream === true) {
        const chunk = {
          ...head,
          object: 'chat.completion.chunk',
          choices: [{ index: 0, delta: { tool_calls: calls }, finish_reason }],
        }
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
        return
      }
      const choices = [{ index: 0, message: { role: 'assistant', content: null, tool_calls: calls }, finish_reason }]
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices }))
    })
    gateway = await startGateway({ models: ['m'], upstream: upstream.url, refine: 2, timeouts: { totalMs: 1_500 } })
  }

  test.each([false, true])('leaves the calls as they came (streamed: %s)', async (isStreamed) => {
    await startHanging()
    expect(argumentsIn(await ask(isStreamed))).toEqual([GOOD, '{"seats": 3, "day": "sunday"}'])
  })
})

test('a client who declares functions of old has them declared again', async () => {
  await start([NATIVE('{"seats": 3, "day": "sunday"}'), NATIVE(GOOD)], { refine: 1 })
  const client = new OpenAI({ apiKey: 'k', baseURL: `${gateway?.url}/v1`, maxRetries: 0 }).chat.completions
  const answer = await client.create({
    model: 'up/m',
    messages: [{ role: 'user', content: 'Book it.' }],
    functions: [BOOK.function],
  })
  expect(answer.choices[0]?.message.function_call?.arguments).toBe(GOOD)
  expect(JSON.parse(upstream?.requests[1]?.body.toString() ?? '{}').tools).toMatchObject([BOOK])
})
