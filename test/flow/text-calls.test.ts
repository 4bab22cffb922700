import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import type { TextTools } from '../../src/core/target.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Models that call tools in their text, behind a server that passes the text on: clients get calls.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const

const HERMES = 'Let me look.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Genève"}}\n</tool_call>'

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`
}

/** A server whose model says `text`, in pieces of three characters where a stream is asked for. */
async function start(
  text: string,
  textTools: TextTools,
  { finish = 'stop', provider = 'openai-compatible' } = {},
): Promise<void> {
  upstream = await startCaptureUpstream((response, { body }) => {
    const { stream } = JSON.parse(body.toString())
    response.writeHead(200, { 'content-type': stream === true ? 'text/event-stream' : 'application/json' })
    if (stream === true) {
      response.write(chunk({ role: 'assistant', content: '' }))
      for (const piece of text.match(/.{1,3}/gsu) ?? []) response.write(chunk({ content: piece }))
      response.end(`${chunk({}, finish)}data: [DONE]\n\n`)
      return
    }
    const message = { role: 'assistant', content: text }
    const choices = [{ index: 0, message, finish_reason: finish }]
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
    response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices, usage }))
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, textTools, provider })
}

function sent(): Record<string, never> {
  return JSON.parse(upstream?.requests.at(-1)?.body.toString() ?? '')
}

const openai = (): OpenAI => new OpenAI({ apiKey: 'k', baseURL: `${gateway?.url}/v1`, maxRetries: 0 })
const HELLO = [{ role: 'user', content: 'Weather in Geneva?' }] as const

describe.each([false, true])('streamed: %s', (isStreamed) => {
  test.each([
    ['hermes', { dialect: 'hermes', isEmulated: false }],
    ['whichever it is', { dialect: 'sniff', isEmulated: false }],
    ['emulated', { dialect: 'hermes', isEmulated: true }],
  ] as const)('a call of an OpenAI client: %s', async (_name, textTools) => {
    await start(HERMES, textTools)
    const body = { model: 'up/m', messages: [...HELLO], tools: [WEATHER] }
    const client = openai().chat.completions
    const answer = isStreamed
      ? await client.stream({ ...body, stream: true }).finalChatCompletion()
      : await client.create(body)
    const [choice] = answer.choices
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(choice?.message.content).toBe('Let me look.')
    expect(choice?.message.tool_calls).toMatchObject([
      { type: 'function', function: { name: 'get_weather', arguments: '{"city": "Genève"}' } },
    ])
    expect(sent()['tools']).toEqual(textTools.isEmulated ? undefined : [WEATHER])
  })

  test('a call of an Anthropic client', async () => {
    await start(HERMES, { dialect: 'hermes', isEmulated: true })
    const client = new Anthropic({ apiKey: 'k', baseURL: gateway?.url ?? '', maxRetries: 0 })
    const body = {
      model: 'up/m',
      max_tokens: 100,
      messages: [...HELLO],
      tools: [{ name: 'get_weather', input_schema: { type: 'object' as const } }],
    }
    const answer = isStreamed ? await client.messages.stream(body).finalMessage() : await client.messages.create(body)
    expect(answer.stop_reason).toBe('tool_use')
    expect(answer.content).toMatchObject([
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', name: 'get_weather', input: { city: 'Genève' } },
    ])
    expect(JSON.stringify(sent()['messages'])).toContain('get_weather')
  })

  test.each([
    ['a call whose end the server took for a stop', HERMES.replace('}\n</tool_call>', ''), 'Let me look.', 1],
    ['half a call that the model left so', 'So. <tool_call>\n{"name": "get_weather", "argu', undefined, 0],
    ['a mark that is spoken of', 'It begins with <tool_call>', undefined, 0],
  ] as const)('emulated, %s', async (_name, said, text, count) => {
    await start(said, { dialect: 'hermes', isEmulated: true })
    const body = { model: 'up/m', messages: [...HELLO], tools: [WEATHER] }
    const client = openai().chat.completions
    const answer = isStreamed
      ? await client.stream({ ...body, stream: true }).finalChatCompletion()
      : await client.create(body)
    const [choice] = answer.choices
    expect(choice?.message.tool_calls ?? []).toHaveLength(count)
    expect(choice?.message.content).toBe(text ?? said)
  })

  test('a text without calls, or a request without tools, is as it was', async () => {
    const prose = 'Write <tool_call> and </tool_call> around it. '
    await start(prose, { dialect: 'hermes', isEmulated: false })
    const say = async (tools?: (typeof WEATHER)[]): Promise<string | null | undefined> => {
      const body = { model: 'up/m', messages: [...HELLO], ...(tools === undefined ? {} : { tools }) }
      const client = openai().chat.completions
      const answer = isStreamed
        ? await client.stream({ ...body, stream: true }).finalChatCompletion()
        : await client.create(body)
      return answer.choices[0]?.message.content
    }
    expect(await say()).toBe(prose)
    expect(await say([WEATHER])).toBe(prose)
  })

  test('a call that the limit cut is none', async () => {
    await start(`${HERMES.slice(0, -20)}`, { dialect: 'hermes', isEmulated: false }, { finish: 'length' })
    const body = { model: 'up/m', messages: [...HELLO], tools: [WEATHER] }
    const client = openai().chat.completions
    const answer = await (isStreamed
      ? // A helper of the SDK refuses an answer that was cut.
        client.create({ ...body, stream: true }).then(async (stream) => {
          let text = ''
          let finish: string | null = null
          for await (const { choices } of stream) {
            text += choices[0]?.delta.content ?? ''
            expect(choices[0]?.delta.tool_calls).toBeUndefined()
            finish ??= choices[0]?.finish_reason ?? null
          }
          return { text, finish }
        })
      : client.create(body).then(({ choices: [choice] }) => {
          expect(choice?.message.tool_calls).toBeUndefined()
          return { text: choice?.message.content, finish: choice?.finish_reason }
        }))
    expect(answer).toEqual({ text: 'Let me look.', finish: 'length' })
  })
})

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

const EMULATED = { dialect: 'hermes', isEmulated: true }

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

describe('a call that takes long to write', () => {
  test('may be larger than what is held of an answer that has not begun', async () => {
    const city = 'x'.repeat(400_000)
    await start(`<tool_call>{"name": "get_weather", "arguments": {"city": "${city}"}}</tool_call>`, EMULATED)
    const stream = openai().chat.completions.stream({ model: 'up/m', messages: [...HELLO], tools: [WEATHER] })
    const [call] = (await stream.finalChatCompletion()).choices[0]?.message.tool_calls ?? []
    expect(call?.type === 'function' ? call.function.arguments.length : 0).toBe(city.length + '{"city": ""}'.length)
  })

  test('may take longer than the first part of an answer', async () => {
    const pieces = HERMES.slice(HERMES.indexOf('<tool_call>')).match(/.{1,12}/gsu) ?? []
    upstream = await startCaptureUpstream((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let at = 0
      const next = (): void => {
        const piece = pieces[at]
        at += 1
        if (piece === undefined) response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`)
        else {
          response.write(chunk({ content: piece }))
          setTimeout(next, 150)
        }
      }
      next()
    })
    const timeouts = { firstPartMs: 600, idleMs: 1_000 }
    gateway = await startGateway({
      models: ['m'],
      upstream: upstream.url,
      textTools: EMULATED,
      timeouts,
      maxAttempts: 1,
    })
    const stream = openai().chat.completions.stream({ model: 'up/m', messages: [...HELLO], tools: [WEATHER] })
    const { choices } = await stream.finalChatCompletion()
    expect(choices[0]?.message.tool_calls).toHaveLength(1)
  })
})

