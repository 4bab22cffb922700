import { afterAll, beforeAll, expect, test } from 'vitest'
import { MemoryExchange } from '../../src/memory-exchange.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { providers } from '../../src/providers/index.ts'
import { eventually, startGateway } from '../flow/start-gateway.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

/** Notes what reaches the client, in its order. */
class NotedExchange extends MemoryExchange {
  readonly notes: string[]

  constructor(body: unknown, notes: string[]) {
    super(new TextEncoder().encode(JSON.stringify(body)), new AbortController().signal)
    this.notes = notes
  }

  override write(chunk: Uint8Array | string): boolean {
    const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
    this.notes.push(text.includes('[DONE]') ? 'last words' : 'words')
    return true
  }

  override end(chunk?: Uint8Array | string): void {
    if (chunk !== undefined) this.write(chunk)
    this.notes.push('end')
  }
}

const MESSAGES = [{ role: 'user', content: 'Hello' }]

test.each([
  ['streamed as it comes', 'up/tokens=5', true],
  ['streamed and translated', 'claude/tokens=5', true],
  ['in one piece', 'up/tokens=5', false],
  ['in one piece and translated', 'claude/tokens=5', false],
  ['cut off', 'up/cut@3', true],
])('an answer %s is written down before its end reaches the client', async (_how, model, stream) => {
  const notes: string[] = []
  const anthropic = providers.get('anthropic')
  if (anthropic === undefined) throw new Error('no provider')
  const gateway = await startGateway({
    models: ['tokens=5', 'cut@3'],
    upstream: `${simulator.url}/v1`,
    more: { claude: { upstream: `${simulator.url}/v1`, provider: anthropic, models: ['tokens=5'] } },
    ledger: {
      append: (records) => void notes.push(...records.map(({ outcome }) => `kept ${outcome}`)),
      spentSince: () => 0,
      close: () => undefined,
    },
  })
  const exchange = new NotedExchange({ model, stream, messages: MESSAGES }, notes)
  expect(gateway.gateway.serveDirectly('POST', '/v1/chat/completions', exchange)).toBe(true)
  await eventually('the end of the answer', () => notes.includes('end'))
  const isCut = model.includes('cut')
  const kept = notes.indexOf(isCut ? 'kept stream_interrupted' : 'kept complete')
  expect(kept).toBeGreaterThanOrEqual(0)
  expect(kept).toBeLessThan(notes.indexOf('end'))
  if (stream && !isCut) expect(kept).toBeLessThan(notes.indexOf('last words'))
  if (!stream) expect(kept).toBeLessThan(notes.indexOf('words'))
  expect(notes.filter((note) => note.startsWith('kept'))).toHaveLength(1)
  await gateway.close()
})

test('the last words of an upstream that does not end its answer are kept back for a moment only', async () => {
  const notes: string[] = []
  const { createServer } = await import('node:http')
  const upstream = createServer((_request, response) => {
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
    const text = { ...chunk, choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] }
    const stop = { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: ${JSON.stringify(text)}\n\ndata: ${JSON.stringify(stop)}\n\n`)
    response.write('data: [DONE]\n\n')
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const address = upstream.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const gateway = await startGateway({
    models: ['m'],
    upstream: `http://127.0.0.1:${port}/v1`,
    ledger: { append: () => void notes.push('kept'), spentSince: () => 0, close: () => undefined },
  })
  const exchange = new NotedExchange({ model: 'up/m', stream: true, messages: MESSAGES }, notes)
  gateway.gateway.serveDirectly('POST', '/v1/chat/completions', exchange)
  await eventually('the last words', () => notes.includes('last words'))
  expect(notes).not.toContain('end')
  await gateway.close()
  upstream.closeAllConnections()
  upstream.close()
})
