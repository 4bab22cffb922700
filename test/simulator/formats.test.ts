import { beforeAll, describe, expect, test } from 'vitest'
import { EMBEDDINGS_WAYS, post, WAYS } from './formats.ts'
import { until, useSimulator } from './use-simulator.ts'

const running = useSimulator()

describe.each(WAYS)('$name', ({ name, request }) => {
  const prefix = name.replaceAll(/[^a-z]/g, '-')
  const ask = (behaviour: string, isStreamed: boolean) => {
    const { path, body } = request(`${prefix}/${behaviour}`, isStreamed)
    return post(running, path, body)
  }
  const usage = (behaviour: string) => running.simulator.usage().models[`${prefix}/${behaviour}`]
  const both = [true, false]

  // The ledger names a few hundred models only.
  beforeAll(() => running.pool.request({ method: 'DELETE', path: '/simulator/usage' }).then(({ body }) => body.dump()))

  test('an answer is billed by the tokens that it sends', async () => {
    for (const isStreamed of both) {
      const before = usage('ok')?.completion_tokens ?? 0
      expect(await ask('ok', isStreamed)).toMatchObject({ status: 200, failure: undefined })
      expect((usage('ok')?.completion_tokens ?? 0) - before).toBe(60)
    }
    await expect(ask('ok', false).then(({ bytes }) => JSON.parse(bytes.toString()))).resolves.toBeTypeOf('object')
  })

  test('a paced answer is the same as one at once', async () => {
    // Names, ids and times aside; the frames of AWS have checks over them.
    const plain = (bytes: Buffer) =>
      bytes
        .toString('latin1')
        .replaceAll(';itl=1', '')
        .replaceAll(/[0-9a-f]{20,}|"created[^,]*/g, '')
    const atOnce = await ask('tokens=60', true)
    const paced = await ask('tokens=60;itl=1', true)
    expect(paced).toMatchObject({ status: 200, failure: undefined })
    expect(atOnce.bytes.length).toBeGreaterThan(1_000)
    expect(plain(paced.bytes)).toBe(plain(atOnce.bytes))
  })

  test('a cut closes the connection after its tokens', async () => {
    for (const isStreamed of both) {
      const received = await ask('cut@40', isStreamed)
      expect(received).toMatchObject({ status: 200, failure: expect.stringContaining('other side closed') })
      expect(() => JSON.parse(received.bytes.toString())).toThrow()
    }
    expect(usage('cut@40')?.completion_tokens).toBe(80)
    expect((await ask('cut@0', true)).failure).toBeDefined()
    expect(usage('cut@0')?.completion_tokens).toBe(0)
  })

  test('an error inside a 200 ends the stream in order, after its tokens', async () => {
    for (const [behaviour, tokens] of [
      ['error-in-200', 0],
      ['error-in-200@5', 5],
    ] as const) {
      const received = await ask(behaviour, true)
      expect(received).toMatchObject({ status: 200, failure: undefined })
      expect(received.bytes.toString('latin1')).toContain('error')
      expect(usage(behaviour)?.completion_tokens).toBe(tokens)
    }
    const whole = await ask('error-in-200', false)
    expect(whole).toMatchObject({ status: 200, failure: undefined })
    expect(JSON.parse(whole.bytes.toString())).toSatisfy((body: object) => 'error' in body || 'message' in body)
  })

  test('an empty answer is whole and costs no tokens', async () => {
    for (const isStreamed of both)
      expect(await ask('empty-200', isStreamed)).toMatchObject({ status: 200, failure: undefined })
    expect(usage('empty-200')).toMatchObject({ requests: 2, completion_tokens: 0 })
  })

  test('a malformed answer breaks its JSON and nothing else', async () => {
    const streamed = await ask('malformed@5', true)
    expect(streamed).toMatchObject({ status: 200, failure: undefined })
    expect(usage('malformed@5')?.completion_tokens).toBe(60)
    expect(streamed.bytes.length).toBeLessThan((await ask('tokens=60', true)).bytes.length + 62 * 4)
    const whole = await ask('malformed@5', false)
    expect(whole).toMatchObject({ status: 200, failure: undefined })
    expect(() => JSON.parse(whole.bytes.toString())).toThrow(SyntaxError)
  })

  test('a status is an error with its header, streamed or not', async () => {
    for (const isStreamed of both) {
      const limited = await ask('429;retry-after=1', isStreamed)
      expect(limited).toMatchObject({
        status: 429,
        headers: { 'retry-after': '1', 'content-type': 'application/json' },
      })
      expect(limited.bytes.toString()).toMatch(/rate limit/i)
      expect((await ask('503', isStreamed)).status).toBe(503)
    }
    const unknown = await ask('cut@', false)
    expect(unknown.status).toBe(404)
    expect(unknown.bytes.toString()).toContain('never-ends')
  })

  test('a reset answers nothing', async () => {
    for (const isStreamed of both) await expect(ask('reset', isStreamed)).rejects.toThrow(/ECONNRESET|reset|closed/)
  })

  test('a huge answer is several megabytes', async () => {
    for (const isStreamed of both) {
      const { bytes, failure } = await ask('huge', isStreamed)
      expect(failure).toBeUndefined()
      expect(bytes.length).toBeGreaterThan(4 * 1024 * 1024)
    }
  })

  test('dribbled bytes join to a whole answer', async () => {
    for (const isStreamed of both) {
      const { path, body } = request(`${prefix}/dribble`, isStreamed)
      const response = await running.pool.request({ method: 'POST', path, body: JSON.stringify(body) })
      const chunks: Buffer[] = []
      for await (const chunk of response.body) chunks.push(chunk as Buffer)
      expect(chunks.filter((chunk) => chunk.length === 1).length).toBeGreaterThan(300)
      expect(Buffer.concat(chunks).toString()).toContain('🙂')
    }
  })

  test('tools are called, at once or by name, and as text', async () => {
    for (const isStreamed of both) {
      expect((await ask('tool:get_weather', isStreamed)).bytes.toString('latin1')).toContain('get_weather')
      // The only declared tool is called twice; without one, two of the simulator's own.
      const { bytes } = await ask('tool-parallel', isStreamed)
      expect(bytes.toString('latin1').match(/"get_(?:weather|time)\\?"/g)?.length).toBeGreaterThanOrEqual(2)
    }
    expect((await ask('text-tool:hermes', false)).bytes.toString()).toContain('<tool_call>')
  })

  test('reasoning comes first and counts', async () => {
    for (const isStreamed of both) {
      const before = usage('think=7')?.completion_tokens ?? 0
      await ask('think=7', isStreamed)
      expect((usage('think=7')?.completion_tokens ?? 0) - before).toBe(67)
    }
    expect(await ask('think=7;cut@3', true)).toMatchObject({ failure: expect.any(String) })
    expect(usage('think=7;cut@3')?.completion_tokens).toBe(name === 'openai-chat' ? 0 : 3)
  })

  test.each([
    ['stall@10', true, 10],
    ['stall@10', false, 10],
    ['never-ends', true, undefined],
    ['never-ends', false, undefined],
    ['slow-ttft=600000', true, 0],
  ] as const)('a client that leaves ends %s (streamed: %s)', async (behaviour, isStreamed, tokens) => {
    const model = `left-${isStreamed}/${prefix}/${behaviour}`
    const entry = () => running.simulator.usage().models[model]
    const controller = new AbortController()
    const { path, body } = request(model, isStreamed)
    const asked = running.pool.request({ method: 'POST', path, body: JSON.stringify(body), signal: controller.signal })
    const reading = asked.then(async (response) => {
      for await (const _ of response.body);
    })
    reading.catch(() => undefined)
    await until(() => entry()?.requests === 1 && (entry()?.completion_tokens ?? 0) >= (tokens ?? 3), 'some tokens')
    controller.abort()
    await until(() => entry()?.aborted === 1, 'the abort')
    if (tokens !== undefined) expect(entry()?.completion_tokens).toBe(tokens)
  })
})

describe.each(EMBEDDINGS_WAYS)('$name', ({ name, request }) => {
  const prefix = name.replaceAll(/[^a-z]/g, '-')
  const ask = (behaviour: string) => {
    const { path, body } = request(`${prefix}/${behaviour}`)
    return post(running, path, body)
  }
  const usage = (behaviour: string) => running.simulator.usage().models[`${prefix}/${behaviour}`]

  test('the prompt is billed, and nothing else', async () => {
    for (const behaviour of ['ok', 'slow-head=1']) {
      const { status, headers, bytes } = await ask(behaviour)
      expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' })
      expect(JSON.parse(bytes.toString())).toBeTypeOf('object')
      expect(usage(behaviour)).toEqual({ requests: 1, aborted: 0, prompt_tokens: 2, completion_tokens: 0 })
    }
  })

  test('what has to do with words changes nothing', async () => {
    // Ids and the names of models aside.
    const plain = (bytes: Buffer) => bytes.toString().replaceAll(/"(?:id|model)":"[^"]+"/g, '')
    const { bytes } = await ask('ok')
    for (const behaviour of ['think=3', 'tool:x', 'huge', 'empty-200', 'never-ends', 'cut@40', 'stall@1', 'dribble']) {
      const received = await ask(behaviour)
      expect(received, behaviour).toMatchObject({ status: 200, failure: undefined })
      expect(plain(received.bytes) === plain(bytes), behaviour).toBe(true)
    }
  })

  test('faults at once are faults', async () => {
    expect(await ask('cut@0')).toMatchObject({ status: 200, failure: expect.stringContaining('other side closed') })
    expect((await ask('malformed')).bytes.toString()).toBe('{')
    await expect(ask('reset')).rejects.toThrow(/ECONNRESET|reset|closed/)
    const failed = await ask('error-in-200')
    expect(failed.status).toBe(200)
    expect(JSON.parse(failed.bytes.toString())).toSatisfy((body: object) => 'error' in body || 'message' in body)
    const limited = await ask('429;retry-after=1')
    expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '1', 'content-type': 'application/json' } })
    expect(limited.bytes.toString()).toMatch(/rate limit/i)
    expect((await ask('503')).status).toBe(503)
    expect((await ask('cut@')).status).toBe(404)
  })

  test.each(['stall', 'slow-ttft=600000'])('a client that leaves ends %s', async (behaviour) => {
    const controller = new AbortController()
    const { path, body } = request(`${prefix}/left/${behaviour}`)
    const asked = running.pool
      .request({ method: 'POST', path, body: JSON.stringify(body), signal: controller.signal })
      .then((response) => response.body.dump())
    asked.catch(() => undefined)
    await until(() => usage(`left/${behaviour}`)?.requests === 1, 'the call')
    controller.abort()
    await until(() => usage(`left/${behaviour}`)?.aborted === 1, 'the abort')
  })
})

