import type { Dispatcher } from 'undici'
import { Pool } from 'undici'
import { GatewayError } from '../../core/errors.ts'
import type { Call, HttpRequest, ResponseHandler, Transport } from '../../core/ports.ts'

type TransportOptions = {
  readonly connectMs: number
  /** Sockets to one origin; a request beyond them waits for a free one. */
  readonly maxSocketsPerOrigin: number
}

/**
 * The Transport on Node: one keep-alive pool an origin, undici's handler interface, no `fetch` and no web streams.
 * What arrives within one turn of the event loop is handed on as one chunk.
 * Waiting is bounded by the caller's timers, so undici's own are off.
 */
export function createUndiciTransport(options: TransportOptions): Transport {
  const pools = new Map<string, Pool>()

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
      connect: { timeout: options.connectMs },
    })
    pools.set(origin, pool)
    return pool
  }

  return {
    send(request, handler) {
      const handlers = createHandlers(request, handler)
      try {
        poolFor(request.origin).dispatch(
          { path: request.path, method: request.method, headers: request.headers, body: request.body ?? null },
          handlers,
        )
      } catch (cause) {
        handlers.fail(cause)
      }
      return handlers
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
    },
  }
}

const ABORTED = new Error('The gateway no longer wants this answer.')

function createHandlers(
  request: HttpRequest,
  handler: ResponseHandler,
): Dispatcher.DispatchHandler & Call & { fail(cause: unknown): void } {
  let controller: Dispatcher.DispatchController | undefined
  let isOver = false
  let isFlushScheduled = false
  let announcedBytes = -1
  let pending: Buffer[] = []

  function flush(): void {
    isFlushScheduled = false
    if (isOver || pending.length === 0) return
    const chunks = pending
    pending = []
    const [only] = chunks
    handler.onData(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks))
  }

  function fail(cause: unknown): void {
    if (isOver) return
    flush()
    if (isOver) return
    isOver = true
    handler.onError(transportError(cause, request))
  }

  return {
    onRequestStart(started) {
      controller = started
      if (isOver) started.abort(ABORTED)
    },
    onResponseStart(_controller, status, headers) {
      if (isOver || status < 200) return
      announcedBytes = Number(headers['content-length'] ?? -1)
      handler.onHead(status, headers)
    },
    onResponseData(_controller, chunk) {
      if (isOver) return
      pending.push(chunk)
      // The end of a body that came in one piece follows at once, and hands it on.
      if (isFlushScheduled || chunk.length === announcedBytes) return
      isFlushScheduled = true
      process.nextTick(flush)
    },
    onResponseEnd() {
      flush()
      if (isOver) return
      isOver = true
      handler.onEnd()
    },
    onResponseError(_controller, cause) {
      fail(cause)
    },
    fail,
    abort() {
      isOver = true
      controller?.abort(ABORTED)
    },
    pause: () => controller?.pause(),
    resume: () => controller?.resume(),
  }
}

function transportError(cause: unknown, request: HttpRequest): GatewayError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const detail = { origin: request.origin, code, cause: cause instanceof Error ? cause.message : String(cause) }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new GatewayError('upstream_timeout', 'The model did not accept a connection in time.', { detail, cause })
  }
  if (code.startsWith('HPE_')) {
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
