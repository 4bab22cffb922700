import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { parseLossless } from '../../src/core/lossless-json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import { ollamaChat } from '../../src/wire/ollama-chat/index.ts'
import { image, NOTHING_SAID, requests, words } from './arbitrary-request.ts'
import { GRAMMAR, HELLO, OTHER, TOOL, text, user } from './hello-request.ts'

const write = (changes: Partial<ChatRequest>) => ollamaChat.writeRequest({ ...HELLO, ...changes }, 'qwen3')

/** As it arrives: written, sent, parsed. */
function reread(request: Omit<ChatRequest, 'native'>): Omit<ChatRequest, 'native'> {
  const { body, losses } = ollamaChat.writeRequest({ ...request, native: HELLO.native }, request.model)
  expect(losses).toEqual([])
  const sent = parseLossless(JSON.stringify(body))
  if (!isJsonObject(sent)) throw new Error('no object')
  expect(ollamaChat.unread(sent)).toEqual([])
  const { native, ...read } = ollamaChat.readRequest(sent)
  expect(native.format).toBe('ollama-chat')
  return read
}

test('what the format can carry comes back as it was', () => {
  const said = words.map(text)
  const pictures = fc.array(
    image.map((source): ContentPart => ({ type: 'image', source: { type: 'data', ...source } })),
    { maxLength: 2 },
  )
  const thought = words.map((one): ContentPart => ({ type: 'reasoning', text: one }))
  const optional = (one: fc.Arbitrary<ContentPart>) => fc.array(one, { maxLength: 1 })
  const carried = requests({
    userParts: fc.tuple(optional(said), pictures).map(([a, b]) => [...a, ...b]),
    assistantParts: () => fc.tuple(optional(thought), optional(said)).map(([a, b]) => [...a, ...b]),
    resultParts: fc.tuple(optional(said), pictures).map(([a, b]) => [...a, ...b]),
    resultsAreNamed: true,
    reasoning: fc.constantFrom(
      undefined,
      { effort: 'none' },
      { effort: 'low' },
      { effort: 'medium' },
      { effort: 'high' },
      { effort: 'max' },
      { budgetTokens: -1 },
    ),
    responseFormat: () =>
      fc.constantFrom(
        undefined,
        { type: 'json-object' } as const,
        { type: 'json-schema', schema: { type: 'object', properties: { a: { type: 'integer' } } } } as const,
      ),
    toolChoice: fc.constant(undefined),
    strict: fc.constant(undefined),
    sampling: fc.record(
      {
        maxOutputTokens: fc.nat(),
        temperature: fc.double({ min: 0, max: 2, noNaN: true }).map(Math.fround),
        topP: fc.constantFrom(0, 0.5, 1),
        topK: fc.nat(),
        stop: fc.array(words, { minLength: 1, maxLength: 9 }),
        presencePenalty: fc.constantFrom(-2, 0, 2),
        frequencyPenalty: fc.constantFrom(-2, 0, 2),
        seed: fc.integer(),
        logprobs: fc.boolean(),
        topLogprobs: fc.nat(20),
      },
      { requiredKeys: [] },
    ),
  })
  fc.assert(
    fc.property(carried, (request) => void expect(reread(request)).toEqual(request)),
    { numRuns: 300 },
  )
})

test.each<[string, Partial<ChatRequest>, object]>([
  ['num_predict', { sampling: { ...NOTHING_SAID, maxOutputTokens: 5 } }, { options: { num_predict: 5 } }],
  ['temperature', { sampling: { ...NOTHING_SAID, temperature: 0 } }, { options: { temperature: 0 } }],
  ['top_p', { sampling: { ...NOTHING_SAID, topP: 1 } }, { options: { top_p: 1 } }],
  ['top_k', { sampling: { ...NOTHING_SAID, topK: 7 } }, { options: { top_k: 7 } }],
  ['stop', { sampling: { ...NOTHING_SAID, stop: ['a', 'b'] } }, { options: { stop: ['a', 'b'] } }],
  ['seed', { sampling: { ...NOTHING_SAID, seed: 1 } }, { options: { seed: 1 } }],
  ['presence_penalty', { sampling: { ...NOTHING_SAID, presencePenalty: -2 } }, { options: { presence_penalty: -2 } }],
  ['frequency_penalty', { sampling: { ...NOTHING_SAID, frequencyPenalty: 2 } }, { options: { frequency_penalty: 2 } }],
  ['logprobs', { sampling: { ...NOTHING_SAID, logprobs: true, topLogprobs: 3 } }, { logprobs: true, top_logprobs: 3 }],
  ['no thinking', { reasoning: { effort: 'none' } }, { think: false }],
  ['no budget', { reasoning: { budgetTokens: 0 } }, { think: false }],
  ['thinking as the model likes', { reasoning: { budgetTokens: -1 } }, { think: true }],
  ['a level', { reasoning: { effort: 'medium' } }, { think: 'medium' }],
  ['json', { responseFormat: { type: 'json-object' } }, { format: 'json' }],
  [
    'a schema',
    { responseFormat: { type: 'json-schema', schema: { type: 'object' }, name: 'x' } },
    { format: { type: 'object' } },
  ],
  ['plain text', { responseFormat: { type: 'text' } }, {}],
  ['stream', { stream: true }, { stream: true }],
  ['a tool', { tools: [TOOL] }, { tools: [{ type: 'function', function: TOOL }] }],
])('%s is in the body, with nothing lost', (_name, changes, members) => {
  const { body, losses } = write(changes)
  expect(losses).toEqual([])
  expect(body).toEqual({ model: 'qwen3', messages: [{ role: 'user', content: 'Hello' }], stream: false, ...members })
})