test('a count is free, at once or later', async () => {
  for (const model of ['free/ok', 'free/slow-head=1']) {
    const { path, body } = {
      path: '/v1/messages/count_tokens',
      body: { model, messages: [{ role: 'user', content: 'hello' }] },
    }
    expect((await post(running, path, body)).bytes.toString()).toMatch(/"input_tokens":\d+/)
    expect(running.simulator.usage().models[model]).toMatchObject({ requests: 1, prompt_tokens: 0 })
  }
})

const PATHS = [
  ...WAYS.map(({ request }) => request('ok', true)),
  ...EMBEDDINGS_WAYS.map(({ request }) => request('ok')),
].map(({ path }) => path)

test('a body that is no JSON, or too large, is refused in the words of its format', async () => {
  const shapes = new Set<string>()
  for (const path of PATHS) {
    for (const [text, status] of [
      ['{', 400],
      [JSON.stringify('x'.repeat(2_100_000)), 413],
    ] as const) {
      const response = await running.pool.request({ method: 'POST', path, body: text })
      expect(response.statusCode, path).toBe(status)
      const body = (await response.body.json()) as object
      shapes.add(Object.keys(body).sort().join())
    }
  }
  expect([...shapes].sort()).toEqual(['code,error', 'code,message,object,param,type', 'error', 'error,type', 'message'])
})

test('paths of every format refuse GET, and other paths stay unknown', async () => {
  for (const path of PATHS) {
    const response = await running.pool.request({ method: 'GET', path })
    expect(response.statusCode, path).toBe(405)
    await response.body.dump()
  }
  const unknown = await running.pool.request({ method: 'POST', path: '/v1beta/models/x:predict', body: '{}' })
  expect(unknown.statusCode).toBe(404)
  await unknown.body.dump()
})
