import type { ServerResponse } from 'node:http'
import Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { eventually, HELLO, post } from '../flow/start-gateway.ts'
import { attemptsOf, eventsOf, gatewaysOfTest, json, messages, named, stream } from './start.ts'

// Thoughts and their signatures: what comes goes back, to whoever made it: docs/failure-cases.md, C.

const { upstream, gateway } = gatewaysOfTest()

const GEMINI = 'gemini-3-flash-preview'
const CLAUDE = 'claude-sonnet-4-5'
const SIGNED = { functionCall: { id: 'g1', name: 'look', args: { n: 1 } }, thoughtSignature: 'c2ln' }
const USAGE = { promptTokenCount: 3, candidatesTokenCount: 2, thoughtsTokenCount: 5, totalTokenCount: 10 }

function geminiAnswer(parts: readonly object[]): object {
  return { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }], usageMetadata: USAGE }
}

/** A Google that says `parts`, whole or streamed. */
async function google(parts: readonly object[], refuses: (body: string) => boolean = () => false) {
  const up = await upstream((response, _model, { path, body }) => {
    if (refuses(body.toString())) {
      json(response, { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'Corrupted thought signature.' } }, 400)
    } else if (path.includes('stream')) stream(response, `data: ${JSON.stringify(geminiAnswer(parts))}\n\n`).end()
    else json(response, geminiAnswer(parts))
  })
  const { url, log } = await gateway({ models: [GEMINI], upstream: `${up.url}beta`, provider: 'google' })
  return { url, log, last: () => JSON.parse(up.requests.at(-1)?.body.toString() ?? '') }
}

const TOOLS = [{ name: 'look', input_schema: { type: 'object' as const } }]

test.each([false, true])(
  'T-30 Gemini’s signature of a call goes to a client of Messages and back, streamed: %s',
  async (isStream) => {
    const { url, last } = await google([SIGNED])
    const client = new Anthropic({ baseURL: url, apiKey: 'x', maxRetries: 0 })
    const asked = { model: `up/${GEMINI}`, max_tokens: 500, tools: TOOLS }
    const answer = isStream
      ? await client.messages.stream({ ...asked, messages: [...HELLO] }).finalMessage()
      : await client.messages.create({ ...asked, messages: [...HELLO] })
    const call = answer.content.find((block) => block.type === 'tool_use')
    const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: 'ok' }
    await client.messages.create({
      ...asked,
      messages: [...HELLO, { role: 'assistant', content: answer.content }, { role: 'user', content: [result] }],
    })
    expect(last().contents[1].parts).toEqual([{ ...SIGNED, functionCall: { ...SIGNED.functionCall, id: call?.id } }])
  },
)

test('T-31 a signature that another endpoint of the same format made is taken out where it is refused', async () => {
  const { url, last } = await google([{ text: 'Hi' }], (body) => body.includes('c2ln'))
  const called = { role: 'model', parts: [SIGNED] }
  const result = { role: 'user', parts: [{ functionResponse: { id: 'g1', name: 'look', response: { output: 'x' } } }] }
  const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }, called, result]
  const response = await fetch(`${url}/v1beta/models/up/${GEMINI}:generateContent`, {
    method: 'POST',
    body: JSON.stringify({ contents }),
  })
  expect(response.status).toBe(200)
  expect(attemptsOf(response)).toEqual([`up/${GEMINI};upstream_rejected`, `up/${GEMINI};ok`])
  expect(last().contents[1].parts[0].thoughtSignature).toBe('skip_thought_signature_validator')
  expect(response.headers.get('x-route-losses')).toContain('contents[1]')
})

const HEAD = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_sequence: null }
const COUNTS = { input_tokens: 3, output_tokens: 4 }

/** A Claude that thinks `thought`, signs it and calls. */
function claude(thought: string) {
  const blocks = [
    { type: 'thinking', thinking: thought, signature: 'c2lnbmVk' },
    { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
  ]
  const deltas = [
    ...(thought === '' ? [] : [{ type: 'thinking_delta', thinking: thought }]),
    { type: 'signature_delta', signature: 'c2lnbmVk' },
  ]
  const frames = [
    { type: 'message_start', message: { ...HEAD, content: [], stop_reason: null, usage: COUNTS } },
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: blocks[1] },
    { type: 'content_block_stop', index: 1 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: COUNTS },
    { type: 'message_stop' },
  ].map(named)
  const answer = (response: ServerResponse, isStream: boolean): void => {
    if (isStream) stream(response, ...frames).end()
    else json(response, { ...HEAD, content: blocks, stop_reason: 'tool_use', usage: COUNTS })
  }
  return { answer, blocks, text: frames.join('') }
}

