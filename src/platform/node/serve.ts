import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createSecureServer, Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { GatewayError } from '../../core/errors.ts'
import type { Exchange } from '../../core/ports.ts'
import type { ServerTls } from '../../core/snapshot.ts'
import type { Gateway } from '../../gateway.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { NodeExchange } from './node-exchange.ts'

export type RunningServer = {
  readonly url: string
  readonly port: number
  /**
   * New connections get this certificate; those that are open keep theirs. Does nothing where http is served. False where the
   * runtime's server cannot be given another one (Bun 1.4), and it is another.
   */
  secure(tls: ServerTls | undefined): boolean
  /**
   * Stops accepting, lets answers under way finish for `graceMs`, ends those that are left with an error, and closes.
   * Before it stops accepting it serves on for `delayMs`, with readiness turned: for balancers to look away.
   */
  close(graceMs?: number, delayMs?: number): Promise<void>
}

type ListenOptions = { readonly host: string; readonly port: number; readonly tls?: ServerTls | undefined }

const DEFAULT_GRACE_MS = 10_000
/** How long the last words of a call may take to its client. */
const LAST_WORDS_MS = 1_000
const SWEEP_MS = 50
const ANSWER_READ_MS = 2_000
const MAX_HEADER_BYTES = 16_384

/** Serves the gateway over HTTP/1.1, or that over TLS. Rejects with the system's error when the address cannot be had. */
export async function serve(gateway: Gateway, options: ListenOptions): Promise<RunningServer> {
  const exchanges = new WeakMap<object, Exchange>()
  const listener = getRequestListener(
    (request, { incoming }) => {
      const exchange = exchanges.get(incoming)
      if (exchange === undefined) throw new Error('A request without its exchange.')
      return gateway.fetch(request, { exchange, target: incoming.url ?? '' })
    },
    {
      errorHandler: () =>
        errorResponse(new GatewayError('invalid_http', 'The request line or the host header is not valid.')),
    },
  )
  let isDraining = false
  const server = createFor(options.tls, (incoming, outgoing) => {
    if (isDraining) outgoing.shouldKeepAlive = false
    const exchange = new NodeExchange(incoming, outgoing)
    if (gateway.serveDirectly(incoming.method ?? '', incoming.url ?? '', exchange)) return
    exchanges.set(incoming, exchange)
    void listener(incoming, outgoing)
  })
  server.keepAliveTimeout = 75_000
  server.on('clientError', answerClientError)
  const port = await listen(server, options)
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    secure(tls) {
      if (tls === undefined || !(server instanceof SecureServer)) return true
      if (typeof server.setSecureContext !== 'function') return JSON.stringify(tls) === JSON.stringify(options.tls)
      server.setSecureContext(secureContext(tls))
      return true
    },
    async close(graceMs = DEFAULT_GRACE_MS, delayMs = 0) {
      isDraining = true
      gateway.drain()
      if (delayMs > 0) await sleep(delayMs)
      await close(server, graceMs, gateway.endCalls)
    },
  }
}

const LIMITS = {
  maxHeaderSize: MAX_HEADER_BYTES,
  requestTimeout: 120_000,
  headersTimeout: 30_000,
  // How late a request that is too slow may be noticed; half a minute by default.
  connectionsCheckingInterval: 5_000,
}

function createFor(tls: ServerTls | undefined, answer: RequestListener): Server {
  if (tls === undefined) return createServer(LIMITS, answer)
  const asksClients = tls.clientCa !== undefined
  const options = { ...LIMITS, ...secureContext(tls), requestCert: asksClients, rejectUnauthorized: asksClients }
  return createSecureServer(options, answer)
}

function secureContext({ cert, key, clientCa }: ServerTls) {
  return { cert, key, minVersion: 'TLSv1.2' as const, ...(clientCa === undefined ? {} : { ca: clientCa }) }
}

function listen(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, 2_048, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : options.port)
    })
  })
}

function close(server: Server, graceMs: number, endCalls: () => void): Promise<void> {
  return new Promise((resolve) => {
    let force = setTimeout(() => {
      endCalls()
      force = setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS)
    }, graceMs)
    // A connection whose answer ends now is idle, not closed: its client would keep it for the next request.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
    server.close(() => {
      clearTimeout(force)
      clearInterval(sweep)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** What Node's own parser refuses: it gets an answer in the API's error shape, not a bare status line. */
function answerClientError(cause: Error & { readonly code?: string }, socket: Duplex): void {
  // What is no TLS, or has not the certificate that is asked for, reads no HTTP.
  const isUnsecured = /^ERR_(?:SSL|TLS)_/.test(cause.code ?? '')
  if (isUnsecured || cause.code === 'ECONNRESET' || !socket.writable || hasAnswered(socket)) {
    socket.destroy()
    return
  }
  const error = clientError(cause.code)
  const body = JSON.stringify(openaiChat.writeError(error))
  const length = Buffer.byteLength(body)
  // What is still on the way is read into nothing: closing over unread data would reset the connection and lose the answer.
  socket.removeAllListeners('data')
  socket.on('data', () => undefined)
  socket.resume()
  setTimeout(() => socket.destroy(), ANSWER_READ_MS).unref()
  socket.end(
    `HTTP/1.1 ${error.status} ${REASONS[error.status] ?? 'Bad Request'}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${body}`,
  )
}

const REASONS: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

function clientError(code: string | undefined): GatewayError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new GatewayError(
      'headers_too_large',
      `The request headers are larger than ${MAX_HEADER_BYTES} bytes. Send fewer or shorter headers.`,
    )
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new GatewayError('request_timeout', 'The request was not complete in time. Send it again without pausing.')
  }
  return new GatewayError('invalid_http', 'The request is not valid HTTP/1.1.')
}

/** A response may be on this socket already; a second status line in it would be read as its body. */
function hasAnswered(socket: Duplex): boolean {
  const { _httpMessage: message } = socket as Socket & { readonly _httpMessage?: { readonly headersSent: boolean } }
  return message?.headersSent === true
}

function errorResponse(error: GatewayError): Response {
  return Response.json(openaiChat.writeError(error), { status: error.status })
}
