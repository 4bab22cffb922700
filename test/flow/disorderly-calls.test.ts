import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Servers of OpenAI's format that number, name and end calls in their own ways (design/tool-calling.md §2.3): clients of that
// format get calls as OpenAI itself sends them, and what breaks in a stream is counted.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const TOOL = {
  type: 'function',
  function: { name: 'read_file', parameters: { type: 'object', properties: { n: { type: 'integer' } } } },
} as const

type Deltas = readonly (readonly object[])[]

const HEAD = { id: 'c', created: 1, model: 'm' }

function streamed(deltas: Deltas, finish: string): string {
  const chunk = (delta: object, reason: string | null): string =>
    `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
  const calls = deltas.map((tool_calls) => chunk({ tool_calls }, null)).join('')
  return `${chunk({ role: 'assistant', content: null }, null)}${calls}${chunk({}, finish)}data: [DONE]\n\n`
}

async function start(contentType: string, body: string): Promise<OpenAI.Chat.Completions> {
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body)
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  return new OpenAI({ apiKey: 'k', baseURL: `${gateway.url}/v1`, maxRetries: 0 }).chat.completions
}

const ASKED = { model: 'up/m', messages: [{ role: 'user' as const, content: 'Read it.' }], tools: [TOOL] }

function callsOf({ choices: [choice] }: OpenAI.ChatCompletion): unknown {
  const calls = choice?.message.tool_calls?.map((call) =>
    call.type === 'function' ? [call.function.name, call.function.arguments, call.id !== ''] : [],
  )
  return { calls, finish: choice?.finish_reason }
}

const named = (id: string, name: string, text: string): object => ({
  id,
  type: 'function',
  function: { name, arguments: text },
})
const TWICE = {
  calls: [
    ['read_file', '{"n":1}', true],
    ['read_file', '{"n":2}', true],
  ],
  finish: 'tool_calls',
}
const ONCE = { calls: [['read_file', '{"n":1}', true]], finish: 'tool_calls' }

describe('streams', () => {
  const cases: readonly (readonly [string, Deltas, string, unknown])[] = [
    [
      'all at index 0',
      [[{ index: 0, ...named('a', 'read_file', '{"n":1}') }], [{ index: 0, ...named('b', 'read_file', '{"n":2}') }]],
      'tool_calls',
      TWICE,
    ],
    ['an index from 1 on', [[{ index: 1, ...named('a', 'read_file', '{"n":1}') }]], 'tool_calls', ONCE],
    [
      'the name and the id with every delta',
      [[{ index: 0, ...named('a', 'read_file', '{"n"') }], [{ index: 0, ...named('a', 'read_file', ':1}') }]],
      'tool_calls',
      ONCE,
    ],
    ['a finish that knows of no calls', [[{ index: 0, ...named('a', 'read_file', '{"n":1}') }]], 'stop', ONCE],
    ['no id', [[{ index: 0, ...named('', 'read_file', '{"n":1}') }]], 'tool_calls', ONCE],
    [
      'names in other words',
      [
        [{ index: 0, ...named('a', 'functions.read_file', '{"n":1}') }],
        [{ index: 1, ...named('b', 'Read-File', '{"n":2}') }],
      ],
      'tool_calls',
      TWICE,
    ],
  ]

  test.each(cases)('%s', async (_name, deltas, finish, expected) => {
    const client = await start('text/event-stream', streamed(deltas, finish))
    const answer = await client.stream({ ...ASKED, stream: true }).finalChatCompletion()
    expect(callsOf(answer)).toEqual(expected)
  })

  test('a call that is no JSON is counted', async () => {
    const deltas = [[{ index: 0, ...named('a', 'read_file', '{"n": x y z') }]]
    const client = await start('text/event-stream', streamed(deltas, 'tool_calls'))
    for await (const _ of await client.create({ ...ASKED, stream: true }));
    const metrics = await (await fetch(`${gateway?.url}/metrics`)).text()
    expect(metrics).toContain('thalamus_tool_calls_total{model="up/m",outcome="broken"} 1')
  })
})

describe('whole answers', () => {
  const whole = (calls: readonly object[], finish: string): string =>
    JSON.stringify({
      ...HEAD,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: null, tool_calls: calls }, finish_reason: finish }],
    })

  test.each([
    ['a finish that knows of no calls', [named('a', 'read_file', '{"n":1}')], 'stop', ONCE],
    ['a number as text', [named('a', 'read_file', '{"n":"1"}')], 'stop', ONCE],
    ['no id', [named('', 'read_file', '{"n":1}'), named('', 'read_file', '{"n":2}')], 'tool_calls', TWICE],
    ['no arguments', [named('a', 'read_file', '')], 'tool_calls', { ...ONCE, calls: [['read_file', '{}', true]] }],
  ] as const)('%s', async (_name, calls, finish, expected) => {
    const client = await start('application/json', whole(calls, finish))
    expect(callsOf(await client.create(ASKED))).toEqual(expected)
  })
})

test.each([false, true])('a tool of free text in other words gets its text, streamed: %s', async (isStreamed) => {
  const call = named('a', 'functions.patch', '{"input":"*** Begin"}')
  const message = { role: 'assistant', content: null, tool_calls: [call] }
  const answer = { ...HEAD, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
  const client = isStreamed
    ? await start('text/event-stream', streamed([[{ index: 0, ...call }]], 'tool_calls'))
    : await start('application/json', JSON.stringify(answer))
  const body = { ...ASKED, tools: [TOOL, { type: 'custom' as const, custom: { name: 'patch' } }] }
  const said = isStreamed
    ? await textOf(await client.create({ ...body, stream: true }))
    : (await client.create(body)).choices[0]?.message.tool_calls
  expect(said).toMatchObject([{ type: 'custom', custom: { name: 'patch', input: '*** Begin' } }])
})

/** The calls of a stream as they add up: the SDK's own helper reads no calls of free text. */
async function textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<unknown> {
  const custom = { name: '', input: '' }
  let type = ''
  for await (const { choices } of stream) {
    const [call] = (choices[0]?.delta.tool_calls ?? []) as { type?: string; custom?: Partial<typeof custom> }[]
    type = call?.type ?? type
    custom.name += call?.custom?.name ?? ''
    custom.input += call?.custom?.input ?? ''
  }
  return [{ type, custom }]
}
