import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import type { Tool } from '../../src/core/tool.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { expectValid, requestOf, user } from './bedrock-rules.ts'

const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const OPUS_46 = 'us.anthropic.claude-opus-4-6-v1'
const OPUS_47 = 'us.anthropic.claude-opus-4-7'
const HAIKU_3 = 'anthropic.claude-3-haiku-20240307-v1:0'
const NOVA = 'us.amazon.nova-2-lite-v1:0'
const LLAMA = 'meta.llama3-3-70b-instruct-v1:0'
const GPT_OSS = 'openai.gpt-oss-120b-1:0'
const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc'

const FOLDER = join(
  fileURLToPath(new URL('../..', import.meta.url)),
  process.env['THALAMUS_DATA'] ?? '../shared/data',
  'tools/providers',
)
const hasFixtures = existsSync(FOLDER)

type Fixture = {
  readonly id: string
  readonly api: string
  readonly meta: { readonly test: string }
  readonly openai_messages?: readonly JsonObject[] | null
  readonly openai_tools?: readonly JsonObject[] | null
  readonly openai_tool_choice?: JsonObject | string | null
  readonly ai_sdk_input: readonly { readonly modelId: string }[]
  readonly expected: {
    readonly system: unknown
    readonly messages: readonly JsonObject[]
    readonly toolConfig: JsonObject
  }
}

