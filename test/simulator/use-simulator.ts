import { Pool } from 'undici'
import { afterAll, beforeAll, expect } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

/** What a test file needs of a running simulator of its own. */
export type TestSimulator = { readonly simulator: RunningSimulator; readonly pool: Pool }

/** Starts a simulator before the file's tests and closes it after them. */
export function useSimulator(): TestSimulator {
  const running: { simulator?: RunningSimulator; pool?: Pool } = {}
  beforeAll(async () => {
    running.simulator = await startSimulator({ port: 0, maxBodyBytes: 2_000_000 })
    running.pool = new Pool(running.simulator.url, { connections: 16 })
  })
  afterAll(async () => {
    await running.pool?.destroy()
    await running.simulator?.close()
  })
  // Read by tests only, which run after `beforeAll`.
  return running as TestSimulator
}

export const messages = [{ role: 'user', content: 'hello' }]

export type Received = {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** Why the body did not end as it should. */
  readonly failure: string | undefined
}

/** One call, read to its end or to the failure of its connection. */
export async function ask({ pool }: TestSimulator, model: string, more: object = {}): Promise<Received> {
  const body = JSON.stringify({ model, messages, ...more })
  const response = await pool.request({ method: 'POST', path: '/v1/chat/completions', body })
  const chunks: Buffer[] = []
  let failure: string | undefined
  try {
    for await (const chunk of response.body) chunks.push(chunk as Buffer)
  } catch (cause) {
    failure = String(cause)
  }
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString(), failure }
}

export const streamed = { stream: true }

/** The payloads of a stream's events. */
export function events(received: Received): string[] {
  const frames = received.text.split('\n\n')
  expect(frames.at(-1)).toBe('')
  return frames.slice(0, -1).map((frame) => frame.replace(/^data: /, ''))
}

export function parsed(received: Received) {
  return events(received)
    .filter((event) => event !== '[DONE]')
    .map((event) => JSON.parse(event))
}

export function contentTokens(received: Received): number {
  return parsed(received).filter((event) => (event.choices?.[0]?.delta.content ?? '') !== '').length
}

/** Waits for something that a closing socket is about to make true. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 100_000; turn += 1) {
    if (condition()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`It did not happen: ${what}`)
}
