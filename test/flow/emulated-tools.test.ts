import { describe, expect, test } from 'vitest'
import { EMULATED, HELLO, HERMES, textModel, WEATHER } from './text-model.ts'

// Models that know no tools: they are described to them in words, with examples, and demanded by a schema where the server
// can hold to one.

const { start, sent, openai } = textModel()

test('a conversation with calls is text for a model that knows no tools', async () => {
  await start('It is 18 °C.', { dialect: 'hermes', isEmulated: true })
  const answer = await openai().chat.completions.create({
    model: 'up/m',
    messages: [
      { role: 'system', content: 'Be brief.' },
      ...HELLO,
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Genève"}' } },
          { id: 'b', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Bern"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '18 °C' },
      { role: 'tool', tool_call_id: 'b', content: '12 °C' },
    ],
    tools: [WEATHER],
  })
  expect(answer.choices[0]?.message.content).toBe('It is 18 °C.')
  const messages = sent()['messages'] as unknown as { role: string; content: string }[]
  // A call that is shown stands before it.
  expect(messages.splice(1, 2).map(({ role }) => role)).toEqual(['user', 'assistant'])
  expect(messages.splice(1, 2).map(({ role }) => role)).toEqual(['user', 'assistant'])
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  expect(messages[0]?.content).toContain('Be brief.')
  expect(messages[0]?.content).toContain('"name":"get_weather"')
  expect(messages[2]?.content).toContain('<tool_call>\n{"name": "get_weather", "arguments": {"city":"Genève"}}')
  expect(messages[3]?.content).toContain('18 °C')
  expect(messages[3]?.content).toContain('12 °C')
})

describe('a conversation of a model that knows no tools begins with calls', () => {
  const told = (): { role: string; content: string }[] => sent()['messages'] as unknown as []
  const LIMITS = {
    type: 'function',
    function: {
      name: 'limits',
      parameters: {
        type: 'object',
        properties: { kind: { type: 'string', enum: ['high', 'low'] }, most: { type: 'integer' } },
        required: ['kind', 'most'],
      },
    },
  } as const

  test('of two tools, each with the values that it was asked for', async () => {
    await start('Hello!', EMULATED)
    const system = { role: 'system' as const, content: 'Be brief.' }
    await openai().chat.completions.create({
      model: 'up/m',
      messages: [system, ...HELLO],
      tools: [WEATHER, LIMITS],
    })
    expect(told()[0]?.content).toContain('begins with examples')
    expect(told().slice(1)).toEqual([
      { role: 'user', content: 'Call get_weather with city "some city".' },
      {
        role: 'assistant',
        content: '<tool_call>\n{"name": "get_weather", "arguments": {"city":"some city"}}\n</tool_call>',
      },
      { role: 'user', content: 'Call limits with kind "low", most 7.' },
      {
        role: 'assistant',
        content: '<tool_call>\n{"name": "limits", "arguments": {"kind":"low","most":7}}\n</tool_call>',
      },
      ...HELLO,
    ])
  })

  test('of one tool twice, with other values; once where it takes none', async () => {
    await start('Hello!', EMULATED)
    const request = { model: 'up/m', messages: [...HELLO] }
    await openai().chat.completions.create({ ...request, tools: [WEATHER] })
    expect(told().map(({ content }) => content)).toEqual(
      expect.arrayContaining(['Call get_weather with city "another city".']),
    )
    await openai().chat.completions.create({ ...request, tools: [{ type: 'function', function: { name: 'now' } }] })
    expect(told().map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  })

  test('in the JSON that the server holds it to', async () => {
    await start('[{"name": "get_weather", "arguments": {"city": "Bern"}}]', EMULATED, { provider: 'llama-cpp' })
    const request = { model: 'up/m', messages: [...HELLO], tools: [WEATHER], tool_choice: 'required' as const }
    await openai().chat.completions.create(request)
    expect(told()[2]?.content).toBe('[{"name": "get_weather", "arguments": {"city":"some city"}}]')
    await openai().chat.completions.create({ ...request, parallel_tool_calls: false })
    expect(told()[2]?.content).toBe('{"name": "get_weather", "arguments": {"city":"some city"}}')
  })

  test('but not where it begins with the model, nor with arguments that are long', async () => {
    await start('Hello!', EMULATED)
    const greeting = { role: 'assistant' as const, content: 'Welcome.' }
    await openai().chat.completions.create({ model: 'up/m', messages: [greeting, ...HELLO], tools: [WEATHER] })
    expect(told().map(({ role }) => role)).toEqual(['system', 'assistant', 'user'])
    expect(told()[0]?.content).not.toContain('begins with examples')
    const required = Array.from({ length: 60 }, (_, place) => `member_${place}`)
    const properties = Object.fromEntries(required.map((name) => [name, { type: 'string' }]))
    const long = { name: 'long', parameters: { type: 'object', properties, required } }
    await openai().chat.completions.create({
      model: 'up/m',
      messages: [...HELLO],
      tools: [{ type: 'function', function: long }],
    })
    expect(told().map(({ role }) => role)).toEqual(['system', 'user'])
  })
})

describe('a call that is demanded', () => {
  const demanded = { model: 'up/m', messages: [...HELLO], tools: [WEATHER], tool_choice: 'required' as const }

  test.each(['vllm', 'sglang', 'llama-cpp', 'lm-studio'])('is held to its schema: %s', async (provider) => {
    await start('[{"name": "get_weather", "arguments": {"city": "Bern"}}]', EMULATED, { provider })
    const answer = await openai().chat.completions.create(demanded)
    expect(answer.choices[0]?.message).toMatchObject({
      content: null,
      tool_calls: [{ function: { name: 'get_weather', arguments: '{"city": "Bern"}' } }],
    })
    expect(sent()['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: { type: 'array', minItems: 1 } },
    })
    expect(sent()['tools']).toBeUndefined()
    expect(sent()['tool_choice']).toBeUndefined()
  })

  test('is held to it also where the answer was to have another form', async () => {
    await start('[{"name": "get_weather", "arguments": {"city": "Bern"}}]', EMULATED, { provider: 'llama-cpp' })
    const form = { type: 'json_object' } as const
    const answer = await openai().chat.completions.create({ ...demanded, response_format: form })
    expect(answer.choices[0]?.message.tool_calls).toHaveLength(1)
    expect(sent()['response_format']).toMatchObject({ type: 'json_schema' })
  })

  test('may come in its marks all the same', async () => {
    await start(HERMES.slice(HERMES.indexOf('<')), EMULATED, { provider: 'llama-cpp' })
    const answer = await openai().chat.completions.create(demanded)
    expect(answer.choices[0]?.message).toMatchObject({ content: null, tool_calls: [{ type: 'function' }] })
  })

  test('keeps the references of its schema', async () => {
    await start('[{"name": "get_weather", "arguments": {"city": "Bern"}}]', EMULATED, { provider: 'vllm' })
    const city = { $ref: '#/$defs/City' }
    const parameters = { type: 'object', properties: { city }, $defs: { City: { type: 'string' } } }
    const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters } }, WEATHER]
    await openai().chat.completions.create({ ...demanded, tools })
    const { json_schema: form } = sent()['response_format'] as unknown as { json_schema: { schema: object } }
    const reference = /"\$ref":"#([^"]*)"/.exec(JSON.stringify(form.schema))?.[1] ?? ''
    const found = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((at, step) => Reflect.get(Object(at), step), form.schema)
    expect(found).toEqual({ type: 'string' })
  })

  test('is asked for in words elsewhere', async () => {
    await start(HERMES, EMULATED)
    await openai().chat.completions.create({ ...demanded, parallel_tool_calls: false })
    expect(sent()['response_format']).toBeUndefined()
    expect(sent()['stop']).toEqual(['<tool_response>', '</tool_call>'])
    expect(JSON.stringify(sent()['messages'])).toContain('must be a call')
  })
})