function fixtures(file: string): Fixture[] {
  if (!hasFixtures) return []
  const lines = gunzipSync(readFileSync(join(FOLDER, file)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as Fixture).filter(({ api }) => api === 'bedrock-converse')
}

const NO_USER = 'the conversation does not begin with the user, which Bedrock refuses: a turn of his is put before it'
const NO_CALL = 'a result without its call, which Bedrock refuses: it is sent as words'

const MESSAGE_DIFFERENCES: Readonly<Record<string, string>> = {
  'vaifn:207': 'instructions alone, which Bedrock refuses: they are sent as the user’s words',
  'vaifn:219': 'instructions alone, which Bedrock refuses: they are sent as the user’s words',
  'vaifn:225': 'the rewrite for Chat Completions joined two texts',
  'vaifn:243':
    'no tools were sent with a history of calls: they are declared from it, and the model is told not to call',
  'vaifn:249': 'words stand before calls, and keep the white space that they begin with',
  'vaifn:251': NO_USER,
  'vaifn:255': NO_USER,
  'vaifn:279': NO_CALL,
  'vaifn:281': NO_USER,
  'vaifn:285': NO_CALL,
}

const TOOL_DIFFERENCES: Readonly<Record<string, string>> = {
  'vaifn:594': 'the root of a schema says that it is an object',
  'vaifn:595': 'the root of a schema says that it is an object',
  'vaifn:597': 'Llama cannot be made to call one tool by name: it must call the only one there is',
  'vaifn:598': 'Llama cannot be made to call one tool by name: it must call the only one there is',
  'vaifn:600': '"strict": false asks for nothing, and not every model knows the field',
}

describe.skipIf(!hasFixtures)(`the AI SDK's own requests${hasFixtures ? '' : ' (no shared data here)'}`, () => {
  const messages = fixtures('vercel_request_messages.jsonl.gz').filter((one) => one.openai_messages !== null)
  const tools = fixtures('vercel_request_tools.jsonl.gz').filter((one) => (one.openai_tools ?? null) !== null)

  test('there are some, and every difference names one', () => {
    expect(messages.length).toBeGreaterThan(10)
    expect(tools.length).toBeGreaterThan(8)
    const ids = new Set([...messages, ...tools].map((one) => one.id))
    expect(
      [...Object.keys(MESSAGE_DIFFERENCES), ...Object.keys(TOOL_DIFFERENCES)].filter((id) => !ids.has(id)),
    ).toEqual([])
  })

  test.each(messages.map((one) => [one.id, one.meta.test, one] as const))('%s %s', (id, name, one) => {
    const model = name.includes('isMistral is true') ? 'mistral.mistral-large-2407-v1:0' : SONNET
    const chat = openaiChat.readRequest({ model: 'm', messages: one.openai_messages ?? [] })
    const { body } = bedrockConverse.writeRequest(chat, model)
    expectValid(body)
    const written = { system: body['system'] ?? [], messages: body['messages'] }
    const { system, messages: expected } = one.expected
    if (MESSAGE_DIFFERENCES[id] === undefined) expect(written).toEqual({ system, messages: expected })
    else expect(written, MESSAGE_DIFFERENCES[id]).not.toEqual({ system, messages: expected })
  })

  test.each(tools.map((one) => [one.id, one.meta.test, one] as const))('%s %s', (id, _name, one) => {
    const chat = openaiChat.readRequest({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      tools: one.openai_tools ?? [],
      ...(one.openai_tool_choice === null ? {} : { tool_choice: one.openai_tool_choice }),
    })
    const { body } = bedrockConverse.writeRequest(chat, one.ai_sdk_input[0]?.modelId ?? '')
    const written = body['toolConfig'] ?? {}
    if (TOOL_DIFFERENCES[id] === undefined) expect(written).toEqual(one.expected.toolConfig)
    else expect(written, TOOL_DIFFERENCES[id]).not.toEqual(one.expected.toolConfig)
  })
})

const call = (id: string, name = 'get'): ContentPart => ({ type: 'tool-call', id, name, argumentsText: '{}' })
const answer = (callId: string, said = 'done'): ContentPart => ({
  type: 'tool-result',
  callId,
  content: [{ type: 'text', text: said }],
})
const assistant = (...content: ContentPart[]): Message => ({ role: 'assistant', content, name: undefined })
const results = (...content: ContentPart[]): Message => ({ role: 'tool', content, name: undefined })
const tool = (name: string): Tool => ({ name, description: undefined, parameters: { type: 'object' } })
const thought: ContentPart = { type: 'reasoning', text: 'Hm.', signature: { by: 'anthropic-messages', value: 'c2ln' } }

type Body = {
  readonly system?: readonly JsonObject[]
  readonly messages: readonly {
    readonly role: string
    readonly content: readonly Record<string, JsonObject | string>[]
  }[]
  readonly toolConfig?: { readonly tools: readonly JsonObject[]; readonly toolChoice?: JsonObject }
  readonly inferenceConfig?: JsonObject
  readonly additionalModelRequestFields?: JsonObject
  readonly outputConfig?: JsonObject
  readonly requestMetadata?: JsonObject
}

function write(
  messages: readonly Message[],
  model = SONNET,
  rest: Partial<ChatRequest> = {},
): { body: Body; lost: string[] } {
  const { body, losses } = bedrockConverse.writeRequest(requestOf(messages, rest), model)
  expectValid(body)
  return { body: body as unknown as Body, lost: losses.map(({ path }) => path) }
}

const told = ({ system = [] }: Body): string => system.map((block) => block['text']).join('\n')

describe('histories', () => {
  test('calls that share an id keep their own results', () => {
    const { body } = write([
      user('Hi'),
      assistant(call('call_0', 'first'), call('call_0', 'second')),
      results(answer('call_0', 'one'), answer('call_0', 'two')),
      assistant(call('call_0', 'third')),
      results(answer('call_0', 'three')),
    ])
    const called = new Map<unknown, unknown>()
    const answered = new Map<unknown, unknown>()
    for (const block of body.messages.flatMap((message) => message.content)) {
      const { toolUse, toolResult } = block as Record<string, JsonObject | undefined>
      if (toolUse !== undefined) called.set(toolUse['toolUseId'], toolUse['name'])
      if (toolResult !== undefined) answered.set(toolResult['toolUseId'], toolResult['content'])
    }
    expect([...called].map(([id, name]) => [name, answered.get(id)])).toEqual([
      ['first', [{ text: 'one' }]],
      ['second', [{ text: 'two' }]],
      ['third', [{ text: 'three' }]],
    ])
    expect(called.has('call_0')).toBe(true)
  })

  test('names that Bedrock refuses are fitted, never to one and the same, wherever they stand', () => {
    const long = (verb: string): string => `${'x'.repeat(70)}_${verb}`
    const names = ['get.weather', 'get/weather', 'get_weather', long('create'), long('delete')]
    const { body } = write([user('Hi'), assistant(call('a', 'get.weather')), results(answer('a'))], SONNET, {
      tools: names.map(tool),
      toolChoice: { name: 'get.weather' },
    })
    const declared = body.toolConfig?.tools.map((one) => (one['toolSpec'] as JsonObject)['name'] as string) ?? []
    expect(new Set(declared).size).toBe(names.length)
    expect(declared.every((name) => /^[a-zA-Z0-9_-]{1,64}$/.test(name))).toBe(true)
    expect(declared[2]).toBe('get_weather')
    expect(body.toolConfig?.toolChoice).toEqual({ tool: { name: declared[0] } })
    expect(body.messages[1]?.content[0]).toMatchObject({ toolUse: { name: declared[0] } })
  })

  test('results stand after their calls, all of them, and what is missing is said', () => {
    const { body, lost } = write([
      user('Hi'),
      assistant(call('a'), call('b')),
      user('Well?'),
      results(answer('b')),
      results(answer('nobody', 'lonely')),
    ])
    expect(body.messages[2]?.content.map((block) => Object.keys(block)[0])).toEqual([
      'toolResult',
      'toolResult',
      'text',
      'text',
      'text',
    ])
    expect(body.messages[2]?.content.at(-1)).toEqual({ text: 'lonely' })
    expect(lost).toEqual(expect.arrayContaining(['messages[1].content[0]', 'messages[4].content[0]']))
  })

  test('a call at the end is left alone: its result is still to come', () => {
    const { body, lost } = write([user('Hi'), assistant(call('a'))])
    expect(body.messages).toHaveLength(2)
    expect(lost).not.toContain('messages[1].content[0]')
  })

  test('arguments are an object whose digits stay', () => {
    const given: ContentPart = {
      type: 'tool-call',
      id: 'a',
      name: 'get',
      argumentsText: '{"id":12345678901234567890}',
    }
    const { body } = bedrockConverse.writeRequest(requestOf([user('Hi'), assistant(given)]), SONNET)
    expect(JSON.stringify(body)).toContain('"input":{"id":12345678901234567890}')
  })

  test('instructions in the middle are the user’s words, and said to be lost', () => {
    const { body, lost } = write([
      user('Hi'),
      assistant({ type: 'text', text: 'Yes?' }),
      { ...user('Be brief.'), role: 'system' },
    ])
    expect(body.system).toBeUndefined()
    expect(body.messages[2]).toEqual({ role: 'user', content: [{ text: 'Be brief.' }] })
    expect(lost).toEqual(['messages[2].role'])
  })

  test('only a Claude gets its own thoughts back', () => {
    const other: ContentPart = { type: 'reasoning', text: 'Hm.', signature: { by: 'gemini-generate', value: 'x' } }
    const history = [
      user('Hi'),
      assistant(thought, other, { type: 'reasoning', text: 'bare' }, { type: 'text', text: 'Yes' }),
    ]
    const own = write(history)
    expect(own.body.messages[1]?.content).toEqual([
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } },
      { text: 'Yes' },
    ])
    expect(own.lost).toEqual(['messages[1].content[1]', 'messages[1].content[2]'])
    expect(write(history, LLAMA).body.messages[1]?.content).toEqual([{ text: 'Yes' }])
  })

  test('thoughts divide a turn: calls stay behind those that led to them', () => {
    const { body } = write([
      user('Hi'),
      assistant(thought, call('a'), { type: 'text', text: 'First' }, thought, call('b')),
      results(answer('a'), answer('b')),
    ])
    expect(body.messages[1]?.content.map((block) => Object.keys(block)[0])).toEqual([
      'reasoningContent',
      'text',
      'toolUse',
      'reasoningContent',
      'toolUse',
    ])
  })

  test('models that refuse words beside results get them inside the last', () => {
    const history = [user('Hi'), assistant(call('a')), results(answer('a')), user('And now?')]
    expect(write(history).body.messages[2]?.content).toHaveLength(2)
    const { body, lost } = write(history, LLAMA)
    expect(body.messages[2]?.content).toEqual([
      { toolResult: { toolUseId: 'a', content: [{ text: 'done' }, { text: 'And now?' }] } },
    ])
    expect(lost).toContain('messages')
  })

  test('failed results say so where the model knows it', () => {
    const failed: ContentPart = { ...answer('a'), isError: true } as ContentPart
    const history = [user('Hi'), assistant(call('a')), results(failed)]
    expect(write(history).body.messages[2]?.content[0]).toMatchObject({ toolResult: { status: 'error' } })
    const { body, lost } = write(history, LLAMA)
    expect(JSON.stringify(body)).not.toContain('status')
    expect(lost).toContain('messages[2].content[0].is_error')
  })
})

