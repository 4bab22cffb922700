import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { UNCHECKED } from '../../src/wire/gemini-generate/signatures.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'

const GEMINI_3 = 'gemini-3-flash-preview'
const GEMINI_2 = 'gemini-2.5-flash'

const hello = { role: 'user', content: 'Hello' }
const call = (id: string, name = 'look', more: JsonObject = {}): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: '{"at":1}' },
  ...more,
})
const calling = (...calls: JsonObject[]): JsonObject => ({ role: 'assistant', content: null, tool_calls: calls })
const result = (id: string, content: unknown = 'seen') => ({ role: 'tool', tool_call_id: id, content }) as JsonObject

/** What an OpenAI client's body becomes. */
function written(body: JsonObject, model = GEMINI_3) {
  const { body: made, losses } = geminiGenerate.writeRequest(openaiChat.readRequest({ model, ...body }), model)
  return { body: JSON.parse(JSON.stringify(made)), lost: losses.map((loss) => loss.path) }
}

const contentsOf = (messages: readonly JsonObject[], model?: string) => written({ messages }, model).body.contents

test('every option stands where Gemini looks for it', () => {
  const { body, lost } = written({
    messages: [{ role: 'system', content: 'Be brief.' }, hello],
    max_completion_tokens: 7,
    temperature: 0.5,
    top_p: 0.25,
    top_k: 3,
    n: 1,
    stop: ['a', 'b'],
    presence_penalty: 0.1,
    frequency_penalty: 0.2,
    seed: 9,
    logprobs: true,
    top_logprobs: 2,
    reasoning_effort: 'low',
    tools: [
      {
        type: 'function',
        function: {
          name: 'look',
          description: 'Looks.',
          parameters: { $schema: 'x', properties: { at: { $ref: '#/$defs/n' } }, $defs: { n: { const: 1 } } },
        },
      },
    ],
    tool_choice: { type: 'function', function: { name: 'look' } },
    response_format: { type: 'json_schema', json_schema: { name: 'r', schema: { type: 'object' } } },
  })
  expect(lost).toEqual([])
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
    tools: [
      {
        functionDeclarations: [
          {
            name: 'look',
            description: 'Looks.',
            parametersJsonSchema: {
              type: 'object',
              properties: { at: { $ref: '#/$defs/n' } },
              $defs: { n: { const: 1 } },
            },
          },
        ],
      },
    ],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
    generationConfig: {
      maxOutputTokens: 7,
      temperature: 0.5,
      topP: 0.25,
      topK: 3,
      candidateCount: 1,
      stopSequences: ['a', 'b'],
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      seed: 9,
      responseLogprobs: true,
      logprobs: 2,
      thinkingConfig: { thinkingLevel: 'LOW' },
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object' },
    },
  })
})

test('what Gemini has no field for is said to be lost', () => {
  const { body, lost } = written({
    messages: [
      { ...hello, name: 'ann' },
      { role: 'developer', content: 'In French.' },
    ],
    tools: [{ type: 'function', function: { name: 'look' } }],
    parallel_tool_calls: false,
    n: 2,
    stop: ['1', '2', '3', '4', '5', '6'],
    user: 'ann',
    metadata: { a: 'b' },
  })
  expect(lost.toSorted()).toEqual([
    'messages[0].name',
    'messages[1].role',
    'metadata',
    'n',
    'parallel_tool_calls',
    'stop',
    'user',
  ])
  expect(body.generationConfig).toEqual({ candidateCount: 1, stopSequences: ['1', '2', '3', '4', '5'] })
  expect(body.contents).toEqual([
    { role: 'user', parts: [{ text: 'Hello' }, { text: '<system>\nIn French.\n</system>' }] },
  ])
})

test.each([
  [{ tool_choice: 'auto' }, { mode: 'AUTO' }],
  [{ tool_choice: 'none' }, { mode: 'NONE' }],
  [{ tool_choice: 'required' }, { mode: 'ANY' }],
  [{}, undefined],
])('the choice %o is the mode %o', (choice, mode) => {
  const { body } = written({ messages: [hello], tools: [{ type: 'function', function: { name: 'look' } }], ...choice })
  expect(body.toolConfig?.functionCallingConfig).toEqual(mode)
})

test('tools that are allowed and not forced are the only ones declared', () => {
  const tools = ['a', 'b'].map((name) => ({ type: 'function', function: { name } }))
  const allowed = { mode: 'auto', tools: [{ type: 'function', function: { name: 'b' } }] }
  const { body } = written({ messages: [hello], tools, tool_choice: { type: 'allowed_tools', allowed_tools: allowed } })
  expect(body.tools[0].functionDeclarations.map((one: JsonObject) => one['name'])).toEqual(['b'])
  expect(body.toolConfig.functionCallingConfig).toEqual({ mode: 'AUTO' })
})

test('a strict tool is validated by Gemini', () => {
  const tools = [{ type: 'function', function: { name: 'a', strict: true, parameters: { type: 'object' } } }]
  expect(written({ messages: [hello], tools }).body.toolConfig.functionCallingConfig).toEqual({ mode: 'VALIDATED' })
})

