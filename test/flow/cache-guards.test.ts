import { afterEach, expect, test } from 'vitest'
import type { PlacedGuard } from '../../src/core/guard.ts'
import { CACHE, question, send } from './ask-twice.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { pii, saying, startModel } from './guarded-call.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

async function start(guard: PlacedGuard): Promise<(email: string) => ReturnType<typeof send>> {
  upstream = await startModel('openai-chat', () => saying('Wrote to [EMAIL_1].'))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, guards: [guard], cache: CACHE })
  const { url } = gateway
  return (email) => send(url, question('openai-chat', 'up/m', { text: `Write to ${email}.` }))
}

test('nobody gets what was put back into the answer of another, though both requests are one without it', async () => {
  const ask = await start(pii({ restore: true }))
  expect((await ask('jane@example.org')).text).toContain('Wrote to jane@example.org.')
  const other = await ask('john@example.org')
  expect(other.text).toContain('Wrote to john@example.org.')
  expect(other.cache).toBeNull()
})

test('where nothing is put back they are one request, and the hit says what was redacted', async () => {
  const ask = await start(pii())
  expect((await ask('jane@example.org')).cache).toBe('miss')
  const other = await ask('john@example.org')
  expect([other.cache, other.headers.get('x-route-guards')]).toEqual(['hit', 'pii;where=request;action=redact;count=1'])
})
