import type { IncomingMessage, ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { GatewayError } from '../../core/errors.ts'
import type { Exchange, Sink } from '../../core/ports.ts'

/**
 * An Exchange over Node's own request and response: no web stream in between.
 * Methods, not getters: a getter in a literal gives every object a hidden class of its own, which fills the old
 * generation and tripled the garbage collector's work.
 */
export function createNodeExchange(incoming: IncomingMessage, outgoing: ServerResponse): Exchange {
  let isAborted = false
  let abortListener: (() => void) | undefined

  outgoing.on('close', () => {
    if (outgoing.writableFinished || isAborted) return
    isAborted = true
    abortListener?.()
  })

  return {
    readBody: (maxBytes) => readBody(incoming, maxBytes),
    sink: createNodeSink(incoming, outgoing),
    onAbort(listener) {
      abortListener = listener
      if (isAborted) listener()
    },
    isAborted: () => isAborted,
    response: () => RESPONSE_ALREADY_SENT,
  }
}

function createNodeSink(incoming: IncomingMessage, outgoing: ServerResponse): Sink {
  let closesAfter = false
  return {
    isHeadSent: () => outgoing.headersSent,
    head(status, headers) {
      if (outgoing.headersSent || outgoing.destroyed) return
      closesAfter = headers['connection'] === 'close'
      outgoing.writeHead(status, headers)
    },
    write: (chunk) => outgoing.destroyed || outgoing.write(chunk),
    end(chunk) {
      if (outgoing.destroyed) return
      if (!closesAfter || incoming.readableEnded) {
        outgoing.end(chunk)
        return
      }
      if (chunk !== undefined) outgoing.write(chunk)
      linger(incoming, () => outgoing.end())
    },
    destroy() {
      outgoing.destroy()
    },
    onDrain(listener) {
      outgoing.once('drain', listener)
    },
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
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks))
    })
    incoming.on('error', (cause) => {
      if (isOver) return
      isOver = true
      reject(new GatewayError('client_closed_request', 'The client left before its request was complete.', { cause }))
    })
  })
}

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
