import { afterEach, describe, expect, test } from 'vitest'
import type { PlacedGuard } from '../../src/core/guard.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import type { ClientFormat } from './guarded-call.ts'
import { CLIENT_FORMATS, callAs, calling, PROVIDERS, pii, saying, startModel } from './guarded-call.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined
let answer: readonly StreamPart[] = []

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

async function start(spoken: ClientFormat, guards: readonly PlacedGuard[]): Promise<string> {
  upstream = await startModel(spoken, () => answer)
  gateway = await startGateway({
    models: ['m'],
    upstream: upstream.url,
    provider: PROVIDERS[spoken],
    format: spoken,
    guards,
  })
  return gateway.url
}

const sent = (): string => upstream?.requests.map(({ body }) => body.toString()).join('\n') ?? ''
const metrics = async (): Promise<string> => (await fetch(`${gateway?.url}/metrics`)).text()

const EMAIL = 'jane@example.org'
const CARD = '4111 1111 1111 1111'
const PROMPT = `Write to ${EMAIL} about ${CARD}, then to ${EMAIL} again.`

const PAIRS = CLIENT_FORMATS.flatMap((client) => CLIENT_FORMATS.map((spoken) => [client, spoken] as const))

describe.each(PAIRS)('a client of %s, a model of %s', (client, spoken) => {
  test.each([false, true])(
    'the model sees placeholders and the caller his own words again, streamed: %s',
    async (stream) => {
      const url = await start(spoken, [pii({ restore: true })])
      for (const size of stream ? [1, 2, 3, 7, 1_000] : [1_000]) {
        answer = saying('Wrote to [EMAIL_1] about [CARD_1], not [EMAIL_2] or [x].', size)
        const answered = await callAs(client, url, PROMPT, { stream })
        expect(answered.text, `${size}`).toBe(`Wrote to ${EMAIL} about ${CARD}, not [EMAIL_2] or [x].`)
        expect(answered.headers.get('x-route-guards')).toBe('pii;where=request;action=redact;count=3')
      }
      expect(sent()).toContain('Write to [EMAIL_1] about [CARD_1], then to [EMAIL_1] again.')
      expect(sent()).not.toContain('jane')
      expect(sent()).not.toContain('4111')
    },
  )

  test.each([false, true])('arguments of calls have the words again, as JSON, streamed: %s', async (stream) => {
    const url = await start(spoken, [pii({ restore: true })])
    const key = '-----BEGIN PRIVATE KEY-----\nabc"d\n-----END PRIVATE KEY-----'
    for (const size of stream ? [1, 4, 1_000] : [1_000]) {
      answer = calling('{"to":"[EMAIL_1]","key":"[SECRET_1]"}', size)
      const answered = await callAs(client, url, `${EMAIL} ${key}`, { stream })
      expect(JSON.parse(answered.argumentsText)).toEqual({ to: EMAIL, key })
    }
  })

  test.each([false, true])(
    'words come back into JSON inside of the strings of arguments, streamed: %s',
    async (stream) => {
      const url = await start(spoken, [pii({ restore: true })])
      const key = '-----BEGIN PRIVATE KEY-----\nabc"d\n-----END PRIVATE KEY-----'
      const argumentsOf = (secret: string) => ({
        file: JSON.stringify({ 'the "key"': secret, deeper: JSON.stringify([1, { secret }]) }, null, 2),
        note: `he said "${secret}"`,
      })
      for (const size of stream ? [1, 5, 1_000] : [1_000]) {
        answer = calling(JSON.stringify(argumentsOf('[SECRET_1]')), size)
        const answered = await callAs(client, url, key, { stream })
        expect(JSON.parse(answered.argumentsText)).toEqual(argumentsOf(key))
      }
    },
  )

  test.each([false, true])(
    'the caller gets back what he said and not what the model said, streamed: %s',
    async (stream) => {
      const url = await start(spoken, [pii({ on: ['request', 'answer'], restore: true })])
      answer = saying('Not [EMAIL_1] but joe@example.org.', 2)
      expect((await callAs(client, url, EMAIL, { stream })).text).toBe(`Not ${EMAIL} but [EMAIL_2].`)
    },
  )

  test.each([false, true])('what the model says is redacted wherever it was cut, streamed: %s', async (stream) => {
    const url = await start(spoken, [pii({ on: ['answer'] })])
    for (const size of stream ? [1, 2, 3, 7, 1_000] : [1_000]) {
      answer = saying(`Mail ${EMAIL}, card ${CARD}. Bye`, size)
      expect((await callAs(client, url, 'Hi', { stream })).text, `${size}`).toBe('Mail [EMAIL_1], card [CARD_1]. Bye')
    }
    answer = calling(`{"to":"x\\njane@example.org","card":4111111111111111}`, 3)
    const called = await callAs(client, url, 'Hi', { stream })
    expect(JSON.parse(called.argumentsText)).toEqual({ to: 'x\n[EMAIL_1]', card: '[CARD_1]' })
  })

  test('a whole answer that is blocked is an error in the client’s format, and paid for', async () => {
    const url = await start(spoken, [pii({ on: ['answer'], action: 'block' })])
    answer = saying(`Mail ${EMAIL}`)
    const answered = await callAs(client, url, 'Hi', { stream: false })
    expect([answered.status, answered.raw]).toEqual([403, expect.stringContaining('does not let this answer pass')])
    expect(answered.raw).not.toContain('jane')
    expect(upstream?.requests).toHaveLength(1)
    expect(await metrics()).toMatch(/thalamus_cost_usd_total\{model="up\/m",key="local"\} 0\.0000/)
  })

  test('a stream that is blocked ends as one that a content filter stopped', async () => {
    const url = await start(spoken, [pii({ on: ['answer'], action: 'block' })])
    answer = saying(`This much is fine. Mail ${EMAIL} now`, 3)
    const answered = await callAs(client, url, 'Hi', { stream: true })
    expect(answered.status).toBe(200)
    expect(answered.text).toMatch(/^This much is fine\. Mail ?$/)
    expect(answered.finish).toBe('content-filter')
    await eventually('the log', () => gateway?.log.some((line) => line['outcome'] === 'answer_blocked') === true)
  })

  test('a request that is blocked reaches no model', async () => {
    const url = await start(spoken, [pii({ action: 'block' })])
    const answered = await callAs(client, url, PROMPT, { stream: false })
    expect([answered.status, answered.raw]).toEqual([
      400,
      expect.stringContaining('does not let this request pass (email)'),
    ])
    expect(answered.headers.get('x-route-guards')).toBe('pii;where=request;action=block;count=1')
    expect(upstream?.requests).toEqual([])
    expect(await metrics()).toContain('thalamus_guard_total{guard="pii",action="block"} 1')
  })
})
