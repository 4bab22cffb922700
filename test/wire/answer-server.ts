import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:http'

export type Answer = { readonly status: number; readonly contentType: string; readonly body: string | Uint8Array }

export type AnswerServer = {
  /** Without a path. */
  readonly url: string
  /** What the next requests are answered with. */
  answer: Answer
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[]
  close(): Promise<void>
}

/** A real HTTP server for a provider's own SDK to talk to: answers all requests alike and keeps them. */
export async function startAnswerServer(): Promise<AnswerServer> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { url, headers } = incoming
      started.requests.push({ path: url ?? '', headers, body: Buffer.concat(chunks).toString() })
      const { status, contentType, body } = started.answer
      outgoing.writeHead(status, { 'content-type': contentType })
      outgoing.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const started: AnswerServer = {
    url: `http://127.0.0.1:${port}`,
    answer: { status: 500, contentType: 'text/plain', body: '' },
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return started
}
