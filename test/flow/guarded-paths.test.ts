import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { Guard, PlacedGuard } from '../../src/core/guard.ts'
import type { Policy } from '../../src/core/policy.ts'
import { builtInPolicies } from '../../src/directives/built-in-policies.ts'
import { answerAnyPath, postTo } from './any-path.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, chunk, startCaptureUpstream } from './capture-upstream.ts'
import { pii } from './guarded-call.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// Whatever path a call takes, and whatever goes wrong with a guard.

type Options = Partial<Parameters<typeof startGateway>[0]>

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

async function start(guards: readonly PlacedGuard[], options: Options = {}, answer = answerAnyPath): Promise<string> {
  upstream = await startCaptureUpstream(answer)
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, guards, ...options })
  return gateway.url
}

const sent = (): string[] => upstream?.requests.map(({ body }) => body.toString()) ?? []

const EMAIL = 'jane@example.org'

test('a native body is changed where something was found and stays as it was everywhere else', async () => {
  const url = await start([pii()])
  const body = `{ "model" : "up/m","seed": 12345678901234567890, "temperature":1.0,\n "user": "${EMAIL}", "messages":[{"role":"user","content":"caf\\u00e9 \\u006aane@example.org ☕"},{"role":"user","content":"x ${EMAIL}","content":"y ${EMAIL}"}],"vendor":{"k":["${EMAIL}"]}}`
  expect((await post(url, body)).status).toBe(200)
  expect(sent()).toEqual([
    body
      .replace('"up/m"', '"m"')
      .replace('"caf\\u00e9 \\u006aane@example.org ☕"', '"café [EMAIL_1] ☕"')
      .replace(`"user": "${EMAIL}"`, '"user": "[EMAIL_57018507]"')
      .replaceAll(EMAIL, '[EMAIL_1]'),
  ])
  const plain = '{ "model" : "up/m", "messages":[{"role":"user","content":"caf\\u00e9"}], "seed": 1.0 }'
  const answered = await post(url, plain)
  expect(answered.headers.get('x-route-guards')).toBeNull()
  expect(await answered.json()).toEqual(COMPLETION)
  expect(sent()[1]).toBe(plain.replace('up/m', 'm'))
})

test('arguments, results and schemas of tools are read as what they are', async () => {
  const url = await start([pii()])
  const call = { name: 'send', arguments: JSON.stringify({ [EMAIL]: `a\n${EMAIL}`, card: 4111111111111111 }) }
  const messages = [
    { role: 'system', content: `Support: ${EMAIL}` },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_4111111111111111', type: 'function', function: call }],
    },
    { role: 'tool', tool_call_id: 'call_4111111111111111', content: JSON.stringify({ note: `b\n${EMAIL}` }) },
    { role: 'user', content: [{ type: 'text', text: `[EMAIL_1] is not ${EMAIL}` }] },
  ]
  await post(url, { model: 'up/m', messages })
  const body = JSON.parse(sent()[0] ?? '') as { messages: SentMessage[] }
  expect(JSON.stringify(body)).not.toContain('jane')
  const [system, assistant, tool, user] = body.messages
  // The request speaks of [EMAIL_1] itself, so that something else stands for the address.
  expect(system?.content).toBe('Support: [EMAIL_2]')
  const [sentCall] = assistant?.tool_calls ?? []
  expect(JSON.parse(sentCall?.function.arguments ?? '')).toEqual({ '[EMAIL_2]': 'a\n[EMAIL_2]', card: '[CARD_1]' })
  expect(sentCall?.id).toBe('call_4111111111111111')
  expect(JSON.parse(String(tool?.content))).toEqual({ note: 'b\n[EMAIL_2]' })
  expect(user?.content).toEqual([{ type: 'text', text: '[EMAIL_1] is not [EMAIL_2]' }])
})

type SentMessage = {
  readonly content: unknown
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly arguments: string } }[]
}

