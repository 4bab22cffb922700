import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../src/core/request.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { requestOf, user } from './bedrock-rules.ts'
import {
  answer,
  assistant,
  call,
  GPT_OSS,
  HAIKU_3,
  LLAMA,
  NOVA,
  OPUS_46,
  OPUS_47,
  PROFILE,
  results,
  SONNET,
  thought,
  told,
  tool,
  write,
} from './bedrock-written.ts'

describe('tools', () => {
  const history = [user('Hi'), assistant(call('a', 'get')), results(answer('a'))]

  test('a history with calls has its tools declared, though none were sent', () => {
    const { body, lost } = write(history)
    expect(body.toolConfig?.tools).toEqual([
      { toolSpec: { name: 'get', inputSchema: { json: { type: 'object', properties: {} } } } },
    ])
    expect(told(body)).toMatch(/not call/)
    expect(lost).toEqual(['messages[1].content[0]'])
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
    expect(lost).toEqual(['parallel_tool_calls', 'tools[0].strict', 'tools[1]'])
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
      fields: { thinking: { type: 'enabled', budget_tokens: 24_576 } },
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
    const defaults = { ...sampling, temperature: 1, topP: 1, topK: undefined }
    expect(write([user('Hi')], OPUS_47, { sampling: defaults }).lost).toEqual([])
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

  test('T-80 a schema is kept natively or asked for in words', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }
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
