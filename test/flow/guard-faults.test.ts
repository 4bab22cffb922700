import { afterEach, describe, expect, test } from 'vitest'
import type { Guard, PlacedGuard } from '../../src/core/guard.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import type { ClientFormat } from './guarded-call.ts'
import { CLIENT_FORMATS, callAs, PROVIDERS, requestOf, saying, startModel } from './guarded-call.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// A guard of an answer that throws or is late, in every format of a client.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const SAID = 'This much is fine, boom and the rest'

const THROWS: Guard['scan'] = (text) => {
  if (String(text).includes('boom')) throw new Error('a word of the answer')
  return { findings: [], settled: text.length }
}

const IS_LATE: Guard['scan'] = (text) => {
  const until = performance.now() + 20
  while (String(text).includes('boom') && performance.now() < until);
  return { findings: [], settled: text.length }
}

function failing(scan: Guard['scan'], onFailure: 'allow' | 'block'): PlacedGuard {
  const guard: Guard = { id: 'broken', reads: 'every-string', scan }
  return {
    guard,
    on: new Set(['answer']),
    action: 'redact',
    onFailure,
    timeoutMs: 10,
    restores: false,
    allowsUnread: false,
  }
}

async function start(spoken: ClientFormat, guard: PlacedGuard): Promise<string> {
  const answer: readonly StreamPart[] = saying(SAID, 5)
  upstream = await startModel(spoken, () => answer)
  gateway = await startGateway({
    models: ['m'],
    upstream: upstream.url,
    provider: PROVIDERS[spoken],
    format: spoken,
    guards: [guard],
  })
  return gateway.url
}

// What ends a stream well, in each format.
const TERMINATORS: Readonly<Record<ClientFormat, string>> = {
  'openai-chat': '[DONE]',
  'openai-responses': 'response.completed',
  'anthropic-messages': 'message_stop',
  'gemini-generate': '"finishReason"',
}

const CASES = CLIENT_FORMATS.flatMap((client) =>
  (['throws', 'is late'] as const).map((how) => [client, how, how === 'throws' ? THROWS : IS_LATE] as const),
)

describe.each(CASES)('a client of %s, a guard that %s', (client, _, scan) => {
  test.each([false, true])('lets the answer pass where that is allowed, streamed: %s', async (stream) => {
    const url = await start(client, failing(scan, 'allow'))
    const answered = await callAs(client, url, 'Hi', { stream })
    expect([answered.status, answered.text, answered.finish]).toEqual([200, SAID, 'stop'])
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain('thalamus_guard_total{guard="broken",action="failed"}')
  })

  test('ends a whole answer with an error', async () => {
    const url = await start(client, failing(scan, 'block'))
    const answered = await callAs(client, url, 'Hi', { stream: false })
    expect([answered.status, answered.raw]).toEqual([500, expect.stringContaining('nothing passes it unseen')])
    expect(answered.raw).not.toMatch(/boom|a word of/)
    expect(upstream?.requests).toHaveLength(1)
  })

  test('ends a stream with an error and not as if it were whole', async () => {
    const url = await start(client, failing(scan, 'block'))
    const { status, raw } = await callRaw(client, url)
    expect([status, raw]).toEqual([200, expect.stringContaining('nothing passes it unseen')])
    expect(raw).toContain('This')
    expect(raw).not.toMatch(/boom|a word of/)
    expect(raw).not.toContain(TERMINATORS[client])
    expect(upstream?.requests).toHaveLength(1)
  })
})

async function callRaw(client: ClientFormat, url: string): Promise<{ status: number; raw: string }> {
  const { path, body } = requestOf(client, 'Hi', true)
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, raw: await response.text() }
}