test('completions, embeddings and counts are redacted too', async () => {
  const url = await start([pii()])
  await postTo(`${url}/v1/completions`, { model: 'up/m', prompt: `Dear ${EMAIL}` })
  const embedded = await postTo(`${url}/v1/embeddings`, { model: 'up/m', input: ['x', EMAIL] })
  expect(embedded.headers.get('x-route-guards')).toBe('pii;where=request;action=redact;count=1')
  await gateway?.close()
  await upstream?.close()
  const bodies = sent()
  const counter = await start([pii()], { provider: 'anthropic' })
  const messages = [{ role: 'user', content: `Count ${EMAIL}` }]
  const counted = await postTo(`${counter}/v1/messages/count_tokens`, { model: 'up/m', messages })
  expect(await counted.json()).toEqual({ input_tokens: 9 })
  for (const body of [...bodies, ...sent()]) expect(body).toMatch(/\[EMAIL_1\]/)
  expect([...bodies, ...sent()].join()).not.toContain('jane')
})

test('tokens in place of texts, and paths that are passed on unread, need the operator’s word', async () => {
  const url = await start([pii()])
  const tokens = await postTo(`${url}/v1/embeddings`, { model: 'up/m', input: [[1, 2]] })
  expect([tokens.status, await tokens.json()]).toMatchObject([
    400,
    { error: { code: 'request_blocked', param: 'input' } },
  ])
  const passed = await postTo(`${url}/v1/moderations`, { model: 'up/m', input: EMAIL })
  expect([passed.status, await passed.json()]).toMatchObject([400, { error: { code: 'request_blocked' } }])
  expect(sent()).toEqual([])
  await gateway?.close()
  await upstream?.close()
  const other = await start([pii({ passthrough: 'allow' })])
  expect((await postTo(`${other}/v1/moderations`, { model: 'up/m', input: 'x' })).status).toBe(200)
})

test('where a call would go is asked with what its model would see', async () => {
  const url = await start([pii()])
  const body = { model: 'auto', messages: [{ role: 'user', content: `Dear ${EMAIL}` }] }
  const told = await postTo(`${url}/v1/route`, body)
  expect([told.status, told.headers.get('x-route-guards')]).toEqual([200, 'pii;where=request;action=redact;count=1'])
  expect(await told.json()).toMatchObject({ guards: [{ guard: 'pii', kinds: { email: 1 } }] })
  await gateway?.close()
  await upstream?.close()
  const other = await start([pii({ action: 'block' })])
  const refused = await postTo(`${other}/v1/route`, body)
  const said: unknown = await refused.json()
  expect([refused.status, said]).toMatchObject([400, { error: { code: 'request_blocked' } }])
})

test('a shadow’s copy is redacted as the call is', async () => {
  const shadow = { model: 'up/second', share: 1 }
  const trial = { ...(builtInPolicies.get('balanced') as Policy), name: 'trial', match: { model: ['auto*'] }, shadow }
  const url = await start([pii({ restore: true })], { models: ['m', 'second'], policies: [trial] })
  await post(url, { model: 'auto', messages: [{ role: 'user', content: `Hi ${EMAIL}` }] })
  await eventually('the copy', () => sent().length === 2)
  for (const body of sent()) expect(body).toContain('Hi [EMAIL_1]')
})

test('a key’s own guards hold beside those of all, and the receipt says what they did', async () => {
  const sha256 = new Uint8Array(createHash('sha256').update('team').digest())
  const key = { name: 'team', sha256, routing: {}, promptFlags: 'off' as const, guards: [pii({ kinds: ['phone'] })] }
  const url = await start([pii({ kinds: ['email'] })], { keys: [key] })
  const authorization = 'Bearer team'
  const body = { model: 'auto', messages: [{ role: 'user', content: `${EMAIL} +442079460958` }] }
  const answered = await post(url, body, { authorization })
  expect(sent()[0]).toContain('[EMAIL_1] [PHONE_1]')
  const receipt = await fetch(`${url}/v1/decisions/${answered.headers.get('x-route-id')}`, {
    headers: { authorization },
  })
  expect(await receipt.json()).toMatchObject({
    guards: [{ guard: 'pii', where: 'request', action: 'redact', kinds: { email: 1, phone: 1 }, count: 2 }],
  })
})