describe('attachments', () => {
  const attach = (...content: ContentPart[]): Message => ({ role: 'user', content, name: undefined })

  test('documents get names that Bedrock takes, and words beside them', () => {
    const file = (name?: string): ContentPart => ({
      type: 'file',
      source: { type: 'data', mediaType: 'application/pdf', data: 'AAAA' },
      ...(name === undefined ? {} : { name }),
    })
    const { body } = write([
      attach(file('Jahres_bericht  2025.v2.pdf'), file('a.pdf'), file('a.pdf'), file(), file('…')),
    ])
    const names = body.messages[0]?.content.flatMap(
      (block) => (block['document'] as JsonObject | undefined)?.['name'] ?? [],
    )
    expect(names).toEqual(['Jahres-bericht 2025-v2', 'a', 'a (2)', 'document-4', 'document-5'])
    expect(body.messages[0]?.content.at(-1)).toHaveProperty('text')
  })

  test('bytes and s3 addresses go, others are said to be lost', () => {
    const image = (url: string): ContentPart => ({ type: 'image', source: { type: 'url', url } })
    const { body, lost } = write([
      attach({ type: 'text', text: 'See' }, image('s3://bucket/a.jpg'), image('https://example.org/a.png'), {
        type: 'image',
        source: { type: 'data', mediaType: 'image/tiff', data: 'AAAA' },
      }),
    ])
    expect(body.messages[0]?.content).toEqual([
      { text: 'See' },
      { image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/a.jpg' } } } },
    ])
    expect(lost).toEqual(['messages[0].content[2]', 'messages[0].content[3]'])
  })

  test('images in results stay there', () => {
    const result: ContentPart = {
      type: 'tool-result',
      callId: 'a',
      content: [{ type: 'image', source: { type: 'data', mediaType: 'image/png', data: 'AAAA' } }],
    }
    expect(write([user('Hi'), assistant(call('a')), results(result)]).body.messages[2]?.content).toEqual([
      { toolResult: { toolUseId: 'a', content: [{ image: { format: 'png', source: { bytes: 'AAAA' } } }] } },
    ])
  })

  test('cache marks are cache points behind what they mark, for models that take them', () => {
    const marked: Message = attach({ type: 'text', text: 'Hi', cache: { ttl: '1h' } })
    const inner: ContentPart = { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'x', cache: {} }] }
    const history = [{ ...marked, role: 'system' as const }, user('Go'), assistant(call('a')), results(inner)]
    const { body } = write(history, NOVA, { tools: [{ ...tool('get'), cache: {} }] })
    expect(body.system).toEqual([{ text: 'Hi' }, { cachePoint: { type: 'default', ttl: '1h' } }])
    expect(body.messages[2]?.content.at(-1)).toEqual({ cachePoint: { type: 'default' } })
    expect(body.toolConfig?.tools.at(-1)).toEqual({ cachePoint: { type: 'default' } })
    const other = write(history, LLAMA, { tools: [{ ...tool('get'), cache: {} }] })
    expect(JSON.stringify(other.body)).not.toContain('cachePoint')
    expect(other.lost.filter((path) => path.endsWith('.cache_control'))).toHaveLength(3)
  })
})