test('the words of effort are levels from Gemini 3 on and budgets before; a model that does not think is told nothing', () => {
  const thinking = (model: string, effort: string) =>
    written({ messages: [hello], reasoning_effort: effort }, model).body.generationConfig?.thinkingConfig
  expect(thinking('gemini-3-flash-preview', 'minimal')).toEqual({ thinkingLevel: 'MINIMAL' })
  expect(thinking('gemini-3-pro-preview', 'minimal')).toEqual({ thinkingLevel: 'LOW' })
  expect(thinking('gemini-3-pro-preview', 'medium')).toEqual({ thinkingLevel: 'HIGH' })
  expect(thinking('gemini-3.1-pro-preview', 'medium')).toEqual({ thinkingLevel: 'MEDIUM' })
  expect(thinking('gemini-flash-latest', 'high')).toEqual({ thinkingLevel: 'HIGH' })
  expect(thinking('gemini-2.5-flash', 'none')).toEqual({ thinkingBudget: 0 })
  expect(thinking('gemini-2.5-pro', 'none')).toEqual({ thinkingBudget: 128 })
  expect(thinking('models/gemini-2.5-flash', 'medium')).toEqual({ thinkingBudget: 8_192 })
  expect(thinking('gemini-2.0-flash', 'medium')).toBeUndefined()
  expect(thinking('gemma-3-27b-it', 'medium')).toBeUndefined()
})

test('a level or a budget that the model does not have is said to be lost', () => {
  const lost = (model: string, reasoning: object) => written({ messages: [hello], ...reasoning }, model).lost
  expect(lost('gemini-3-pro-preview', { reasoning_effort: 'minimal' })).toEqual(['reasoning.effort'])
  expect(lost('gemini-3-flash-preview', { reasoning_effort: 'xhigh' })).toEqual(['reasoning.effort'])
  expect(lost('gemini-3-flash-preview', { reasoning_effort: 'minimal' })).toEqual([])
  const budget = (model: string, max_tokens: number) => {
    const { body } = written({ messages: [hello], reasoning: { max_tokens } }, model)
    return [body.generationConfig.thinkingConfig.thinkingBudget, lost(model, { reasoning: { max_tokens } })]
  }
  expect(budget('gemini-2.5-flash', 31_999)).toEqual([24_576, ['reasoning.budget_tokens']])
  expect(budget('gemini-2.5-flash-lite', 100)).toEqual([512, ['reasoning.budget_tokens']])
  expect(budget('gemini-2.5-pro', 31_999)).toEqual([31_999, []])
})

test('a seed has 32 bits', () => {
  const { body, lost } = written({ messages: [hello], seed: 12_345_678_901 })
  expect(body.generationConfig.seed).toBe(12_345_678_901 | 0)
  expect(lost).toEqual(['seed'])
})

test('before Gemini 3, JSON beside tools is asked for in words', () => {
  const asked = {
    messages: [hello],
    tools: [{ type: 'function', function: { name: 'look' } }],
    response_format: { type: 'json_schema', json_schema: { name: 'r', schema: { const: 'unique-4711' } } },
  }
  const { body, lost } = written(asked, GEMINI_2)
  expect(body.generationConfig).toBeUndefined()
  expect(body.systemInstruction.parts[0].text).toContain('{"const":"unique-4711"}')
  expect(lost).toEqual(['response_format'])
  expect(written({ ...asked, tools: [] }, GEMINI_2).body.generationConfig.responseJsonSchema).toEqual({
    const: 'unique-4711',
  })
  expect(written(asked, GEMINI_3).body.generationConfig.responseMimeType).toBe('application/json')
})

test('Gemma gets its instructions in the first turn of the user, and so does a model that is given nothing else', () => {
  const system = { role: 'system', content: 'Be brief.' }
  const gemma = written({ messages: [system, hello] }, 'gemma-3-27b-it').body
  expect(gemma.systemInstruction).toBeUndefined()
  expect(gemma.contents).toEqual([{ role: 'user', parts: [{ text: 'Be brief.' }, { text: 'Hello' }] }])
  expect(written({ messages: [system] }).body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Be brief.' }] }] })
})

test('parallel results of one name stand in the order of the calls, in one content, under the name of each call', () => {
  const contents = contentsOf([
    hello,
    calling(call('a'), call('b'), call('c', 'other')),
    result('c', 'C'),
    result('b', 'B'),
    result('a', 'A'),
  ])
  expect(contents[2]).toEqual({
    role: 'user',
    parts: [
      { functionResponse: { id: 'a', name: 'look', response: { output: 'A' } } },
      { functionResponse: { id: 'b', name: 'look', response: { output: 'B' } } },
      { functionResponse: { id: 'c', name: 'other', response: { output: 'C' } } },
    ],
  })
})

test('before Gemini 3 neither calls nor results carry an id', () => {
  const text = JSON.stringify(contentsOf([hello, calling(call('call_1')), result('call_1')], GEMINI_2))
  expect(text).toContain('functionResponse')
  expect(text).not.toContain('call_1')
})

test('a call without a result gets one that says so; one without a call is told as text; what follows stands alone', () => {
  const { body, lost } = written({
    messages: [hello, calling(call('a'), call('b')), result('a'), result('x', 'lost'), hello],
  })
  expect(body.contents.slice(2)).toEqual([
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'a', name: 'look', response: { output: 'seen' } } },
        { functionResponse: { id: 'b', name: 'look', response: { error: 'No result was given.' } } },
      ],
    },
    { role: 'user', parts: [{ text: 'Result of a tool: lost' }, { text: 'Hello' }] },
  ])
  expect(lost).toEqual(['messages[3].content[0]', 'messages[1].content[1]'])
})

