import type { ServerResponse } from 'node:http'
import { afterEach } from 'vitest'
import type { Captured, CaptureUpstream } from '../flow/capture-upstream.ts'
import { startCaptureUpstream } from '../flow/capture-upstream.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { startGateway } from '../flow/start-gateway.ts'

type Answer = (response: ServerResponse, model: string, captured: Captured) => void

/** Gateways before upstreams of the test's own, closed when a test ends. */
export function gatewaysOfTest() {
  const running: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of running.splice(0).toReversed()) await one.close()
  })

  async function upstream(answer: Answer): Promise<CaptureUpstream> {
    const started = await startCaptureUpstream((response, captured) => {
      const { model = '' } = JSON.parse(captured.body.toString() || '{}')
      answer(response, model, captured)
    })
    running.push(started)
    return started
  }

  async function gateway(options: Parameters<typeof startGateway>[0]): Promise<TestGateway> {
    const started = await startGateway(options)
    running.push(started)
    return started
  }

  return { upstream, gateway }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Begins a stream; the test writes and ends it. */
export function stream(response: ServerResponse, ...frames: readonly string[]): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const frame of frames) response.write(frame)
  return response
}

/** An event with its type as its name, as Messages and Responses send them. */
export function named(event: { readonly type: string; readonly [member: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

/** The JSON of each event of a stream. */
export function eventsOf(text: string): Record<string, unknown>[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)))
}

/** What each try came to: `up/a;upstream_error`. */
export function attemptsOf(response: Response): string[] {
  return (response.headers.get('x-route-attempts') ?? '')
    .split(', ')
    .map((attempt) => attempt.replace(/;ms=\d+/, '').replace('outcome=', ''))
}

/** Asks as a client of Messages. */
export function messages(url: string, body: object): Promise<Response> {
  return fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ max_tokens: 2_000, ...body }),
  })
}