describe('tools', () => {
  const history = [user('Hi'), assistant(call('a', 'get')), results(answer('a'))]

  test('a history with calls has its tools declared, though none were sent', () => {
    const { body, lost } = write(history)
    expect(body.toolConfig?.tools).toEqual([
      { toolSpec: { name: 'get', inputSchema: { json: { type: 'object', properties: {} } } } },
    ])
    expect(told(body)).toMatch(/not call/)
    expect(lost).toEqual(['tools'])
  })

  test('"none" leaves tools out, or tells the model where they must be there', () => {
    const rest = { tools: [tool('get')], toolChoice: 'none' } as const
    const plain = write([user('Hi')], SONNET, rest)
    expect(Object.keys(plain.body)).toEqual(['messages'])
    expect(plain.lost).toEqual([])
    const { body, lost } = write(history, SONNET, rest)
    expect(body.toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'get', inputSchema: { json: { type: 'object' } } } }],
    })
    expect(told(body)).toMatch(/not call/)
    expect(lost).toEqual(['tool_choice'])
  })

  test('only allowed tools are declared', () => {
    const rest = { tools: [tool('get'), tool('set')], toolChoice: { allowed: ['set'], mode: 'required' } } as const
    expect(write([user('Hi')], SONNET, rest).body.toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: 'set' } }],
      toolChoice: { any: {} },
    })
  })

  test('what has no field is said to be lost', () => {
    const strict = { ...tool('get'), strict: true }
    const native = { ...tool('search'), native: { format: 'openai-responses' as const, value: { type: 'web_search' } } }
    const custom = { ...tool('patch'), parameters: undefined, custom: {} }
    const { body, lost } = write([user('Hi')], LLAMA, { tools: [strict, native, custom], parallelToolCalls: false })
    expect(lost).toEqual(['parallel_tool_calls', 'tools[0].strict', 'tools[1]', 'tools[2]'])
    expect(body.toolConfig?.tools[1]).toMatchObject({
      toolSpec: { name: 'patch', inputSchema: { json: { required: ['input'] } } },
    })
  })

  test('Bedrock’s own tools and blocks are themselves again', () => {
    const sent = {
      messages: [
        {
          role: 'user',
          content: [{ text: 'Hi' }, { searchResult: { source: 'a', title: 'b', content: [{ text: 'c' }] } }],
        },
      ],
      toolConfig: { tools: [{ systemTool: { name: 'nova_grounding' } }] },
    }
    const { body, losses } = bedrockConverse.writeRequest(bedrockConverse.readRequest(sent, { model: NOVA }), NOVA)
    expect(body).toEqual(sent)
    expect(losses).toEqual([])
  })
})

