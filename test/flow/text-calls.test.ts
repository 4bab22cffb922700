import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import { chunk, EMULATED, HELLO, HERMES, textModel, WEATHER } from './text-model.ts'

// Models that call tools in their text, behind a server that passes the text on: clients get calls.

const { start, startAnswering, close, gateway, sent, openai } = textModel()

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
    const client = new Anthropic({ apiKey: 'k', baseURL: gateway()?.url ?? '', maxRetries: 0 })
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
    const slowly: Parameters<typeof startAnswering>[0] = (response) => {
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
    }
    const timeouts = { firstPartMs: 600, idleMs: 1_000 }
    await startAnswering(slowly, { textTools: EMULATED, timeouts, maxAttempts: 1 })
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
      await close()
    }
  })

  test.each([
    ['<tool_call>\n{"name": "get_weather", "arguments": {"ci', true],
    ['<tool_call>\n{ ', false],
  ])('by itself counts for a broken call where it names a tool: %s', async (text, isCounted) => {
    await start(text, { dialect: 'hermes', isEmulated: false })
    expect((await answered(true)).text).toBe(text)
    const metrics = await (await fetch(`${gateway()?.url}/metrics`)).text()
    expect(metrics.includes('thalamus_tool_calls_total{model="up/m",outcome="broken"} 1')).toBe(isCounted)
  })
})
