import type { ClientRequest, IncomingMessage } from 'node:http'
import { Agent, request } from 'node:http'

/** Everything of one answer, and how its connection ended. */
export type Received = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** The response ended as HTTP says it must; false where the connection broke. */
  readonly isWhole: boolean
}

export type OpenCall = {
  /** Resolves with the head of the answer, or when there will be none. */
  readonly begun: Promise<void>
  readonly ended: Promise<Received>
  leave(): void
}

/** As many sockets as there are calls, as of that many clients. */
export function createClients(): Agent {
  return new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
}

/** One call over a socket of `agent`. Neither promise rejects: a broken connection has the status 0. */
export function openCall(
  url: string,
  body: unknown,
  options: { readonly agent?: Agent; readonly headers?: Readonly<Record<string, string>> } = {},
): OpenCall {
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<Received>()
  const broken = (): void => {
    begun.resolve()
    ended.resolve({ status: 0, headers: {}, body: '', isWhole: false })
  }
  const sent: ClientRequest = request(
    url,
    { method: 'POST', agent: options.agent, headers: { 'content-type': 'application/json', ...options.headers } },
    (incoming) => {
      let text = ''
      begun.resolve()
      incoming.setEncoding('utf8')
      incoming.on('data', (chunk: string) => {
        text += chunk
      })
      const over = (isWhole: boolean): void =>
        ended.resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text, isWhole })
      incoming.on('end', () => over(incoming.complete))
      incoming.on('error', () => over(false))
    },
  )
  sent.on('error', broken)
  sent.end(JSON.stringify(body))
  return { begun: begun.promise, ended: ended.promise, leave: () => void sent.destroy() }
}
