import { GatewayError } from '../../core/errors.ts'
import type { Call, HttpRequest, Reach, ResponseHandler, ResponseHeaders, Transport } from '../../core/ports.ts'
import { ADDRESS_REFUSED, reachOf, refusedName } from './reachable.ts'

type FetchTransportOptions = {
  /** Content codings that this runtime’s `fetch` takes off by itself. */
  readonly decodes: readonly string[]
}

/**
 * The Transport where there is `fetch` and no socket. It does not say what a name resolves to, so that names are judged as they
 * stand: addresses where no upstream is are refused, whoever they belong to by another name is the runtime's to know.
 * Client certificates and authorities of one's own have no place in it.
 */
export function createFetchTransport({ decodes }: FetchTransportOptions): Transport {
  let reaches: ReadonlyMap<string, Reach> = new Map()
  const refused = new Map<string, Error | undefined>()

  function refusedOrigin(origin: string): Error | undefined {
    if (!refused.has(origin)) {
      const { allowsPrivate } = reachOf(origin, reaches.get(origin))
      refused.set(origin, refusedName(new URL(origin).hostname, allowsPrivate))
    }
    return refused.get(origin)
  }

  return {
    send(request, handler) {
      const call = new FetchCall(handler, decodes)
      void call.run(request, refusedOrigin(request.origin))
      return call
    },
    reach(now) {
      reaches = now
      refused.clear()
    },
    close: () => Promise.resolve(),
  }
}

type Pause = { readonly over: Promise<void>; readonly end: () => void }

/** A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
class FetchCall implements Call {
  private readonly handler: ResponseHandler
  private readonly decodes: readonly string[]
  private readonly controller = new AbortController()
  private isOver = false
  private pausing: Pause | undefined = undefined

  constructor(handler: ResponseHandler, decodes: readonly string[]) {
    this.handler = handler
    this.decodes = decodes
  }

  async run(request: HttpRequest, refused: Error | undefined): Promise<void> {
    try {
      // Whoever sends expects no answer before he has the call.
      await undefined
      if (this.isOver) return
      if (refused !== undefined) throw refused
      const { method, headers, body = null } = request
      const response = await fetch(`${request.origin}${request.path}`, {
        method,
        headers,
        body: body as string | Uint8Array<ArrayBuffer> | null,
        redirect: 'manual',
        signal: this.controller.signal,
      })
      if (this.isOver) return
      this.handler.onHead(response.status, headersOf(response, this.decodes))
      if (response.body !== null) await this.pass(response.body)
      if (this.isOver) return
      this.isOver = true
      this.handler.onEnd()
    } catch (cause) {
      if (this.isOver) return
      this.isOver = true
      this.controller.abort()
      this.handler.onError(transportError(cause, request.origin))
    }
  }

  /** Reads no faster than is asked for: what is not read is not sent. */
  private async pass(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader()
    for (;;) {
      if (this.pausing !== undefined) await this.pausing.over
      if (this.isOver) return
      const { done, value } = await reader.read()
      if (done || this.isOver) return
      this.handler.onData(value)
    }
  }

  abort(): void {
    if (this.isOver) return
    this.isOver = true
    this.controller.abort()
    this.resume()
  }

  pause(): void {
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    this.pausing ??= { over, end }
  }

  resume(): void {
    this.pausing?.end()
    this.pausing = undefined
  }
}

/** Of a body that was decoded on the way, neither the coding nor the length is that of what is read. */
function headersOf({ headers }: Response, decodes: readonly string[]): ResponseHeaders {
  const found: Record<string, string | readonly string[]> = {}
  for (const [name, value] of headers) found[name] = value
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) found['set-cookie'] = cookies
  const coding = headers.get('content-encoding')?.trim().toLowerCase()
  if (coding === undefined || !decodes.includes(coding)) return found
  const { 'content-encoding': _coding, 'content-length': _length, ...rest } = found
  return rest
}

function transportError(cause: unknown, origin: string): GatewayError {
  const said = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const detail = { origin, code, cause: said }
  if (code === ADDRESS_REFUSED) {
    return new GatewayError('upstream_address_refused', 'The model is at an address to which nothing is sent.', {
      detail,
      cause,
    })
  }
  return new GatewayError('upstream_unreachable', 'The model could not be reached, or closed the connection.', {
    detail,
    cause,
  })
}
