import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { parseLossless } from '../../src/core/lossless-json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import { cohereChat } from '../../src/wire/cohere-chat/index.ts'
import { image, NOTHING_SAID, requests, words } from './arbitrary-request.ts'
import { GRAMMAR, HELLO, OTHER, TOOL, text, user } from './hello-request.ts'

const write = (changes: Partial<ChatRequest>) => cohereChat.writeRequest({ ...HELLO, ...changes }, 'command-a')
const lost = (changes: Partial<ChatRequest>) => write(changes).losses.map(({ path }) => path)

/** As it arrives: written, sent, parsed. */
function reread(request: Omit<ChatRequest, 'native'>): Omit<ChatRequest, 'native'> {
  const { body, losses } = cohereChat.writeRequest({ ...request, native: HELLO.native }, request.model)
  expect(losses).toEqual([])
  const sent = parseLossless(JSON.stringify(body))
  if (!isJsonObject(sent)) throw new Error('no object')
  expect(cohereChat.unread(sent)).toEqual([])
  const { native, ...read } = cohereChat.readRequest(sent)
  expect(native.format).toBe('cohere-chat')
  return read
}

test('what the format can carry comes back as it was', () => {
  const said = words.map(text)
  const picture = fc
    .record({ source: image, detail: fc.constantFrom('auto', 'low', 'high', undefined) })
    .map(({ source, detail }): ContentPart => {
      return { type: 'image', source: { type: 'data', ...source }, ...(detail === undefined ? {} : { detail }) }
    })
  const linked = fc.constant<ContentPart>({ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } })
  const thought = words.map((one): ContentPart => ({ type: 'reasoning', text: one }))
  const effort = fc.oneof(
    fc.constant({ effort: 'none' }),
    fc.integer({ min: 1, max: 30_000 }).map((budgetTokens) => ({ budgetTokens })),
    fc.constant({ budgetTokens: -1 }),
    fc.constant(undefined),
  )
  const carried = requests({
    userParts: fc.array(fc.oneof(said, picture, linked), { minLength: 1, maxLength: 3 }),
    assistantParts: (hasCalls) =>
      fc
        // Beside calls there is no place for thoughts.
        .tuple(
          fc.array(thought, { maxLength: hasCalls ? 0 : 1 }),
          fc.array(said, { minLength: hasCalls ? 0 : 1, maxLength: 1 }),
        )
        .map(([a, b]) => [...a, ...b]),
    resultParts: fc.array(said, { minLength: 1, maxLength: 2 }),
    resultsAreNamed: false,
    reasoning: effort,
    responseFormat: (hasTools) =>
      hasTools
        ? fc.constant(undefined)
        : fc.constantFrom(
            undefined,
            { type: 'text' } as const,
            { type: 'json-object' } as const,
            { type: 'json-schema', schema: { type: 'object', properties: { a: { type: 'integer' } } } } as const,
          ),
    toolChoice: fc.constantFrom(undefined, 'none', 'required'),
    strict: fc.constantFrom(undefined, true, false),
    sampling: fc.record(
      {
        maxOutputTokens: fc.nat(),
        temperature: fc.double({ min: 0, max: 2, noNaN: true }).map(Math.fround),
        topP: fc.constantFrom(0.01, 0.5, 0.99),
        topK: fc.nat(500),
        stop: fc.array(words, { minLength: 1, maxLength: 5 }),
        presencePenalty: fc.constantFrom(0, 0.5, 1),
        frequencyPenalty: fc.constantFrom(0, 0.5, 1),
        seed: fc.nat(),
        logprobs: fc.boolean(),
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
  ['max_tokens', { sampling: { ...NOTHING_SAID, maxOutputTokens: 5 } }, { max_tokens: 5 }],
  ['temperature', { sampling: { ...NOTHING_SAID, temperature: 0 } }, { temperature: 0 }],
  ['p', { sampling: { ...NOTHING_SAID, topP: 0.5 } }, { p: 0.5 }],
  ['k', { sampling: { ...NOTHING_SAID, topK: 7 } }, { k: 7 }],
  ['stop_sequences', { sampling: { ...NOTHING_SAID, stop: ['a'] } }, { stop_sequences: ['a'] }],
  ['seed', { sampling: { ...NOTHING_SAID, seed: 1 } }, { seed: 1 }],
  ['presence_penalty', { sampling: { ...NOTHING_SAID, presencePenalty: 0.2 } }, { presence_penalty: 0.2 }],
  ['frequency_penalty', { sampling: { ...NOTHING_SAID, frequencyPenalty: 0.2 } }, { frequency_penalty: 0.2 }],
  ['logprobs', { sampling: { ...NOTHING_SAID, logprobs: true } }, { logprobs: true }],
  ['no thinking', { reasoning: { effort: 'none' } }, { thinking: { type: 'disabled' } }],
  ['a budget', { reasoning: { budgetTokens: 99 } }, { thinking: { type: 'enabled', token_budget: 99 } }],
  [
    'a level, as its share of the answer',
    { reasoning: { effort: 'medium' }, sampling: { ...NOTHING_SAID, maxOutputTokens: 1_000 } },
    { thinking: { type: 'enabled', token_budget: 500 }, max_tokens: 1_000 },
  ],
  ['the highest level, unlimited', { reasoning: { effort: 'max' } }, { thinking: { type: 'enabled' } }],
  ['json_object', { responseFormat: { type: 'json-object' } }, { response_format: { type: 'json_object' } }],
  [
    'json_schema',
    { responseFormat: { type: 'json-schema', schema: { type: 'object' }, name: 'x', strict: true } },
    { response_format: { type: 'json_object', json_schema: { type: 'object' } } },
  ],
  ['stream', { stream: true }, { stream: true }],
  [
    'strict tools',
    { tools: [{ ...TOOL, strict: true }] },
    { strict_tools: true, tools: [{ type: 'function', function: TOOL }] },
  ],
  [
    'a tool without parameters',
    { tools: [OTHER] },
    { tools: [{ type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } }] },
  ],
])('%s is in the body, with nothing lost', (_name, changes, members) => {
  const { body, losses } = write(changes)
  expect(losses).toEqual([])
  expect(body).toEqual({
    model: 'command-a',
    messages: [{ role: 'user', content: 'Hello' }],
    stream: false,
    ...members,
  })
})

describe('tool choice', () => {
  const choose = (toolChoice: ChatRequest['toolChoice']) => {
    const { body, losses } = write({ tools: [TOOL, OTHER], toolChoice })
    const tools = Array.isArray(body['tools']) ? body['tools'] : []
    return { names: tools.map((tool) => tool.function.name), choice: body['tool_choice'], losses }
  }
  test.each<[ChatRequest['toolChoice'], string[], string | undefined]>([
    ['auto', ['f', 'g'], undefined],
    ['none', ['f', 'g'], 'NONE'],
    ['required', ['f', 'g'], 'REQUIRED'],
    [{ name: 'g' }, ['g'], 'REQUIRED'],
    [{ allowed: ['g'], mode: 'auto' }, ['g'], undefined],
    [{ allowed: ['f', 'g'], mode: 'required' }, ['f', 'g'], 'REQUIRED'],
  ])('%j', (toolChoice, names, choice) => {
    expect(choose(toolChoice)).toEqual({ names, choice, losses: [] })
  })
  test('of a tool that is not declared says so', () => {
    expect(choose({ name: 'h' })).toMatchObject({ names: ['f', 'g'], losses: [{ path: 'tool_choice' }] })
  })
  test('without tools is left out', () => {
    expect(write({ toolChoice: 'required' }).body['tool_choice']).toBeUndefined()
  })
})

test.each<[Partial<ChatRequest>, string[]]>([
  [{ sampling: { ...NOTHING_SAID, choices: 2 } }, ['n']],
  [{ sampling: { ...NOTHING_SAID, choices: 1, topLogprobs: 0 } }, []],
  [{ sampling: { ...NOTHING_SAID, topLogprobs: 2 } }, ['top_logprobs']],
  [{ sampling: { ...NOTHING_SAID, topP: 1 }, metadata: {} }, []],
  [{ sampling: { ...NOTHING_SAID, topP: 0 } }, ['top_p']],
  [
    { sampling: { ...NOTHING_SAID, presencePenalty: -1, frequencyPenalty: 2 } },
    ['presence_penalty', 'frequency_penalty'],
  ],
  [{ sampling: { ...NOTHING_SAID, seed: -5 } }, ['seed']],
  [
    { responseFormat: { type: 'json-schema', schema: { type: 'object' }, name: 'x', description: 'A person' } },
    ['response_format.json_schema.description'],
  ],
  [{ sampling: { ...NOTHING_SAID, stop: ['1', '2', '3', '4', '5', '6'] } }, ['stop']],
  [{ parallelToolCalls: false }, ['parallel_tool_calls']],
  [{ user: 'u', metadata: { a: 'b' } }, ['user', 'metadata']],
  [{ tools: [{ ...TOOL, strict: true }, OTHER] }, ['tools[0].strict']],
  [{ tools: [{ ...TOOL, cache: {} }] }, ['tools[0].cache_control']],
  [{ tools: [{ ...OTHER, custom: {} }] }, []],
  [{ tools: [{ ...OTHER, custom: { format: GRAMMAR } }] }, ['tools[0].custom.format']],
  [{ tools: [{ ...OTHER, native: { format: 'openai-chat', value: {} } }] }, ['tools[0]']],
  [{ tools: [TOOL], responseFormat: { type: 'json-object' } }, ['response_format']],
  [{ messages: [{ ...user(text('x')), name: 'Bob' }] }, ['messages[0].name']],
  [{ messages: [user({ type: 'text', text: 'x', cache: {} })] }, ['messages[0].content[0].cache_control']],
  [
    { messages: [user({ type: 'audio', format: 'wav', source: { type: 'url', url: 'x' } })] },
    ['messages[0].content[0]'],
  ],
])('%j loses %j', (changes, paths) => expect(lost(changes)).toEqual(paths))

test('values out of range are sent as the nearest that is taken', () => {
  const sampling = { ...NOTHING_SAID, topP: 1, topK: 900, presencePenalty: -2, frequencyPenalty: 2, seed: -5 }
  expect(write({ sampling }).body).toMatchObject({
    p: 0.99,
    k: 500,
    seed: 0,
    presence_penalty: 0,
    frequency_penalty: 1,
  })
})

test('instructions stay where they were said', () => {
  const messages: Message[] = [
    { role: 'developer', content: [text('a')], name: undefined },
    { role: 'system', content: [text('b')], name: undefined },
    user(text('c')),
    { role: 'system', content: [text('d')], name: undefined },
  ]
  const { body, losses } = write({ messages })
  expect(body['messages']).toEqual([
    { role: 'system', content: 'a' },
    { role: 'system', content: 'b' },
    { role: 'user', content: 'c' },
    { role: 'system', content: 'd' },
  ])
  expect(losses).toEqual([])
})

test('a turn with calls has a plan in place of content; results come with their images after them', () => {
  const messages: Message[] = [
    user(text('go')),
    {
      role: 'assistant',
      name: undefined,
      content: [
        { type: 'reasoning', text: 'hm', signature: { by: 'anthropic-messages', value: 's' } },
        text('I will.'),
        { type: 'tool-call', id: 'a', name: 'f', argumentsText: '' },
        { type: 'tool-call', id: 'b', name: 'g', argumentsText: 'free', custom: true },
      ],
    },
    {
      role: 'tool',
      name: undefined,
      content: [
        {
          type: 'tool-result',
          callId: 'a',
          isError: true,
          content: [text('no'), { type: 'image', source: { type: 'data', mediaType: 'image/png', data: 'iVBO' } }],
        },
        { type: 'tool-result', callId: 'b', content: [] },
      ],
    },
  ]
  const { body, losses } = write({ messages })
  expect(body['messages']).toEqual([
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      tool_plan: 'I will.',
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
        { id: 'b', type: 'function', function: { name: 'g', arguments: '{"input":"free"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: 'no' },
    { role: 'tool', tool_call_id: 'b', content: '{}' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Attachment of tool result a:' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
      ],
    },
  ])
  expect(losses.map(({ path }) => path)).toEqual([
    'messages[1].content[0].signature',
    'messages[1].content[0]',
    'messages[2].content[0].is_error',
  ])
})

test('JSON beside tools is asked for in words, with the schema', () => {
  const schema = { type: 'object', required: ['x'] }
  const { body } = write({ tools: [TOOL], responseFormat: { type: 'json-schema', schema } })
  expect(body['response_format']).toBeUndefined()
  const [first] = body['messages'] as { role: string; content: string }[]
  expect(first?.role).toBe('system')
  expect(first?.content).toContain(JSON.stringify(schema))
})

describe('documents', () => {
  const file = (mediaType: string, said: string): ContentPart => ({
    type: 'file',
    name: 'a.txt',
    source: { type: 'data', mediaType, data: Buffer.from(said).toString('base64') },
  })
  test('of the user stand beside the messages and are read back into his turn', () => {
    const { body, losses } = write({ messages: [user(file('text/plain', 'Grüße'), text('What?'))] })
    expect(losses).toEqual([])
    expect(body).toMatchObject({
      documents: [{ data: { text: 'Grüße', title: 'a.txt' } }],
      messages: [{ role: 'user', content: 'What?' }],
    })
    expect(cohereChat.readRequest(body).messages).toEqual([user(file('text/plain', 'Grüße'), text('What?'))])
  })
  test('go into the turn where JSON is asked for, which does not go with them', () => {
    const { body, losses } = write({
      messages: [user(file('text/plain', 'X'), text('What?'))],
      responseFormat: { type: 'json-object' },
    })
    expect(body['documents']).toBeUndefined()
    expect(JSON.stringify(body['messages'])).toContain('a.txt:\\nX')
    expect(losses).toHaveLength(1)
  })
  test('that are no text are lost', () => {
    expect(lost({ messages: [user(file('application/pdf', '%PDF'), text('x'))] })).toEqual(['messages[0].content[0]'])
  })
  test('of any shape are read', () => {
    const body = {
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      documents: ['plain', { id: 'd', data: { snippet: 's' } }, { data: 'bare' }],
    }
    const [message] = cohereChat.readRequest(body).messages
    expect(message?.content).toMatchObject([
      { type: 'file', source: { mediaType: 'text/plain', data: btoa('plain') } },
      { type: 'file', name: 'd', source: { mediaType: 'application/json', data: btoa('{"snippet":"s"}') } },
      { type: 'file', source: { mediaType: 'text/plain', data: btoa('bare') } },
      { type: 'text' },
    ])
    expect(cohereChat.unread(body)).toMatchObject([{ path: 'documents[1].id' }])
  })
})

test('a budget alone turns thinking on', () => {
  const body = { model: 'm', messages: [{ role: 'user', content: 'x' }], thinking: { token_budget: 500 } }
  expect(cohereChat.readRequest(body).reasoning).toEqual({ budgetTokens: 500 })
})

test('members that only Cohere has are named', () => {
  const body = {
    model: 'm',
    messages: [],
    safety_mode: 'STRICT',
    citation_options: { mode: 'FAST' },
    priority: null,
    k: 3,
  }
  expect(cohereChat.unread(body).map(({ path }) => path)).toEqual(['safety_mode', 'citation_options'])
})

test.each([
  [{}, 'model'],
  [{ model: 'm' }, 'messages'],
  [{ model: 'm', messages: [] }, 'messages'],
  [{ model: 'm', messages: [{ role: 'chatbot', content: 'x' }] }, 'messages[0].role'],
  [{ model: 'm', messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
  [{ model: 'm', messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], tool_choice: 'auto' }, 'tool_choice'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], tools: [{ function: {} }] }, 'tools[0].function.name'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], stop_sequences: [1] }, 'stop_sequences[0]'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], thinking: { type: 'on' } }, 'thinking.type'],
  [{ model: 'm', messages: [{ role: 'user', content: 'x' }], k: '3' }, 'k'],
])('%j is refused for %s', (body, param) => {
  expect(() => cohereChat.readRequest(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
})
