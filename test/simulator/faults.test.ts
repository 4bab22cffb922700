import { expect, test } from 'vitest'
import { ask, contentTokens, events, messages, parsed, streamed, until, useSimulator } from './use-simulator.ts'

const running = useSimulator()

test('a cut closes the connection where the token would stand', async () => {
  for (const [model, tokens] of [
    ['cut@40', 40],
    ['cut@0', 0],
    ['cut@60', 60],
  ] as const) {
    const received = await ask(running, model, streamed)
    expect(received).toMatchObject({ status: 200, failure: expect.stringContaining('other side closed') })
    expect(contentTokens(received), model).toBe(tokens)
    expect(received.text).not.toContain('[DONE]')
    expect(parsed(received).every((chunk) => chunk.choices[0].finish_reason === null)).toBe(true)
  }
  const whole = await ask(running, 'cut@40')
  expect(whole.status).toBe(200)
  expect(whole.failure).toBeDefined()
  expect(whole.text.length).toBeGreaterThan(100)
  expect(() => JSON.parse(whole.text)).toThrow()
  expect((await ask(running, 'cut@0')).text).toBe('')
  expect((await ask(running, 'cut@61')).failure).toBeUndefined()
})

test('a reset connection answers nothing', async () => {
  for (const more of [{}, streamed])
    await expect(ask(running, 'reset', more)).rejects.toThrow(/ECONNRESET|reset|closed/)
})

test('an error inside a 200 is the first event, or comes after some tokens', async () => {
  const first = await ask(running, 'error-in-200', streamed)
  expect(first).toMatchObject({ status: 200, failure: undefined })
  expect(parsed(first)).toMatchObject([{ error: { type: 'server_error' } }])
  const later = await ask(running, 'error-in-200@5', streamed)
  expect(contentTokens(later)).toBe(5)
  expect(parsed(later).at(-1).error.message).toContain('error')
  expect(later.text).not.toContain('[DONE]')
  const whole = await ask(running, 'error-in-200@5')
  expect(whole.status).toBe(200)
  expect(JSON.parse(whole.text)).toMatchObject({ error: { code: null } })
})

test('an empty answer is whole but says nothing', async () => {
  const received = await ask(running, 'empty-200', { ...streamed, stream_options: { include_usage: true } })
  expect(contentTokens(received)).toBe(0)
  expect(events(received).at(-1)).toBe('[DONE]')
  expect(parsed(received).at(-1).usage.completion_tokens).toBe(0)
  const whole = JSON.parse((await ask(running, 'empty-200')).text)
  expect(whole.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '' } })
})

test('malformed JSON arrives in a well-formed frame, or as a body that ends early', async () => {
  const received = await ask(running, 'malformed@5', streamed)
  const broken = events(received).filter((event) => {
    if (event === '[DONE]') return false
    try {
      JSON.parse(event)
      return false
    } catch {
      return true
    }
  })
  expect(broken).toHaveLength(1)
  expect(events(received).indexOf(broken[0] ?? '')).toBe(6)
  const whole = await ask(running, 'malformed@5')
  expect(whole).toMatchObject({ status: 200, failure: undefined })
  expect(() => JSON.parse(whole.text)).toThrow()
  expect((await ask(running, 'malformed')).text).toBe('{')
})

test('a status is an error in the shape of OpenAI', async () => {
  for (const more of [{}, streamed]) {
    const limited = await ask(running, '429;retry-after=1', more)
    expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '1', 'content-type': 'application/json' } })
    expect(JSON.parse(limited.text).error).toMatchObject({ code: 'rate_limit_exceeded', param: null })
    const failed = await ask(running, '500', more)
    expect(failed.status).toBe(500)
    expect(JSON.parse(failed.text).error.type).toBe('server_error')
  }
  const spent = JSON.parse((await ask(running, '429;code=insufficient_quota')).text)
  expect(spent.error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' })
})

