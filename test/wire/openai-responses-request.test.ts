import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import { DATA } from '../data-folder.ts'
import { CODEX } from './codex-request.ts'

const { readRequest, writeRequest, unread } = openaiResponses

function base(all: readonly Message[], rest: Partial<ChatRequest> = {}): ChatRequest {
  return {
    ...openaiChat.readRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }] }),
    messages: all,
    ...rest,
  }
}

function turn(role: Message['role'], content: readonly ContentPart[]): Message {
  return { role, content, name: undefined }
}

test('reasoning at the end of a turn, unsigned or signed elsewhere stays behind, and is said to', () => {
  const own = { by: 'openai-responses', value: 'g' } as const
  for (const content of [
    [
      { type: 'text', text: 'Hi' },
      { type: 'reasoning', text: 'Hm', id: 'rs', signature: own },
    ],
    [
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'Hi' },
    ],
    [
      { type: 'reasoning', text: 'Hm', signature: { by: 'anthropic-messages', value: 'A' } },
      { type: 'text', text: 'Hi' },
    ],
  ] satisfies ContentPart[][]) {
    const { body, losses } = writeRequest(base([turn('assistant', content)]), 'm')
    expect(body['input']).toEqual([
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
    ])
    const at = content.findIndex(({ type }) => type === 'reasoning')
    expect(losses.map(({ path }) => path)).toEqual([`messages[0].content[${at}]`])
  }
})

test('what a thought led to may stand in the next of several turns in a row', () => {
  const thought: ContentPart = {
    type: 'reasoning',
    text: '',
    id: 'rs_1',
    signature: { by: 'openai-responses', value: 'g' },
    redacted: true,
  }
  const call: ContentPart = { type: 'tool-call', id: 'c', name: 'f', argumentsText: '{}' }
  const nothing: ContentPart = { type: 'text', text: '' }
  const parted = writeRequest(
    base([turn('assistant', [thought]), turn('assistant', [nothing]), turn('assistant', [call])]),
    'm',
  )
  const whole = writeRequest(base([turn('assistant', [thought, call])]), 'm')
  expect(parted.body['input']).toEqual(whole.body['input'])
  expect(parted.losses).toEqual([])
  expect(['input[0]', 'input[1]'].map((path) => parted.requestPath?.(path))).toEqual([
    'messages[0].content[0]',
    'messages[2].content[0]',
  ])
  for (const next of [turn('user', [{ type: 'text', text: 'x' }]), turn('assistant', [nothing])]) {
    const { losses } = writeRequest(base([turn('assistant', [thought]), next]), 'm')
    expect(losses.map(({ path }) => path)).toEqual(['messages[0].content[0]'])
  }
})

test('blocks of one item make one, as clients have them whose details say summaries and state apart', () => {
  const details = [
    { type: 'reasoning.summary', summary: 'Hm', id: 'rs_1', format: 'openai-responses-v1', index: 0 },
    { type: 'reasoning.encrypted', data: 'g', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
  ]
  const said = { role: 'assistant', content: 'Hi', reasoning_details: details }
  const { body, losses } = writeRequest(openaiChat.readRequest({ model: 'm', messages: [said] }), 'm')
  expect((body['input'] as JsonObject[])[0]).toEqual({
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'Hm' }],
    encrypted_content: 'g',
  })
  expect(losses).toEqual([])
})

test('calls that share an id keep their own outputs, and a second output goes to the call of the first', () => {
  const call = (id: string): ContentPart => ({ type: 'tool-call', id, name: 'f', argumentsText: '{}' })
  const result = (callId: string, text: string): ContentPart => ({
    type: 'tool-result',
    callId,
    content: [{ type: 'text', text }],
  })
  const { body } = writeRequest(
    base([
      turn('assistant', [call('call_0'), call('call_0')]),
      turn('tool', [result('call_0', 'one'), result('call_0', 'two')]),
      turn('assistant', [call('call_0')]),
      turn('tool', [result('call_0', 'three'), result('call_0', 'again')]),
    ]),
    'm',
  )
  const items = body['input'] as JsonObject[]
  const called = items.flatMap((item) => (item['type'] === 'function_call' ? [item['call_id']] : []))
  const answered = items.flatMap((item) => (item['output'] === undefined ? [] : [[item['call_id'], item['output']]]))
  expect(new Set(called).size).toBe(3)
  expect(answered).toEqual([
    [called[0], 'one'],
    [called[1], 'two'],
    [called[2], 'three'],
    [called[2], 'again'],
  ])
})

