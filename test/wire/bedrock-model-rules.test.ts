import { describe, expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Message } from '../../src/core/request.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { requestOf, user } from './bedrock-rules.ts'
import {
  answer,
  assistant,
  call,
  GPT_OSS,
  LLAMA,
  NOVA,
  OPUS_47,
  results,
  SONNET,
  tool,
  write,
} from './bedrock-written.ts'

describe('the rules of a Claude are those it has at Anthropic', () => {
  const SONNET_4 = 'us.anthropic.claude-sonnet-4-20250514-v1:0'
  const OPUS_41 = 'us.anthropic.claude-opus-4-1-20250805-v1:0'
  const SONNET_46 = 'us.anthropic.claude-sonnet-4-6'
  const OPUS_55 = 'us.anthropic.claude-opus-5-5'
  const FABLE = 'us.anthropic.claude-fable-5-1'
  const begun = [user('Hi'), assistant({ type: 'text', text: 'One, ' })]

  test.each([SONNET_46, OPUS_55, FABLE])('%s is asked to go on, not left with a turn of its own', (model) => {
    const { body, lost } = write(begun, model)
    expect(body.messages.at(-1)?.role).toBe('user')
    expect(lost).toEqual(['messages'])
  })

  test('a turn is gone on with by older ones, but not beside a schema, nor in thought', () => {
    expect(write(begun, SONNET).body.messages.at(-1)?.role).toBe('assistant')
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    const held = write(begun, SONNET, { responseFormat: { type: 'json-schema', schema } })
    expect(held.body.messages.at(-1)?.role).toBe('user')
    expect(held.lost).toEqual(['messages'])
    const thinking = write(begun, SONNET_4, { reasoning: { budgetTokens: 2_000 } })
    expect(thinking.body.additionalModelRequestFields).toBeUndefined()
    expect(thinking.lost).toEqual(['reasoning'])
  })

  test('a level that it does not have is rounded, and said', () => {
    const effort = (level: string, model: string) => {
      const { body, lost } = write([user('Hi')], model, { reasoning: { effort: level } })
      return [body.additionalModelRequestFields, lost]
    }
    const adaptive = (level: string) => ({ thinking: { type: 'adaptive' }, output_config: { effort: level } })
    expect(effort('xhigh', SONNET_46)).toEqual([adaptive('high'), ['reasoning.effort']])
    expect(effort('minimal', SONNET_46)).toEqual([adaptive('low'), ['reasoning.effort']])
    for (const model of [OPUS_55, FABLE])
      expect(effort('none', model)).toEqual([{ output_config: { effort: 'low' } }, ['reasoning.effort']])
  })

  test('what always thinks is not made to call', () => {
    for (const model of [OPUS_55, FABLE]) {
      const { body, lost } = write([user('Hi')], model, { tools: [tool('get')], toolChoice: 'required' })
      expect(body.toolConfig?.toolChoice).toEqual({ auto: {} })
      expect(lost).toEqual(['tool_choice'])
    }
  })

  test('temperature and top_p together are for the oldest', () => {
    const sampling = { ...requestOf([]).sampling, temperature: 0.5, topP: 0.9 }
    expect(write([user('Hi')], OPUS_41, { sampling })).toMatchObject({
      body: { inferenceConfig: { temperature: 0.5 } },
      lost: ['top_p'],
    })
  })

  test('thoughts are shown where the client reads them', () => {
    const reasoning = { effort: 'high', summary: 'auto' }
    const { body, lost } = write([user('Hi')], OPUS_47, { reasoning })
    expect(body.additionalModelRequestFields?.['thinking']).toEqual({ type: 'adaptive', display: 'summarized' })
    expect(lost).toEqual([])
    expect(write([user('Hi')], NOVA, { reasoning }).lost).toEqual(['reasoning.summary'])
  })
})