test('a result without a call is told where it stood', () => {
  const { body } = written({ messages: [hello, result('x', 'lost'), { role: 'user', content: 'And?' }] })
  expect(body.contents).toEqual([
    { role: 'user', parts: [{ text: 'Hello' }, { text: 'Result of a tool: lost' }, { text: 'And?' }] },
  ])
})

test('calls said in several turns are one content, answered in one', () => {
  const contents = contentsOf([hello, calling(call('a')), calling(call('b')), result('a'), result('b')])
  expect(contents.map(({ parts }: { parts: unknown[] }) => parts.length)).toEqual([1, 2, 2])
})

test('calls that nobody answered yet are left open', () => {
  expect(contentsOf([hello, calling(call('a'))])).toHaveLength(2)
})

test('pictures in a result are part of it from Gemini 3 on, and follow it before', () => {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
  const messages = [hello, calling(call('a')), result('a', [{ type: 'text', text: 'here' }, picture])]
  const inline = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
  expect(contentsOf(messages)[2].parts).toEqual([
    { functionResponse: { id: 'a', name: 'look', response: { output: 'here' }, parts: [inline] } },
  ])
  expect(contentsOf(messages, GEMINI_2).slice(2)).toEqual([
    { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'here' } } }] },
    { role: 'user', parts: [{ text: 'Attachment of the result of look:' }, inline] },
  ])
})

test('arguments that are no JSON object are kept, and none are an empty object', () => {
  const odd = { ...call('b'), function: { name: 'look', arguments: 'not json' } }
  const none = { ...call('a'), function: { name: 'look', arguments: '' } }
  const [first, second] = contentsOf([hello, calling(none, odd)])[1].parts
  expect([first.functionCall.args, second.functionCall.args]).toEqual([{}, { rawInvalidInput: 'not json' }])
})

test('integers beyond a double’s keep their digits', () => {
  const big = { ...call('a'), function: { name: 'look', arguments: '{"id":9007199254740993}' } }
  const request = openaiChat.readRequest({ model: 'm', messages: [hello, calling(big)] })
  expect(JSON.stringify(geminiGenerate.writeRequest(request, GEMINI_3).body)).toContain('{"id":9007199254740993}')
})

test('calls that no Gemini made are marked in the current turn, on the first of each content, for Gemini 3 alone', () => {
  const messages = [
    hello,
    calling(call('old')),
    result('old'),
    hello,
    calling(call('a'), call('b')),
    result('a'),
    result('b'),
    calling(call('c')),
    result('c'),
  ]
  const marks = (model: string) =>
    contentsOf(messages, model).flatMap(({ parts }: { parts: JsonObject[] }) =>
      parts.filter((part) => part['functionCall'] !== undefined).map((part) => part['thoughtSignature']),
    )
  expect(marks(GEMINI_3)).toEqual([undefined, UNCHECKED, undefined, UNCHECKED])
  expect(marks(GEMINI_2)).toEqual([undefined, undefined, undefined, undefined])
  expect(marks('my-tuned-model')).toEqual([undefined, undefined, undefined, undefined])
})

test('Gemini’s own signature goes back where it stood, another’s nowhere', () => {
  const own = call('a', 'look', { extra_content: { google: { thought_signature: 'c2ln' } } })
  const [signed] = contentsOf([hello, calling(own)])[1].parts
  expect(signed.thoughtSignature).toBe('c2ln')
  const foreign = {
    role: 'assistant',
    content: 'x',
    reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 'abc', format: 'anthropic-claude-v1' }],
  }
  const { body, lost } = written({ messages: [hello, foreign] })
  expect(body.contents[1].parts).toEqual([{ text: 'hm', thought: true }, { text: 'x' }])
  expect(lost).toEqual(['messages[1].content[0].signature'])
})

test('a signature that another format kept as a thought without words goes onto the part after it', () => {
  const kept = [{ type: 'reasoning.encrypted', data: 'c2ln', format: 'google-gemini-v1' }]
  const [only] = contentsOf([hello, { ...calling(call('a')), reasoning_details: kept }])[1].parts
  expect(only.thoughtSignature).toBe('c2ln')
})