test('what this format has no place for is said, field by field', () => {
  const sampling = {
    maxOutputTokens: 1,
    temperature: 0,
    topP: 1,
    choices: 2,
    topK: 3,
    stop: ['a'],
    seed: 4,
    presencePenalty: 1,
    frequencyPenalty: 1,
  }
  const asked = base(
    [
      { ...turn('user', [{ type: 'text', text: 'x', cache: {} }]), name: 'Ann' },
      turn('tool', [{ type: 'tool-result', callId: 'c', content: [{ type: 'text', text: 'no' }], isError: true }]),
      turn('user', [{ type: 'native', format: 'anthropic-messages', kind: 'search_result', value: {} }]),
    ],
    { sampling, reasoning: { budgetTokens: 1_000 } },
  )
  const { body, losses } = writeRequest(asked, 'm')
  expect(losses.map(({ path }) => path).sort()).toEqual([
    'frequency_penalty',
    'max_tokens',
    'messages[0].content[0].cache_control',
    'messages[0].name',
    'messages[1].content[0].is_error',
    'messages[2].content[0]',
    'n',
    'presence_penalty',
    'reasoning.budget_tokens',
    'seed',
    'stop',
    'top_k',
  ])
  expect(body).toMatchObject({
    store: false,
    max_output_tokens: 16,
    reasoning: { effort: 'low' },
    include: ['reasoning.encrypted_content'],
  })
  expect(writeRequest(base([], { sampling: { ...sampling, maxOutputTokens: 16 } }), 'm').losses).not.toContainEqual(
    expect.objectContaining({ path: 'max_output_tokens' }),
  )
})

test('ids of calls from elsewhere fit, and still pair with their results', () => {
  const ids = ['functions.get:0', 'x'.repeat(80), 'call_ok', '']
  const all = [
    turn(
      'assistant',
      ids.map((one) => ({ type: 'tool-call', id: one, name: 'f', argumentsText: '' })),
    ),
    ...ids.map((one) => turn('tool', [{ type: 'tool-result', callId: one, content: [{ type: 'text', text: one }] }])),
  ]
  const items = writeRequest(base(all), 'm').body['input'] as readonly JsonObject[]
  const called = items.slice(0, ids.length).map((item) => item['call_id'])
  expect(items.slice(ids.length).map((item) => [item['call_id'], item['output']])).toEqual(
    called.map((one, index) => [one, ids[index]]),
  )
  expect(new Set(called).size).toBe(ids.length)
  for (const one of called) expect(one).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
  expect(called[2]).toBe('call_ok')
  expect(items.slice(0, ids.length).map((item) => item['arguments'])).toEqual(ids.map(() => '{}'))
  // The same in the next turn, without any state.
  expect(writeRequest(base(all), 'm').body['input']).toEqual(items)
})

test('a result is of the kind of the last call of its id, which other formats say of the call alone', () => {
  const call = (id: string, custom: boolean) =>
    turn('assistant', [{ type: 'tool-call', id, name: 'f', argumentsText: '{}', ...(custom ? { custom } : {}) }])
  const result = (callId: string) => turn('tool', [{ type: 'tool-result', callId, content: [] }])
  const all = [call('a', true), result('a'), call('b', false), result('b'), call('a', false), result('a')]
  const items = writeRequest(base(all), 'm').body['input'] as readonly JsonObject[]
  expect(items.map((item) => item['type'])).toEqual([
    ...['custom_tool_call', 'custom_tool_call_output'],
    ...['function_call', 'function_call_output'],
    ...['function_call', 'function_call_output'],
  ])
})

test('strictness is this format’s default, where a schema is fit for it', () => {
  const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const open = { type: 'object', properties: { a: { type: 'string' } } }
  const inner = { ...closed, properties: { a: open } }
  const read = (parameters: JsonObject, rest: JsonObject = {}) =>
    readRequest({ model: 'm', input: 'x', tools: [{ type: 'function', name: 'f', parameters, ...rest }] }).tools[0]
      ?.strict
  expect([
    read(closed),
    read(open),
    read(inner),
    read(closed, { strict: false }),
    read(open, { strict: true }),
  ]).toEqual([true, undefined, undefined, false, true])
  const unsaid = base([turn('user', [{ type: 'text', text: 'x' }])], {
    tools: [{ name: 'f', description: undefined, parameters: closed }],
  })
  expect(writeRequest(unsaid, 'm').body['tools']).toMatchObject([{ name: 'f', strict: false }])
})

