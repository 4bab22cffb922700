import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, chunk, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'
import { askOf, keyOf, metric, sendFeedback, twoKinds } from './two-kinds.ts'

// What the gateway sees of answers by itself, as it stands in the metrics.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

type Answer = (response: ServerResponse, model: string) => void

async function start(answer: Answer, options: Partial<Parameters<typeof startGateway>[0]> = {}): Promise<string> {
  upstream = await startCaptureUpstream((response, { body }) => answer(response, JSON.parse(body.toString()).model))
  gateway = await startGateway({ models: ['a', 'b'], upstream: upstream.url, uniform: twoKinds, ...options })
  return gateway.url
}

function completion(content: string | null, finish = 'stop', more: object = {}): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const message = { role: 'assistant', content, ...more }
    response.end(JSON.stringify({ ...COMPLETION, choices: [{ index: 0, message, finish_reason: finish }] }))
  }
}

function seen(url: string, source: string, verdict: string, model = 'up/a'): Promise<number> {
  return metric(url, `thalamus_outcomes_total{model="${model}",source="${source}",verdict="${verdict}"}`)
}

test('a plain answer is good by every sign that can be seen', async () => {
  const url = await start(completion('Forty-two.'))
  await askOf(url, 'How much?')
  for (const source of ['finish', 'refusal', 'failure']) expect(await seen(url, source, 'good'), source).toBe(1)
  for (const source of ['finish', 'refusal', 'failure', 'retry']) expect(await seen(url, source, 'bad'), source).toBe(0)
})

test('an answer that is cut by length counts against its model, unless the caller wanted it short', async () => {
  const url = await start(completion('Once upon', 'length'))
  await askOf(url, 'A story', { max_tokens: 20 })
  expect(await seen(url, 'finish', 'bad')).toBe(0)
  await askOf(url, 'Another story', { max_tokens: 2_000 })
  await askOf(url, 'A third story')
  expect(await seen(url, 'finish', 'bad')).toBe(2)
  expect(await seen(url, 'finish', 'good')).toBe(0)
})

test('a filter, set words of refusal, and the format’s own refusal are seen', async () => {
  const answers = [
    completion('', 'content_filter', { refusal: 'No.' }),
    completion('I’m sorry, but I can’t help with that.'),
    completion('Es tut mir leid, aber dabei kann ich nicht helfen.'),
    completion(null, 'stop', { refusal: 'I will not.' }),
    completion('He said: "I’m sorry, but I can’t help with that." Then he left.'),
  ]
  const url = await start((response, model) => answers.shift()?.(response, model))
  for (const content of ['one', 'two', 'three', 'four', 'five']) await askOf(url, content)
  expect(await seen(url, 'finish', 'bad')).toBe(1)
  expect(await seen(url, 'refusal', 'bad')).toBe(4)
  expect(await seen(url, 'refusal', 'good')).toBe(1)
})

test('of a long stream nobody says that it was no refusal, because its beginning is not kept', async () => {
  const url = await start((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(
      `${'I am sorry'
        .split(' ')
        .map((word) => chunk(` ${word}`))
        .join('')
        .repeat(4)}${chunk('', 'stop')}data: [DONE]\n\n`,
    )
  })
  await askOf(url, 'How much?', { stream: true })
  expect(await seen(url, 'finish', 'good')).toBe(1)
  expect((await seen(url, 'refusal', 'good')) + (await seen(url, 'refusal', 'bad'))).toBe(0)
})

test('a model that fails at its own work is told apart from the one that answers instead', async () => {
  const url = await start((response, model) => {
    if (model === 'b') return completion('Fine.')(response, model)
    response.writeHead(500, { 'content-type': 'application/json' })
    response.end('{"error": {"message": "oops"}}')
  })
  const { model } = await askOf(url, 'How much?')
  expect(model).toBe('up/b')
  expect(await seen(url, 'failure', 'bad')).toBe(1)
  expect(await seen(url, 'failure', 'good', 'up/b')).toBe(1)
})

test('a rate limit says nothing of a model’s work', async () => {
  const url = await start((response, model) => {
    if (model === 'b') return completion('Fine.')(response, model)
    response.writeHead(429, { 'content-type': 'application/json' })
    response.end('{"error": {"message": "slow down"}}')
  })
  await askOf(url, 'How much?')
  expect(await seen(url, 'failure', 'bad')).toBe(0)
})

const QUESTION = 'How many people lived in Bern in the year nineteen hundred and ten?'

test('the same question again by the same key is a retry of the earlier answer, once an answer', async () => {
  const url = await start(completion('Many.'), { keys: [keyOf('one'), keyOf('two')] })
  const retried = async (): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer one' } })).text()
    return Number(/outcomes_total\{model="up\/a",source="retry",verdict="bad"\} (\d+)/.exec(text)?.[1] ?? 0)
  }
  await askOf(url, QUESTION, { key: 'one' })
  await askOf(url, QUESTION, { key: 'two' })
  expect(await retried()).toBe(0)
  await askOf(url, QUESTION, { key: 'one' })
  expect(await retried()).toBe(1)
  await askOf(url, 'Something else altogether, if you please, my dear friend?', { key: 'one' })
  expect(await retried()).toBe(1)
  // The third time is one more, and from the fourth on it is a program that asks.
  for (let time = 0; time < 5; time += 1) await askOf(url, QUESTION, { key: 'one' })
  expect(await retried()).toBe(2)
})

test('"continue" in a conversation that goes on is no retry', async () => {
  const url = await start(completion('Yes.'))
  const turns = [{ role: 'user', content: 'Tell me a story' }]
  for (let turn = 0; turn < 3; turn += 1) {
    turns.push({ role: 'assistant', content: `Part ${turn}` }, { role: 'user', content: 'continue' })
    await askOf(url, '', { messages: turns })
  }
  expect(await seen(url, 'retry', 'bad')).toBe(0)
})

test('several answers that are asked for at once are no retries', async () => {
  const waiting: (() => void)[] = []
  const url = await start((response, model) => {
    waiting.push(() => completion('Many.')(response, model))
    if (waiting.length === 3) for (const answer of waiting) answer()
  })
  await Promise.all([1, 2, 3].map(() => askOf(url, QUESTION)))
  expect(await seen(url, 'retry', 'bad')).toBe(0)
})

test('a client who left says nothing of the answer, and may still be asked', async () => {
  const url = await start((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk('Once'))
  })
  const leaving = new AbortController()
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
    signal: leaving.signal,
  })
  const id = response.headers.get('x-route-id')
  leaving.abort()
  await expect.poll(async () => (await sendFeedback(url, { id, reward: 0.5 })).status).toBe(200)
  expect((await seen(url, 'failure', 'bad')) + (await seen(url, 'finish', 'bad'))).toBe(0)
})