describe('thinking', () => {
  const think = (model: string, rest: Partial<ChatRequest>, messages = [user('Hi')]) => {
    const { body, lost } = write(messages, model, rest)
    return {
      fields: body.additionalModelRequestFields,
      config: body.inferenceConfig,
      choice: body.toolConfig?.toolChoice,
      lost,
    }
  }
  const limit = (maxOutputTokens: number): ChatRequest['sampling'] => ({ ...requestOf([]).sampling, maxOutputTokens })

  test('every family has its own words for it', () => {
    const high = { reasoning: { effort: 'high' } }
    expect(think(SONNET, high)).toMatchObject({
      fields: { thinking: { type: 'enabled', budget_tokens: 25_600 } },
      lost: [],
    })
    expect(think(OPUS_46, high)).toMatchObject({
      fields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      lost: [],
    })
    expect(think(NOVA, high)).toMatchObject({
      fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
      lost: [],
    })
    expect(think(GPT_OSS, high)).toMatchObject({ fields: { reasoning_effort: 'high' }, lost: [] })
    expect(think(PROFILE, high)).toMatchObject({
      fields: { reasoning_config: { type: 'enabled', budget_tokens: 25_600 } },
      lost: [],
    })
    expect(think(HAIKU_3, high)).toMatchObject({ fields: undefined, lost: ['reasoning'] })
    expect(think(LLAMA, high)).toMatchObject({ fields: undefined, lost: ['reasoning'] })
  })

  test('a budget stays below the limit of the answer and above the least', () => {
    const budget = (budgetTokens: number, max: number) =>
      think(SONNET, { reasoning: { budgetTokens }, sampling: limit(max) })
    expect(budget(2_000, 4_000)).toMatchObject({ fields: { thinking: { budget_tokens: 2_000 } }, lost: [] })
    expect(budget(9_000, 4_000)).toMatchObject({
      fields: { thinking: { budget_tokens: 3_999 } },
      lost: ['reasoning.budget_tokens'],
    })
    expect(budget(10, 4_000)).toMatchObject({
      fields: { thinking: { budget_tokens: 1_024 } },
      lost: ['reasoning.budget_tokens'],
    })
    expect(budget(2_000, 1_000)).toMatchObject({ fields: undefined, lost: ['reasoning'] })
    expect(think(OPUS_47, { reasoning: { budgetTokens: 2_000 } })).toMatchObject({
      fields: { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      lost: ['reasoning.budget_tokens'],
    })
  })

  test('a model that thinks is not made to call, nor tuned', () => {
    const rest = {
      reasoning: { budgetTokens: 2_000 },
      tools: [tool('get')],
      toolChoice: 'required' as const,
      sampling: { ...limit(4_000), temperature: 0.2, topK: 5 },
    }
    const got = think(SONNET, rest)
    expect(got.choice).toEqual({ auto: {} })
    expect(got.config).toEqual({ maxTokens: 4_000 })
    expect(got.fields).toEqual({ thinking: { type: 'enabled', budget_tokens: 2_000 } })
    expect(got.lost).toEqual(['tool_choice', 'temperature', 'top_k'])
  })

  test('a tool loop whose thoughts are lost goes on without', () => {
    const rest = { reasoning: { budgetTokens: 2_000 }, tools: [tool('get')] }
    const lost = think(SONNET, rest, [user('Hi'), assistant(call('a')), results(answer('a'))])
    expect(lost).toMatchObject({ fields: undefined, lost: ['reasoning'] })
    const kept = think(SONNET, rest, [user('Hi'), assistant(thought, call('a')), results(answer('a'))])
    expect(kept).toMatchObject({ fields: { thinking: { type: 'enabled' } }, lost: [] })
  })
})

describe('settings', () => {
  const sampling = {
    ...requestOf([]).sampling,
    maxOutputTokens: 9,
    temperature: 0.1,
    topP: 0.9,
    topK: 3,
    stop: ['END'],
  }

  test('each has its place', () => {
    expect(write([user('Hi')], HAIKU_3, { sampling, metadata: { team: 'a b' } })).toEqual({
      body: {
        messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
        inferenceConfig: { maxTokens: 9, temperature: 0.1, topP: 0.9, stopSequences: ['END'] },
        additionalModelRequestFields: { top_k: 3 },
        additionalModelResponseFieldPaths: ['/delta/stop_sequence', '/stop_sequence'],
        requestMetadata: { team: 'a b' },
      },
      lost: [],
    })
    expect(write([user('Hi')], NOVA, { sampling }).body.additionalModelRequestFields).toEqual({
      inferenceConfig: { topK: 3 },
    })
  })

  test('what a model refuses is left out and said', () => {
    expect(write([user('Hi')], SONNET, { sampling })).toMatchObject({
      body: { inferenceConfig: { temperature: 0.1 } },
      lost: ['top_p'],
    })
    expect(write([user('Hi')], OPUS_47, { sampling }).lost).toEqual(['temperature', 'top_p', 'top_k'])
    expect(write([user('Hi')], LLAMA, { sampling }).lost).toEqual(['top_k'])
  })

  test('what Bedrock has no field for is said, unless it asks for nothing', () => {
    const asked = { choices: 2, presencePenalty: 1, frequencyPenalty: 1, seed: 0, logprobs: true, topLogprobs: 2 }
    const none = { choices: 1, presencePenalty: 0, frequencyPenalty: 0, logprobs: false }
    const base = requestOf([]).sampling
    const given = { sampling: { ...base, ...asked }, user: 'u', metadata: { list: [1], fine: 'yes' } }
    const { body, lost } = write([user('Hi')], SONNET, given)
    expect(lost).toEqual([
      'n',
      'presence_penalty',
      'frequency_penalty',
      'seed',
      'logprobs',
      'top_logprobs',
      'user',
      'metadata.list',
    ])
    expect(body.requestMetadata).toEqual({ fine: 'yes' })
    expect(write([user('Hi')], SONNET, { sampling: { ...base, ...none } }).lost).toEqual([])
  })

  test('a schema is kept natively or asked for in words', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    const responseFormat = { type: 'json-schema', schema, name: 'my answer' } as const
    const native = write([user('Hi')], SONNET, { responseFormat })
    expect(native.body.outputConfig).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'my_answer' } },
      },
    })
    expect(native.lost).toEqual([])
    for (const model of [OPUS_47, LLAMA, PROFILE]) {
      const { body, lost } = write([user('Hi')], model, { responseFormat })
      expect(body.outputConfig).toBeUndefined()
      expect(body.toolConfig).toBeUndefined()
      expect(told(body)).toContain(JSON.stringify(schema))
      expect(lost).toEqual(['response_format'])
    }
    expect(write([user('Hi')], SONNET, { responseFormat: { type: 'json-object' } }).lost).toEqual(['response_format'])
  })
})