test('parameters that only this format has are losses, defaults are not', () => {
  const body = {
    model: 'm',
    input: [
      { role: 'assistant', content: 'x', phase: 'commentary' },
      { type: 'local_shell_call', call_id: 'c', action: {} },
    ],
    include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
    truncation: 'disabled',
    service_tier: 'auto',
    store: false,
    background: false,
    prompt_cache_key: 'k',
    max_tool_calls: 3,
    text: { verbosity: 'low', format: { type: 'text' } },
    tool_choice: { type: 'web_search_preview' },
    user: 'u',
    routing: {},
  }
  expect(unread(body).map(({ path }) => path)).toEqual([
    'input[0].phase',
    'prompt_cache_key',
    'max_tool_calls',
    'text.verbosity',
    'tool_choice',
    'include[1]',
    'input[1]',
  ])
})

test('Codex CLI’s request as a chat request: every turn in its place, every call answered', () => {
  const { body } = openaiChat.writeRequest(readRequest(CODEX), 'm')
  const messages = body['messages'] as readonly JsonObject[]
  expect(messages.map(({ role }) => role)).toEqual([
    ...['system', 'developer', 'user', 'user'],
    ...['assistant', 'tool', 'assistant', 'tool', 'assistant', 'tool'],
  ])
  const calls = messages.flatMap((message) => (message['tool_calls'] ?? []) as readonly JsonObject[])
  const [shell, patch, local] = CODEX.input.filter((item) => /_call$/.test(item.type))
  expect(calls).toEqual([
    { id: shell?.call_id, type: 'function', function: { name: 'shell', arguments: shell?.arguments } },
    { id: patch?.call_id, type: 'custom', custom: { name: 'apply_patch', input: patch?.input } },
    {
      id: local?.call_id,
      type: 'function',
      function: { name: 'local_shell', arguments: JSON.stringify(local?.action) },
    },
  ])
  const answered = messages.flatMap((message) => (message['role'] === 'tool' ? [message['tool_call_id']] : []))
  expect(answered).toEqual(calls.map(({ id }) => id))
  const [declared, custom] = CODEX.tools
  expect(body['tools']).toEqual([
    {
      type: 'function',
      function: { name: 'shell', description: declared?.description, parameters: declared?.parameters, strict: false },
    },
    {
      type: 'custom',
      custom: {
        name: 'apply_patch',
        description: custom?.description,
        format: { type: 'grammar', grammar: { syntax: 'lark', definition: custom?.format?.definition } },
      },
    },
  ])
  expect(body).toMatchObject({ parallel_tool_calls: false, tool_choice: 'auto', reasoning_effort: 'medium' })
})
const FILE = join(DATA, 'tools/providers/vercel_request_messages.jsonl.gz')
const hasRequests = existsSync(FILE)

type Row = {
  readonly id: string
  readonly api: string
  readonly openai_messages: JsonObject[] | null
  readonly expected: { readonly input?: JsonObject[] }
}

const rows: readonly Row[] = hasRequests
  ? gunzipSync(readFileSync(FILE))
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
      .filter((row) => row.api === 'openai-responses' && row.expected.input !== undefined)
  : []

/** Rows whose prompt both formats can say, so that both must read it as the same. */
const BOTH = ['vaifn:7', 'vaifn:8', 'vaifn:31', 'vaifn:38', 'vaifn:59', 'vaifn:60', 'vaifn:102']

describe.skipIf(!hasRequests)(`requests of the AI SDK${hasRequests ? '' : ' (no shared data here)'}`, () => {
  test('there are many', () => expect(rows.length).toBeGreaterThan(60))

  test.each(rows.filter((row) => (row.expected.input ?? []).length > 0).map((row) => [row.id, row] as const))(
    '%s is read',
    (_id, { expected }) => {
      const body = { model: 'm', input: expected.input ?? [] }
      const refersToKept = body.input.some((item) => item['type'] === 'item_reference')
      expect(openaiResponses.untranslatable?.(body) !== undefined).toBe(refersToKept)
      const read = readRequest(body).messages
      expect(read.length).toBeGreaterThan(0)
      // Items that carry no state of their own survive a second writing and reading.
      const again = writeRequest(base(read), 'm')
      if (again.losses.length === 0) expect(readRequest(again.body).messages).toEqual(read)
    },
  )

  test.each(rows.filter((row) => BOTH.includes(row.id)).map((row) => [row.id, row] as const))(
    '%s says the same as its chat messages',
    (_id, { openai_messages: chat, expected }) => {
      const read = readRequest({ model: 'm', input: expected.input ?? [] }).messages
      expect(read).toEqual(openaiChat.readRequest({ model: 'm', messages: chat ?? [] }).messages)
    },
  )
})