test('a call that the model may make has its form from the first mark on, where the server can do that', async () => {
  await start(HERMES, EMULATED, { provider: 'vllm' })
  await openai().chat.completions.create({ model: 'up/m', messages: [...HELLO], tools: [WEATHER] })
  expect(sent()['response_format']).toMatchObject({
    type: 'structural_tag',
    structures: [{ begin: '<tool_call>\n{"name": "get_weather", "arguments": ', end: '}\n</tool_call>' }],
    triggers: ['<tool_call>'],
  })
})

test('the form of an answer that is no call is asked for in words: held to it, the model could call nothing', async () => {
  await start(HERMES, EMULATED, { provider: 'ollama' })
  const { data: answer, response } = await openai()
    .chat.completions.create({
      model: 'up/m',
      messages: [...HELLO],
      tools: [WEATHER],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: { type: 'object', title: 'Forecast' } },
      },
    })
    .withResponse()
  expect(answer.choices[0]?.message.tool_calls).toHaveLength(1)
  expect(sent()['response_format'] ?? sent()['format']).toBeUndefined()
  expect(JSON.stringify(sent()['messages'])).toContain('Forecast')
  expect(response.headers.get('x-route-losses')).toContain('response_format')
})

test('functions of old are described too, and called as such', async () => {
  await start(HERMES, EMULATED)
  const { name, parameters } = WEATHER.function
  const answer = await openai().chat.completions.create({
    model: 'up/m',
    messages: [...HELLO],
    functions: [{ name, parameters }],
  })
  expect(answer.choices[0]?.message.function_call).toEqual({ name, arguments: '{"city": "Genève"}' })
  expect(sent()['functions']).toBeUndefined()
})

test('a tool of free text is described as a function, and gets its text', async () => {
  await start('<tool_call>{"name": "patch", "arguments": {"input": "*** a"}}</tool_call>', EMULATED)
  const answer = await openai().chat.completions.create({
    model: 'up/m',
    messages: [...HELLO],
    tools: [{ type: 'custom', custom: { name: 'patch' } }],
  })
  expect(answer.choices[0]?.message.tool_calls).toMatchObject([
    { type: 'custom', custom: { name: 'patch', input: '*** a' } },
  ])
})