describe('what Converse or its models refuse', () => {
  test('an open schema is closed, and what cannot be held to is said in words', () => {
    const schema = {
      type: 'object',
      properties: { tags: { type: 'array', items: { type: 'string', maxLength: 9 }, maxItems: 3 } },
    }
    for (const model of [SONNET, GPT_OSS]) {
      const { body, lost } = write([user('Hi')], model, { responseFormat: { type: 'json-schema', schema } })
      expect(JSON.stringify(body.outputConfig)).toContain('\\"additionalProperties\\":false')
      expect(JSON.stringify(body.outputConfig)).not.toContain('\\"maxItems\\"')
      expect(lost).toEqual(['response_format.json_schema.schema'])
    }
    const map = { type: 'object', additionalProperties: { type: 'string' } }
    const told = write([user('Hi')], SONNET, { responseFormat: { type: 'json-schema', schema: map } })
    expect(told).toMatchObject({ body: { system: [{}] }, lost: ['response_format'] })
    expect(told.body.outputConfig).toBeUndefined()
  })

  test('a tool is strict where its schema is closed', () => {
    const closed = { ...tool('b'), parameters: { type: 'object', properties: {}, additionalProperties: false } }
    const tools = [
      { ...tool('a'), strict: true },
      { ...closed, strict: true },
    ]
    const { body, lost } = write([user('Hi')], SONNET, { tools })
    expect(body.toolConfig?.tools.map(({ toolSpec }) => (toolSpec as JsonObject)['strict'])).toEqual([undefined, true])
    expect(lost).toEqual(['tools[0].strict'])
  })

  test('scales end at 1, sequences are not empty, and not every model stops at one', () => {
    const sampling = { ...requestOf([]).sampling, temperature: 1.7, stop: [''] }
    for (const model of [SONNET, NOVA, LLAMA]) {
      const { body, lost } = write([user('Hi')], model, { sampling })
      expect(body.inferenceConfig).toEqual({ temperature: 1 })
      expect(lost).toEqual(['temperature', 'stop'])
    }
    const stop = { sampling: { ...requestOf([]).sampling, stop: ['END'] } }
    for (const model of [GPT_OSS, 'qwen.qwen3-235b-a22b-2507-v1:0'])
      expect(write([user('Hi')], model, stop)).toEqual({
        body: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
        lost: ['stop'],
      })
  })

  test('sound is for models that hear', () => {
    const sound = {
      type: 'audio' as const,
      format: 'mp3',
      source: { type: 'data' as const, mediaType: 'audio/mp3', data: 'AAAA' },
    }
    const said: Message = { ...user('Hi'), content: [{ type: 'text', text: 'Hi' }, sound] }
    for (const model of [SONNET, NOVA, LLAMA]) expect(write([said], model).lost).toEqual(['messages[0].content[1]'])
    const heard = write([said], 'mistral.voxtral-small-24b-2507')
    expect(heard.body.messages[0]?.content[1]).toEqual({ audio: { format: 'mp3', source: { bytes: 'AAAA' } } })
    expect(heard.lost).toEqual([])
  })

  test('a budget becomes a level, which is said', () => {
    const { body, lost } = write([user('Hi')], GPT_OSS, { reasoning: { budgetTokens: 9_000 } })
    expect(body.additionalModelRequestFields).toEqual({ reasoning_effort: 'medium' })
    expect(lost).toEqual(['reasoning.budget_tokens'])
  })

  test('signatures of others and names of instructions are said to be lost', () => {
    const signature = { by: 'gemini-generate' as const, value: 'x' }
    const { lost } = write(
      [
        { ...user('Be brief.'), role: 'system', name: 'boss' },
        user('Hi'),
        assistant({ type: 'text', text: 'Well', signature }, { ...call('a'), signature } as ContentPart),
        results(answer('a')),
      ],
      SONNET,
      { tools: [tool('get')] },
    )
    expect(lost).toEqual(['messages[0].name', 'messages[2].content[0].signature', 'messages[2].content[1].signature'])
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