async function anthropic(thought: string) {
  const { answer, ...said } = claude(thought)
  const up = await upstream((response, _model, { body }) =>
    answer(response, JSON.parse(body.toString()).stream === true),
  )
  const { url } = await gateway({ models: [CLAUDE], upstream: up.url, provider: 'anthropic' })
  const sent = () => up.requests.at(-1)?.body.toString() ?? ''
  return { url, sent, ...said }
}

const CHAT_TOOLS = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
const RESULT = { role: 'tool', tool_call_id: 'toolu_1', content: 'ok' }

type Choice = { readonly delta: { readonly reasoning_details?: object[] } }

test('T-33 the signature of a streamed thought reaches clients of both formats, and goes back', async () => {
  const { url, sent, text } = await anthropic('Let me see.')
  const native = await messages(url, { model: `up/${CLAUDE}`, messages: HELLO, stream: true })
  expect(await native.text()).toBe(text)
  const asked = { model: `up/${CLAUDE}`, tools: CHAT_TOOLS, reasoning_effort: 'low' }
  const streamed = eventsOf(await (await post(url, { ...asked, messages: HELLO, stream: true })).text())
  const details = streamed.flatMap((event) => (event['choices'] as Choice[])[0]?.delta.reasoning_details ?? [])
  expect(JSON.stringify(details)).toContain('c2lnbmVk')
  const call = { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{}' } }
  const turn = { role: 'assistant', content: null, tool_calls: [call], reasoning_details: details }
  await post(url, { ...asked, messages: [...HELLO, turn, RESULT] })
  expect(JSON.parse(sent()).messages[1].content[0]).toEqual({
    type: 'thinking',
    thinking: 'Let me see.',
    signature: 'c2lnbmVk',
  })
})

test('T-34 a thought of which only the signature came comes back to its model', async () => {
  const { url, sent, text, blocks } = await anthropic('')
  const native = await messages(url, { model: `up/${CLAUDE}`, messages: HELLO, stream: true })
  expect(await native.text()).toBe(text)
  const asked = { model: `up/${CLAUDE}`, tools: CHAT_TOOLS, reasoning_effort: 'low' }
  const answer = (await (await post(url, { ...asked, messages: HELLO })).json()) as { choices: { message: object }[] }
  await post(url, { ...asked, messages: [...HELLO, answer.choices[0]?.message, RESULT] })
  expect(JSON.parse(sent()).messages[1].content).toEqual(blocks)
})

test('T-35 how a client’s model is to think is sent as he said it, and nothing is added', async () => {
  const { url, sent } = await anthropic('Hm.')
  for (const thinking of [
    { type: 'enabled', budget_tokens: 1_024 },
    { type: 'adaptive' },
    { type: 'adaptive', display: 'omitted' },
  ]) {
    const body = { max_tokens: 2_000, model: `up/${CLAUDE}`, messages: HELLO, thinking }
    await messages(url, body)
    expect(sent()).toBe(JSON.stringify({ ...body, model: CLAUDE }))
  }
})

test('T-36 tokens that Gemini thought with are part of the answer’s, whole and streamed', async () => {
  const { url, log } = await google([{ text: 'Hi' }])
  const counted = { prompt_tokens: 3, completion_tokens: 7, completion_tokens_details: { reasoning_tokens: 5 } }
  const asked = { model: `up/${GEMINI}`, messages: HELLO }
  expect(await (await post(url, asked)).json()).toMatchObject({ usage: counted })
  const streamed = { ...asked, stream: true, stream_options: { include_usage: true } }
  expect(eventsOf(await (await post(url, streamed)).text()).at(-1)).toMatchObject({ choices: [], usage: counted })
  const lines = () => log.filter(({ event }) => event === 'request').map((line) => line['tokens_out'])
  await eventually('both log lines', () => lines().length === 2)
  expect(lines()).toEqual([7, 7])
})
