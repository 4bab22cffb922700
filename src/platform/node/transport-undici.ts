import type { Dispatcher } from 'undici/index.js'
import { Pool } from 'undici/index.js'
import { GatewayError } from '../../core/errors.ts'
import type { Call, Reach, ResponseHandler, ResponseHeaders, Transport } from '../../core/ports.ts'
import { ADDRESS_REFUSED, reachOf } from '../web/reachable.ts'
import { createBatch, SMALL_BYTES } from './batch.ts'
import type { Lookup } from './guarded-connect.ts'
import { guardedConnector } from './guarded-connect.ts'

type TransportOptions = {
  readonly connectMs: number
  /** Sockets to one origin; a request beyond them waits for a free one. */
  readonly maxSocketsPerOrigin: number
  /** In place of the system's, for tests. */
  readonly lookup?: Lookup
}

/**
 * The Transport on Node: one keep-alive pool an origin, undici's handler interface, no `fetch` and no web streams.
 * What arrives within one turn of the event loop is handed on as one chunk.
 * Waiting is bounded by the caller's timers, so undici's own are off.
 */
export function createUndiciTransport(options: TransportOptions): Transport {
  const pools = new Map<string, Pool>()
  let reaches: ReadonlyMap<string, Reach> = new Map()

  function poolFor(origin: string): Pool {
    const known = pools.get(origin)
    if (known !== undefined) return known
    const pool = new Pool(origin, {
      connections: options.maxSocketsPerOrigin,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: 30_000,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: guardedConnector(options.connectMs, reachOf(origin, reaches.get(origin)), options.lookup),
    })
    pools.set(origin, pool)
    return pool
  }

  return {
    send(request, handler) {
      const call = new UndiciCall(request.origin, handler)
      try {
        poolFor(request.origin).dispatch(
          { path: request.path, method: request.method, headers: request.headers, body: request.body ?? null },
          call,
        )
      } catch (cause) {
        call.fail(cause)
      }
      return call
    },
    reach(now) {
      const before = reaches
      reaches = now
      for (const [origin, pool] of pools) {
        if (JSON.stringify(before.get(origin)) === JSON.stringify(now.get(origin))) continue
        // What is under way ends as it began.
        pools.delete(origin)
        void pool.close()
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
    },
  }
}

const ABORTED = new Error('The gateway no longer wants this answer.')

/** A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
class UndiciCall implements Dispatcher.DispatchHandler, Call {
  private readonly origin: string
  private readonly handler: ResponseHandler
  private controller: Dispatcher.DispatchController | undefined = undefined
  private isOver = false
  private isScheduled = false
  private hasEnded = false
  private waitingBytes = 0
  private first: Buffer | undefined = undefined
  /** What came after `first` in the same turn of the event loop. */
  private more: Buffer[] | undefined = undefined

  constructor(origin: string, handler: ResponseHandler) {
    this.origin = origin
    this.handler = handler
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.isOver) controller.abort(ABORTED)
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (this.isOver || status < 200) return
    this.handler.onHead(status, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isOver) return
    if (this.first === undefined) this.first = chunk
    else if (this.more === undefined) this.more = [this.first, chunk]
    else this.more.push(chunk)
    this.waitingBytes += chunk.length
    this.schedule()
  }

  onResponseEnd(): void {
    this.hasEnded = true
    if (this.waitingBytes > SMALL_BYTES) this.deliver()
    else this.schedule()
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    this.fail(cause)
  }

  /** Hands on what has come since the last time. */
  deliver(): void {
    this.isScheduled = false
    this.flush()
    if (this.isOver || !this.hasEnded) return
    this.isOver = true
    this.handler.onEnd()
  }

  fail(cause: unknown): void {
    if (this.isOver) return
    this.flush()
    if (this.isOver) return
    this.isOver = true
    this.handler.onError(transportError(cause, this.origin))
  }

  private schedule(): void {
    if (this.isOver || this.isScheduled) return
    this.isScheduled = true
    deliverTogether(this)
  }

  private flush(): void {
    const { first, more } = this
    if (this.isOver || first === undefined) return
    this.first = undefined
    this.more = undefined
    this.waitingBytes = 0
    this.handler.onData(more === undefined ? first : Buffer.concat(more))
  }

  abort(): void {
    this.isOver = true
    this.controller?.abort(ABORTED)
  }

  pause(): void {
    this.controller?.pause()
  }

  resume(): void {
    this.controller?.resume()
  }
}

const deliverTogether = createBatch<UndiciCall>((call) => call.deliver())

function transportError(cause: unknown, origin: string): GatewayError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const detail = { origin, code, cause: cause instanceof Error ? cause.message : String(cause) }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new GatewayError('upstream_timeout', 'The model did not accept a connection in time.', { detail, cause })
  }
  if (code === ADDRESS_REFUSED) {
    return new GatewayError('upstream_address_refused', 'The model is at an address to which nothing is sent.', {
      detail,
      cause,
    })
  }
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new GatewayError('upstream_malformed', 'The model answered with something that is not HTTP.', {
      detail,
      cause,
    })
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return new GatewayError('internal_error', 'The request to the model could not be built.', { detail, cause })
  }
  return new GatewayError('upstream_unreachable', 'The model could not be reached, or closed the connection.', {
    detail,
    cause,
  })
}
