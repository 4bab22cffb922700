import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createServer } from 'node:http'

export type Captured = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type CaptureUpstream = {
  /** Base URL with `/v1`. */
  readonly url: string
  readonly requests: Captured[]
  /** Connections whose request was cut by the gateway. */
  readonly closed: () => number
  close(): Promise<void>
}

/** A real HTTP server that keeps what it was sent and lets the test write the answer by hand. */
export async function startCaptureUpstream(
  answer: (response: ServerResponse, captured: Captured) => void,
): Promise<CaptureUpstream> {
  const requests: Captured[] = []
  let closed = 0
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) closed += 1
    })
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const captured = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks),
      }
      requests.push(captured)
      answer(outgoing, captured)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    closed: () => closed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** An answer of Messages. */
export const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hello there' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
}

export const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}

/** One stream event with `content` as its delta. */
export function chunk(content: string, finish: string | null = null): string {
  const choice = { index: 0, delta: { content }, finish_reason: finish }
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice] })}\n\n`
}