describe('an answer that ends in the middle of a call', () => {
  const XML = '<tool_call>\n<function=get_weather>\n<parameter=city>\nBern\n</parameter>\n'
  const CODER = { dialect: 'qwen3_coder_xml', isEmulated: false }

  async function answered(isStreamed: boolean): Promise<{ calls: number; text: string; finish: string | null }> {
    const body = { model: 'up/m', messages: [...HELLO], tools: [WEATHER] }
    if (!isStreamed) {
      const { message, finish_reason: finish } = (await openai().chat.completions.create(body)).choices[0] ?? {}
      return { calls: message?.tool_calls?.length ?? 0, text: message?.content ?? '', finish: finish ?? null }
    }
    const seen = { calls: 0, text: '', finish: null as string | null }
    for await (const { choices } of await openai().chat.completions.create({ ...body, stream: true })) {
      seen.calls += choices[0]?.delta.tool_calls?.length ?? 0
      seen.text += choices[0]?.delta.content ?? ''
      seen.finish = choices[0]?.finish_reason ?? seen.finish
    }
    return seen
  }

  test.each([false, true])(
    'by a limit calls nothing, however well it could be closed (streamed: %s)',
    async (isStreamed) => {
      await start(`Hi. ${XML}`, CODER, { finish: 'length' })
      expect(await answered(isStreamed)).toEqual({ calls: 0, text: 'Hi.', finish: 'length' })
    },
  )

  test.each([false, true])('by itself calls what is whole (streamed: %s)', async (isStreamed) => {
    await start(XML, CODER)
    expect((await answered(isStreamed)).finish).toBe('tool_calls')
  })

  test.each([false, true])('by itself is text where there is no call in it (streamed: %s)', async (isStreamed) => {
    for (const text of ['The tag that opens a call is <tool_call>', '<tool_call>\n{ ']) {
      await start(text, { dialect: 'hermes', isEmulated: false })
      expect(await answered(isStreamed)).toEqual({ calls: 0, text, finish: 'stop' })
      await gateway?.close()
      await upstream?.close()
    }
  })

  test.each([
    ['<tool_call>\n{"name": "get_weather", "arguments": {"ci', true],
    ['<tool_call>\n{ ', false],
  ])('by itself counts for a broken call where it names a tool: %s', async (text, isCounted) => {
    await start(text, { dialect: 'hermes', isEmulated: false })
    expect((await answered(true)).text).toBe(text)
    const metrics = await (await fetch(`${gateway?.url}/metrics`)).text()
    expect(metrics.includes('thalamus_tool_calls_total{model="up/m",outcome="broken"} 1')).toBe(isCounted)
  })
})
