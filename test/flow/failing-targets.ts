import type { ServerResponse } from 'node:http'
import { afterEach, beforeAll } from 'vitest'
import { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, startGateway } from './start-gateway.ts'

/** Gateways and upstreams of a file of tests, closed after each of them. */
export function failingTargets() {
  let simulator: Awaited<ReturnType<typeof startSimulator>>
  const running: { close(): Promise<void> }[] = []

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0 })
    return () => simulator.close()
  })

  afterEach(async () => {
    for (const one of running.splice(0).toReversed()) await one.close()
  })

  return {
    running,
    async start(options: Partial<Parameters<typeof startGateway>[0]>): Promise<TestGateway> {
      const gateway = await startGateway({ models: ['ok'], upstream: `${simulator.url}/v1`, ...options })
      running.push(gateway)
      return gateway
    },
    /** An upstream of the test's own; `m` of the n-th request. */
    async startUpstream(answer: (response: ServerResponse, model: string, count: number) => void) {
      let count = 0
      const upstream = await startCaptureUpstream((response, { body }) => {
        count += 1
        answer(response, JSON.parse(body.toString()).model, count)
      })
      running.push(upstream)
      return upstream
    },
  }
}

export function asking(models: readonly string[], more: object = {}) {
  return { model: 'auto', messages: HELLO, routing: { models: models.map((model) => `up/${model}`) }, ...more }
}

export function refuse(
  response: ServerResponse,
  status: number,
  error: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ error }))
}

export function answerWhole(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(COMPLETION))
}

export function attemptsOf(response: Response): string[] {
  return (response.headers.get('x-route-attempts') ?? '')
    .split(', ')
    .map((attempt) => attempt.replace(/;ms=\d+/, '').replace('outcome=', ''))
}

export type Refused = { readonly error: { readonly code: string; readonly message: string } }

export const QUICK = { ...DISPATCH_DEFAULTS.breaker, failures: 2, restMs: 60_000, maxRestMs: 60_000 }

export const FORMATS = [
  { format: 'its own', path: '/v1/chat/completions', body: { stream: true } },
  { format: 'another', path: '/v1/messages', body: { stream: true, max_tokens: 50 } },
]