describe('a client’s body', () => {
  const read = (body: JsonObject) => () => bedrockConverse.readRequest(body, { model: 'm' })
  const message = (block: JsonObject): JsonObject => ({ messages: [{ role: 'user', content: [block] }] })

  test.each([
    ['modelId', () => bedrockConverse.readRequest(message({ text: 'Hi' }))],
    ['messages', read({})],
    ['messages[0].role', read({ messages: [{ role: 'tool', content: [] }] })],
    ['messages[0].content', read({ messages: [{ role: 'user', content: 'Hi' }] })],
    ['messages[0].content[0].text', read(message({ text: 1 }))],
    ['messages[0].content[0].toolUse.name', read(message({ toolUse: { toolUseId: 'a' } }))],
    ['inferenceConfig.maxTokens', read({ ...message({ text: 'Hi' }), inferenceConfig: { maxTokens: '9' } })],
    [
      'toolConfig.tools[0].toolSpec.inputSchema',
      read({ ...message({ text: 'Hi' }), toolConfig: { tools: [{ toolSpec: { name: 'f' } }] } }),
    ],
    [
      'outputConfig.textFormat.structure.jsonSchema.schema',
      read({
        ...message({ text: 'Hi' }),
        outputConfig: { textFormat: { structure: { jsonSchema: { schema: '{' } } } },
      }),
    ],
  ])('a wrong %s is refused by its name', (param, act) => {
    expect(act).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
  })

  test('what only Bedrock has is listed, what is read is not', () => {
    const content = [
      { guardContent: { text: { text: 'Hi' } } },
      { document: { name: 'a', format: 'txt', source: { bytes: 'AAAA' }, citations: { enabled: true } } },
    ]
    const body = {
      messages: [{ role: 'user', content }],
      guardrailConfig: { guardrailIdentifier: 'g' },
      performanceConfig: { latency: 'optimized' },
      serviceTier: null,
      additionalModelRequestFields: { top_k: 1, anthropic_beta: ['x'] },
    }
    expect(bedrockConverse.unread(body).map(({ path }) => path)).toEqual([
      'guardrailConfig',
      'performanceConfig',
      'additionalModelRequestFields.anthropic_beta',
      'messages[0].content[0].guardContent',
      'messages[0].content[1].document.citations',
    ])
    expect(bedrockConverse.readRequest(body, { model: 'm' }).messages[0]?.content[0]).toEqual({
      type: 'text',
      text: 'Hi',
    })
  })
})
