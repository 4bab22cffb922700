import { describe, expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Message } from '../../src/core/request.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { requestOf, user } from './bedrock-rules.ts'
import { answer, assistant, call, LLAMA, NOVA, results, SONNET, thought, tool, write } from './bedrock-written.ts'

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

  test('a result belongs to the last turn that used its id, not to an earlier call that nobody answered', () => {
    const { body } = write([
      user('Hi'),
      assistant(call('call_0', 'first')),
      user('Never mind.'),
      assistant(call('call_0', 'second')),
      results(answer('call_0', 'two')),
    ])
    const [, , , said, answered] = body.messages.map(({ content }) => content as Record<string, JsonObject>[])
    const id = said?.[0]?.['toolUse']?.['toolUseId']
    expect(answered).toEqual([{ toolResult: { toolUseId: id, content: [{ text: 'two' }] } }])
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
    const { body, lost } = write([user('Hi'), assistant(call('a'))], SONNET, { tools: [tool('get')] })
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