test('the description of a schema has no place', () => {
  const format = { type: 'json-schema', schema: { type: 'object' }, description: 'A person' } as const
  expect(write({ responseFormat: format }).losses.map(({ path }) => path)).toEqual([
    'response_format.json_schema.description',
  ])
})

describe('tool choice, which nothing enforces', () => {
  test.each<[ChatRequest['toolChoice'], string[] | undefined, string[]]>([
    ['auto', ['f', 'g'], []],
    ['none', undefined, []],
    ['required', ['f', 'g'], ['tool_choice']],
    [{ name: 'g' }, ['g'], ['tool_choice']],
    [{ allowed: ['g'], mode: 'auto' }, ['g'], []],
    [{ allowed: ['g'], mode: 'required' }, ['g'], ['tool_choice']],
  ])('%j', (toolChoice, names, paths) => {
    const { body, losses } = write({ tools: [TOOL, OTHER], toolChoice })
    const tools = body['tools'] as { function: { name: string } }[] | undefined
    expect(tools?.map((tool) => tool.function.name)).toEqual(names)
    expect(losses.map(({ path }) => path)).toEqual(paths)
  })
})

test.each<[Partial<ChatRequest>, string[]]>([
  [{ sampling: { ...NOTHING_SAID, choices: 2 } }, ['n']],
  [{ parallelToolCalls: false, user: 'u', metadata: { a: 'b' } }, ['parallel_tool_calls', 'user', 'metadata']],
  [{ tools: [{ ...TOOL, strict: true, cache: {} }] }, ['tools[0].cache_control', 'tools[0].strict']],
  [{ tools: [OTHER, { ...TOOL, custom: {} }] }, []],
  [{ tools: [OTHER, { ...TOOL, custom: { format: GRAMMAR } }] }, ['tools[1].custom.format']],
  [{ tools: [{ ...OTHER, native: { format: 'openai-chat', value: {} } }] }, ['tools[0]']],
  [{ reasoning: { effort: 'xhigh' } }, ['reasoning.effort']],
  [{ reasoning: { budgetTokens: 5_000 } }, ['reasoning.budget_tokens']],
  [{ messages: [{ ...user(text('x')), name: 'Bob' }] }, ['messages[0].name']],
  [{ messages: [user({ type: 'text', text: 'x', cache: {} })] }, ['messages[0].content[0].cache_control']],
  [
    { messages: [user({ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } })] },
    ['messages[0].content[0]'],
  ],
  [
    { messages: [user({ type: 'image', detail: 'low', source: { type: 'data', mediaType: 'image/png', data: '' } })] },
    ['messages[0].content[0].detail'],
  ],
  [
    { messages: [user({ type: 'audio', format: 'wav', source: { type: 'data', mediaType: 'audio/wav', data: '' } })] },
    ['messages[0].content[0]'],
  ],
  [
    { messages: [user({ type: 'file', source: { type: 'data', mediaType: 'application/pdf', data: '' } })] },
    ['messages[0].content[0]'],
  ],
  [
    { messages: [user({ type: 'file', source: { type: 'data', mediaType: 'text/plain', data: btoa('x') } })] },
    ['messages[0].content[0]'],
  ],
])('%j loses %j', (changes, paths) => expect(write(changes).losses.map(({ path }) => path)).toEqual(paths))

