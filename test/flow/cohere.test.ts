import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { DATA, hasCases } from '../wire/cases.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const recording = (file: string): string => readFileSync(join(DATA, 'recordings/cohere', file), 'utf8')

/** A recorded stream as it came: recordings have the data alone. */
function stream(response: ServerResponse, file: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const line of recording(file).trim().split('\n')) {
    response.write(`event: ${JSON.parse(line).type}\ndata: ${line}\n\n`)
  }
  response.end()
}

function json(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body)
}

async function start(answer: (response: ServerResponse, model: string) => void, models = ['m']): Promise<OpenAI> {
  upstream = await startCaptureUpstream((response, { body }) => answer(response, JSON.parse(body.toString()).model))
  gateway = await startGateway({ models, upstream: upstream.url, provider: 'cohere' })
  return new OpenAI({ apiKey: 'x', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
}

const sent = (): { path: string; authorization: string | undefined; body: Record<string, unknown> }[] =>
  (upstream?.requests ?? []).map(({ path, headers, body }) => ({
    path,
    authorization: headers.authorization,
    body: JSON.parse(body.toString()),
  }))

const TOOLS = ['weather', 'cityAttractions'].map((name) => ({ type: 'function' as const, function: { name } }))

describe.skipIf(!hasCases)(`an OpenAI client at Cohere${hasCases ? '' : ' (no shared data here)'}`, () => {
  test('streams text and usage', async () => {
    const client = await start((response) => stream(response, 'cohere-text.chunks.txt'))
    const running = client.chat.completions.stream({
      model: 'up/m',
      messages: [...HELLO],
      max_completion_tokens: 7,
      top_p: 0.5,
      stop: ['END'],
      stream_options: { include_usage: true },
    })
    const answer = await running.finalChatCompletion()
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'The capital of France is Paris.' },
    })
    expect(answer.usage).toMatchObject({
      prompt_tokens: 507,
      completion_tokens: 10,
      prompt_tokens_details: { cached_tokens: 448 },
    })
    expect(sent()).toEqual([
      {
        path: '/v2/chat',
        authorization: 'Bearer upstream-key',
        body: {
          model: 'm',
          messages: [{ role: 'user', content: 'Hello' }],
          max_tokens: 7,
          p: 0.5,
          stop_sequences: ['END'],
          stream: true,
        },
      },
    ])
  })

  test('streams calls after their plan, and sends both back as they were', async () => {
    const client = await start((response) => stream(response, 'cohere-tool-call.chunks.txt'))
    const messages: OpenAI.ChatCompletionMessageParam[] = [...HELLO]
    const asked = { model: 'up/m', messages, tools: TOOLS }
    const answer = await client.chat.completions.stream(asked).finalMessage()
    const plan = recording('cohere-tool-call.chunks.txt')
      .split('\n')
      .flatMap((line) => (line.includes('"tool-plan-delta"') ? [JSON.parse(line).delta.message.tool_plan] : []))
      .join('')
    expect(answer.content).toBe(plan)
    const events = recording('cohere-tool-call.chunks.txt')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const said = [0, 1].map((index) => {
      const own = events.filter((event) => event.index === index && event.delta?.message?.tool_calls !== undefined)
      const pieces = own.map(({ delta }) => delta.message.tool_calls)
      return {
        id: pieces[0].id,
        function: {
          name: pieces[0].function.name,
          arguments: pieces.map((piece) => piece.function.arguments).join(''),
        },
      }
    })
    expect(answer.tool_calls).toMatchObject(said)
    messages.push(
      answer,
      ...(answer.tool_calls ?? []).map((call) => ({ role: 'tool' as const, tool_call_id: call.id, content: 'ok' })),
    )
    await client.chat.completions.stream(asked).finalMessage()
    const [, second] = sent()
    expect(second?.body['messages']).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        tool_plan: plan,
        tool_calls: [{ id: 'weather_e8p4pn45zt0t' }, { id: 'cityAttractions_pyxssbwnq9fq' }],
      },
      { role: 'tool', tool_call_id: 'weather_e8p4pn45zt0t', content: 'ok' },
      { role: 'tool', tool_call_id: 'cityAttractions_pyxssbwnq9fq', content: 'ok' },
    ])
    expect(JSON.stringify(second?.body['messages'])).not.toContain('"role":"assistant","content"')
  })

  test.each([
    ['cohere-text.json', { content: 'The capital of France is Paris.' }, 'stop'],
    ['cohere-null-args.json', { tool_calls: [{ function: { name: 'currentTime', arguments: '{}' } }] }, 'tool_calls'],
    ['cohere-reasoning.json', { content: '2 + 2 = 4', reasoning_content: expect.stringContaining('2 + 2') }, 'stop'],
  ])('gets %s whole', async (file, message, finish) => {
    const client = await start((response) => json(response, recording(file)))
    const answer = await client.chat.completions.create({ model: 'up/m', messages: [...HELLO] })
    expect(answer.choices[0]).toMatchObject({ message, finish_reason: finish })
    expect(answer.usage?.prompt_tokens).toBe(JSON.parse(recording(file)).usage.tokens.input_tokens)
  })

  test('is told what was lost', async () => {
    await start((response) => json(response, recording('cohere-text.json')))
    const response = await post(gateway?.url ?? '', {
      model: 'up/m',
      messages: HELLO,
      top_p: 1,
      n: 2,
      logit_bias: { 1: 1 },
    })
    expect(response.headers.get('x-route-losses')?.split(/,\s*/).toSorted()).toEqual(['logit_bias', 'n'])
  })

  test('a prompt that is too long for one model goes to the next', async () => {
    const message = 'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.'
    const client = await start(
      (response, model) => {
        if (model === 'a') json(response, JSON.stringify({ id: '1', message }), 400)
        else json(response, recording('cohere-text.json'))
      },
      ['a', 'b'],
    )
    const answer = await client.chat.completions.create({ model: 'auto', messages: [...HELLO] })
    expect(answer.choices[0]?.message.content).toBe('The capital of France is Paris.')
    expect(sent().map(({ body }) => body['model'])).toEqual(['a', 'b'])
  })

  test('a refusal of the request is told in Cohere’s words', async () => {
    await start((response) => json(response, '{"id":"1","message":"invalid request: no."}', 400))
    const response = await post(gateway?.url ?? '', { model: 'up/m', messages: HELLO })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { message: 'invalid request: no.', code: 'upstream_rejected' },
    })
  })
})