test('a tool call carries arguments that fit its schema, dense indices and one identity', async () => {
  const parameters = { type: 'object', properties: { unit: { enum: ['c', 'f'] }, days: { type: 'integer' } } }
  const tools = ['get_weather', 'get_time'].map((name) => ({ type: 'function', function: { name, parameters } }))
  const forced = [
    { model: 'ok', more: { tools, tool_choice: 'required' }, names: ['get_weather'] },
    {
      model: 'ok',
      more: { tools, tool_choice: { type: 'function', function: { name: 'get_time' } } },
      names: ['get_time'],
    },
    { model: 'tool:get_time', more: { tools }, names: ['get_time'] },
    { model: 'tool-parallel', more: { tools }, names: ['get_weather', 'get_time'] },
    { model: 'tool-parallel', more: { tools, parallel_tool_calls: false }, names: ['get_weather'] },
  ]
  for (const { model, more, names } of forced) {
    const whole = JSON.parse((await ask(running, model, more)).text).choices[0]
    expect(whole).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } })
    const named = whole.message.tool_calls.map((call: { function: { name: string } }) => call.function.name)
    expect(named).toEqual(names)
    expect(JSON.parse(whole.message.tool_calls[0].function.arguments)).toEqual({ unit: 'c', days: 1 })

    const chunks = parsed(await ask(running, model, { ...more, ...streamed }))
    const deltas = chunks.flatMap((chunk) => chunk.choices[0].delta.tool_calls ?? [])
    expect(deltas.filter((delta) => 'id' in delta).map((delta) => delta.function.name)).toEqual(names)
    for (const index of names.keys()) {
      const own = deltas.filter((delta) => delta.index === index)
      expect(own.slice(1).every((delta) => Object.keys(delta).join() === 'index,function')).toBe(true)
      expect(JSON.parse(own.map((delta) => delta.function.arguments).join(''))).toEqual({ unit: 'c', days: 1 })
    }
    expect(chunks.at(-1).choices[0].finish_reason).toBe('tool_calls')
  }
  const ended = [
    ...messages,
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'x', arguments: '{}' } }] },
  ]
  const after = JSON.parse(
    (await ask(running, 'tool:x', { messages: [...ended, { role: 'tool', tool_call_id: 'a', content: 'ok' }] })).text,
  )
  expect(after.choices[0].finish_reason).toBe('stop')
})

test('a call can arrive as text in a dialect', async () => {
  const text = JSON.parse((await ask(running, 'text-tool:hermes')).text).choices[0]
  expect(text).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringContaining('<tool_call>') } })
  expect(contentTokens(await ask(running, 'text-tool:hermes', streamed))).toBeGreaterThan(5)
})

test('JSON is answered where JSON is asked for', async () => {
  const asked = { messages: [{ role: 'user', content: 'as json' }], response_format: { type: 'json_object' } }
  expect(JSON.parse(JSON.parse((await ask(running, 'ok', asked)).text).choices[0].message.content)).toMatchObject({
    simulated: true,
  })
  const schema = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3 } } }
  const shaped = { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } }
  const content = JSON.parse((await ask(running, 'ok', shaped)).text).choices[0].message.content
  expect(JSON.parse(content)).toEqual({ city: 'simulated city', days: 3 })
})

test('a huge answer is several megabytes, streamed and not', async () => {
  const whole = JSON.parse((await ask(running, 'huge')).text)
  expect(whole.choices[0].message.content).toHaveLength(4 * 1024 * 1024)
  const received = await ask(running, 'huge', streamed)
  expect(contentTokens(received)).toBe(whole.usage.completion_tokens)
})

test('dribbled bytes split characters, and join to a whole answer', async () => {
  const chunks: number[] = []
  let text = ''
  const body = JSON.stringify({ model: 'dribble', messages, ...streamed })
  const response = await running.pool.request({ method: 'POST', path: '/v1/chat/completions', body })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of response.body) {
    chunks.push((chunk as Buffer).length)
    text += decoder.decode(chunk as Buffer, { stream: true })
  }
  expect(chunks.filter((length) => length === 1).length).toBeGreaterThan(500)
  expect(text).toContain('🙂')
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  const whole = JSON.parse((await ask(running, 'dribble')).text)
  expect(whole.choices[0].message.content).toContain('é')
})

test.each([
  ['stall@10', streamed, 10],
  ['stall@10', {}, 10],
  ['never-ends', streamed, undefined],
  ['never-ends', {}, undefined],
  ['never-ends;itl=0', streamed, undefined],
  ['slow-ttft=600000', streamed, 0],
  ['slow-head=600000', streamed, 0],
])('a client that leaves ends %s (%o), and is counted', async (model, more, tokens) => {
  const name = `left/${JSON.stringify(more)}/${model}`
  await until(() => running.simulator.usage().active === 0, 'the end of earlier answers')
  const controller = new AbortController()
  const body = JSON.stringify({ model: name, messages, ...more })
  const asked = running.pool.request({ method: 'POST', path: '/v1/chat/completions', body, signal: controller.signal })
  asked.catch(() => undefined)
  if (!model.startsWith('slow')) {
    const response = await asked
    response.body.on('error', () => undefined)
    response.body.on('data', () => undefined)
    await until(() => (running.simulator.usage().models[name]?.completion_tokens ?? 0) >= (tokens ?? 3), 'some tokens')
  } else await until(() => running.simulator.usage().models[name]?.requests === 1, 'the call')
  expect(running.simulator.usage().active).toBe(1)
  controller.abort()
  await until(() => running.simulator.usage().models[name]?.aborted === 1, 'the abort')
  expect(running.simulator.usage().active).toBe(0)
  const sent = running.simulator.usage().models[name]?.completion_tokens
  if (tokens !== undefined) expect(sent).toBe(tokens)
  await new Promise((resolve) => setImmediate(resolve))
  expect(running.simulator.usage().models[name]?.completion_tokens).toBe(sent)
})