function placed(
  guard: Guard,
  onFailure: 'allow' | 'block',
  timeoutMs = 60_000,
  on: 'request' | 'answer' = 'request',
): PlacedGuard {
  return { guard, on: new Set([on]), action: 'redact', onFailure, timeoutMs, restores: false, allowsUnread: false }
}

const BROKEN: Guard = {
  id: 'broken',
  reads: 'every-string',
  scan() {
    throw new Error('secret detail')
  },
}

test('a guard that throws lets the request pass or not, as it is configured, and the next one still reads it', async () => {
  const url = await start([placed(BROKEN, 'allow'), pii()])
  const answered = await post(url, { model: 'up/m', messages: [{ role: 'user', content: EMAIL }] })
  expect(answered.headers.get('x-route-guards')).toMatch(
    /^broken;where=request;action=failed;count=\d+, pii;.*count=1$/,
  )
  expect(sent()[0]).toContain('[EMAIL_1]')
  await gateway?.close()
  await upstream?.close()
  const other = await start([placed(BROKEN, 'block')])
  const refused = await post(other, { model: 'up/m', messages: HELLO })
  const text = await refused.text()
  expect([refused.status, text]).toEqual([500, expect.stringContaining('guard_failed')])
  expect(text).not.toContain('secret detail')
  expect(sent()).toEqual([])
})

test('a guard that is late has failed', async () => {
  const late: Guard = {
    id: 'late',
    reads: 'every-string',
    scan(text) {
      const until = performance.now() + 20
      while (performance.now() < until);
      return { findings: [], settled: text.length }
    },
  }
  const url = await start([placed(late, 'block', 10)])
  expect((await post(url, { model: 'up/m', messages: HELLO })).status).toBe(500)
})

test('an answer whose guard throws in a stream ends with an error and no [DONE]', async () => {
  const url = await start(
    [placed({ ...BROKEN, scan: throwingAt('boom') }, 'block', 60_000, 'answer')],
    {},
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`${chunk('fine ')}${chunk('boom')}${chunk('', 'stop')}data: [DONE]\n\n`)
    },
  )
  const text = await (await post(url, { model: 'up/m', messages: HELLO, stream: true })).text()
  expect(text).toContain('fine ')
  expect(text).toContain('guard_failed')
  expect(text).not.toContain('boom')
  expect(text).not.toContain('[DONE]')
})

function throwingAt(word: string): Guard['scan'] {
  return (text) => {
    if (String(text).includes(word)) throw new Error(word)
    return { findings: [], settled: text.length }
  }
}

test('a stream of several answers is refused where answers are guarded, and whole ones are all read', async () => {
  const url = await start([pii({ on: ['answer'] })], {}, (response) => {
    const choices = [0, 1].map((index) => ({
      index,
      message: { role: 'assistant', content: EMAIL },
      logprobs: { content: [{ token: 'jane' }] },
      finish_reason: 'stop',
    }))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ ...COMPLETION, choices }))
  })
  const refused = await post(url, { model: 'up/m', messages: HELLO, stream: true, n: 2 })
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { param: 'n' } }])
  const whole = await (await post(url, { model: 'up/m', messages: HELLO, n: 2 })).text()
  expect(whole.match(/\[EMAIL_1\]/g)).toHaveLength(2)
  expect(whole).not.toContain('jane')
})

test('without guards an answer is forwarded byte for byte, and with those of requests alone too', async () => {
  const events = `${chunk('a')}${chunk('b', 'stop')}: comment\n\ndata: [DONE]\n\n`
  const url = await start([pii()], {}, (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(events)
  })
  const body = { model: 'up/m', messages: [{ role: 'user', content: EMAIL }], stream: true }
  expect(await (await post(url, body)).text()).toBe(events)
})
