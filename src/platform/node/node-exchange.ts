import type { IncomingMessage, ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { GatewayError } from '../../core/errors.ts'
import type { Exchange, Headers, Sink } from '../../core/ports.ts'
import { createBatch, SMALL_BYTES } from './batch.ts'

const UNREAD_MS = 60_000

/**
 * An Exchange over Node's own request and response: no web stream in between.
 * A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md.
 */
export class NodeExchange implements Exchange, Sink {
  readonly sink: Sink = this
  private readonly incoming: IncomingMessage
  private readonly outgoing: ServerResponse
  private readonly unreadMs: number
  private hasLeft = false
  private closesAfter = false
  private abortListener: (() => void) | undefined = undefined

  /** `unreadMs`: how long a client may take nothing of an answer that is ended. */
  constructor(incoming: IncomingMessage, outgoing: ServerResponse, unreadMs = UNREAD_MS) {
    this.incoming = incoming
    this.unreadMs = unreadMs
    this.outgoing = outgoing
    outgoing.on('close', () => this.closed())
  }

  header(name: string): string | undefined {
    const value = this.incoming.headers[name]
    return typeof value === 'string' ? value : value?.join(', ')
  }

  readBody(maxBytes: number): Promise<Uint8Array> {
    return readBody(this.incoming, maxBytes)
  }

  onAbort(listener: () => void): void {
    this.abortListener = listener
    if (this.hasLeft) listener()
  }

  isAborted(): boolean {
    return this.hasLeft
  }

  response(): Response {
    return RESPONSE_ALREADY_SENT
  }

  isHeadSent(): boolean {
    return this.outgoing.headersSent
  }

  head(status: number, headers: Headers): void {
    const { outgoing } = this
    if (outgoing.headersSent || outgoing.destroyed) return
    this.closesAfter = headers['connection'] === 'close'
    outgoing.writeHead(status, headers)
  }

  write(chunk: Uint8Array | string): boolean {
    return this.outgoing.destroyed || this.outgoing.write(chunk)
  }

  end(chunk?: Uint8Array | string): void {
    const { incoming, outgoing } = this
    if (outgoing.destroyed) return
    if (!this.closesAfter || incoming.readableEnded) {
      outgoing.end(chunk)
      this.expectReader()
      return
    }
    if (chunk !== undefined) outgoing.write(chunk)
    linger(incoming, () => outgoing.end())
  }

  /** Who takes nothing of what is left would keep it here for ever. Node closes the socket when nothing moves. */
  private expectReader(): void {
    if (this.outgoing.writableLength > 0) this.outgoing.setTimeout(this.unreadMs)
  }

  destroy(): void {
    if (!this.outgoing.writableEnded) this.outgoing.destroy()
  }

  onDrain(listener: () => void): void {
    this.outgoing.once('drain', listener)
  }

  private closed(): void {
    if (this.outgoing.writableFinished || this.hasLeft) return
    this.hasLeft = true
    this.abortListener?.()
  }
}

function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const announced = Number(incoming.headers['content-length'] ?? 0)
    if (announced > maxBytes) {
      reject(tooLarge(maxBytes))
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    let isOver = false
    incoming.on('data', (chunk: Buffer) => {
      if (isOver) return
      size += chunk.length
      if (size > maxBytes) {
        isOver = true
        chunks.length = 0
        reject(tooLarge(maxBytes))
        return
      }
      chunks.push(chunk)
    })
    incoming.on('end', () => {
      isOver = true
      const [only] = chunks
      const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
      if (size > SMALL_BYTES) resolve(body)
      else resolveTogether({ resolve, body })
    })
    const leave = (cause?: unknown): void => {
      if (isOver) return
      isOver = true
      reject(new GatewayError('client_closed_request', 'The client left before its request was complete.', { cause }))
    }
    incoming.on('error', leave)
    incoming.on('close', () => leave())
    // Nothing tells of a client who left before anyone listened.
    if (incoming.destroyed) leave(incoming.errored)
  })
}

type ReadBody = { readonly resolve: (body: Uint8Array) => void; readonly body: Uint8Array }

const resolveTogether = createBatch<ReadBody>(({ resolve, body }) => resolve(body))

const LINGER_MS = 5_000
const LINGER_BYTES = 256 * 1024 * 1024

/**
 * Reads the rest of a refused body into nothing before the connection is closed, within bounds: closing at once would
 * reset it, and the client would never see why it was refused (RFC 9112 §9.6).
 */
function linger(incoming: IncomingMessage, done: () => void): void {
  let bytes = 0
  const timer = setTimeout(finish, LINGER_MS)
  function finish(): void {
    clearTimeout(timer)
    incoming.removeAllListeners('data')
    done()
  }
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > LINGER_BYTES) finish()
  })
  incoming.once('end', finish)
  incoming.once('error', finish)
  incoming.resume()
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'request_too_large',
    `The request body is larger than ${maxBytes} bytes. Send less, or raise server.max_body_bytes in the configuration.`,
    // The rest of the body is not read, so the connection cannot carry another request.
    { headers: { connection: 'close' } },
  )
}