test('a tool loop: arguments as objects with their digits, results with the tool’s name', () => {
  const messages: Message[] = [
    { role: 'developer', content: [text('Be brief.')], name: undefined },
    user(text('Look'), { type: 'image', source: { type: 'data', mediaType: 'image/png', data: 'iVBO' } }, text('here')),
    {
      role: 'assistant',
      name: undefined,
      content: [
        { type: 'reasoning', text: 'hm', signature: { by: 'anthropic-messages', value: 's' } },
        { type: 'tool-call', id: 'a', name: 'f', argumentsText: '{"n":12345678901234567890,"x":0.5}' },
        { type: 'tool-call', id: 'b', name: 'g', argumentsText: '' },
        { type: 'tool-call', id: 'c', name: 'h', argumentsText: '{"cut' },
        { type: 'tool-call', id: 'd', name: 'i', argumentsText: 'free', custom: true },
      ],
    },
    {
      role: 'tool',
      name: undefined,
      content: [
        { type: 'tool-result', callId: 'a', content: [text('no')], isError: true },
        {
          type: 'tool-result',
          callId: 'b',
          content: [{ type: 'image', source: { type: 'data', mediaType: 'image/png', data: 'iVBO' } }],
        },
      ],
    },
  ]
  const { body, losses } = write({ messages })
  expect(JSON.stringify(body['messages'])).toBe(
    JSON.stringify([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Look\nhere', images: ['iVBO'] },
      {
        role: 'assistant',
        content: '',
        thinking: 'hm',
        tool_calls: [
          { id: 'a', function: { name: 'f', arguments: 'RAW' } },
          { id: 'b', function: { name: 'g', arguments: {} } },
          { id: 'c', function: { name: 'h', arguments: { rawInvalidInput: '{"cut' } } },
          { id: 'd', function: { name: 'i', arguments: { input: 'free' } } },
        ],
      },
      { role: 'tool', content: 'no', tool_name: 'f', tool_call_id: 'a' },
      { role: 'tool', content: '', images: ['iVBO'], tool_name: 'g', tool_call_id: 'b' },
    ]).replace('"RAW"', '{"n":12345678901234567890,"x":0.5}'),
  )
  expect(losses.map(({ path }) => path)).toEqual([
    'messages[2].content[0].signature',
    'messages[2].content[3].arguments',
    'messages[3].content[0].is_error',
  ])
})

describe('histories without ids, as older clients send them', () => {
  const call = (name: string) => ({ function: { name, arguments: {} } })
  const results = (...messages: object[]) => {
    const assistant = { role: 'assistant', content: '', tool_calls: [call('f'), call('g'), call('f')] }
    const read = ollamaChat.readRequest({ model: 'm', messages: [assistant, ...messages] as never }).messages
    const [{ content } = { content: [] }, ...tools] = read
    const ids = content.map((part) => (part.type === 'tool-call' ? part.id : ''))
    expect(new Set(ids).size).toBe(3)
    return tools.map((message) => {
      const [part] = message.content
      return part?.type === 'tool-result' ? ids.indexOf(part.callId) : undefined
    })
  }
  test('results find their calls by name, in order', () => {
    const tool = (tool_name: string) => ({ role: 'tool', content: '', tool_name })
    expect(results(tool('g'), tool('f'), tool('f'))).toEqual([1, 0, 2])
  })
  test('or by order alone', () => {
    const tool = { role: 'tool', content: '' }
    expect(results(tool, tool, tool)).toEqual([0, 1, 2])
  })
})

test('it streams unless the client says no', () => {
  const body = { model: 'm', messages: [{ role: 'user', content: 'x' }] }
  expect(ollamaChat.readRequest(body).stream).toBe(true)
  expect(ollamaChat.readRequest({ ...body, stream: false }).stream).toBe(false)
})

test('members that only Ollama has are named, options too', () => {
  const body = {
    model: 'm',
    messages: [],
    keep_alive: '5m',
    truncate: null,
    options: { num_ctx: 8, repeat_penalty: 1.1, seed: 1 },
  }
  expect(ollamaChat.unread(body).map(({ path }) => path)).toEqual([
    'keep_alive',
    'options.num_ctx',
    'options.repeat_penalty',
  ])
})

test.each([
  [{}, 'model'],
  [{ model: 'm' }, 'messages'],
  [{ model: 'm', messages: [] }, 'messages'],
  [{ model: 'm', messages: [{ role: 'developer', content: 'x' }] }, 'messages[0].role'],
  [{ model: 'm', messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x', images: [1] }] }, 'messages[0].images[0]'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], options: 1 }, 'options'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], options: { top_k: '1' } }, 'options.top_k'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], format: 'yaml' }, 'format'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], think: 1 }, 'think'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], tools: [{ function: {} }] }, 'tools[0].function.name'],
])('%j is refused for %s', (body, param) => {
  expect(() => ollamaChat.readRequest(body as never)).toThrow(
    expect.objectContaining({ code: 'invalid_request', param }),
  )
})
