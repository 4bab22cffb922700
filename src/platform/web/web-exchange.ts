import { GatewayError } from '../../core/errors.ts'
import { joinedBytes } from '../../core/joined-bytes.ts'
import type { Exchange, Headers, Sink } from '../../core/ports.ts'

/** What may wait for a client that reads slowly before its writer is told to wait too. */
const WAITING_BYTES = 65_536
// RFC 9110 §6.4.1: these have no body, and a Response that is given one throws.
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304])

const LEFT = 499

type Head = { readonly status: number; readonly headers: Headers }

/**
 * An Exchange over the web’s own Request and Response.
 * A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md.
 */
export class WebExchange implements Exchange, Sink {
  readonly sink: Sink = this
  /** Resolves when nothing more is written: the answer is complete or broken, or its client has left. */
  readonly over: Promise<void>
  private readonly request: Request
  private readonly answered = Promise.withResolvers<Response>()
  private readonly encoder = new TextEncoder()
  private readonly endOver: () => void
  private begun: Head | undefined = undefined
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined = undefined
  private isOver = false
  private hasLeft = false
  private abortListener: (() => void) | undefined = undefined
  private drainListener: (() => void) | undefined = undefined

  constructor(request: Request) {
    this.request = request
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.endOver = resolve
    if (request.signal.aborted) this.leave()
    else request.signal.addEventListener('abort', () => this.leave(), { once: true })
  }

  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined
  }

  async readBody(maxBytes: number): Promise<Uint8Array> {
    const { headers, body } = this.request
    if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
    if (body === null) return new Uint8Array()
    const reader = body.getReader()
    const chunks: Uint8Array[] = []
    let size = 0
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new GatewayError('client_closed_request', 'The client left before its request was complete.', { cause })
      })
      if (done) break
      size += value.length
      if (size > maxBytes) {
        void reader.cancel().catch(() => undefined)
        throw tooLarge(maxBytes)
      }
      chunks.push(value)
    }
    const [only] = chunks
    return chunks.length === 1 && only !== undefined ? only : joinedBytes(chunks)
  }

  onAbort(listener: () => void): void {
    this.abortListener = listener
    if (this.hasLeft) listener()
  }

  isAborted(): boolean {
    return this.hasLeft
  }

  response(): Promise<Response> {
    return this.answered.promise
  }

  isHeadSent(): boolean {
    return this.begun !== undefined
  }

  head(status: number, headers: Headers): void {
    if (this.begun !== undefined || this.isOver) return
    this.begun = { status, headers }
    // What is whole by then needs no stream.
    queueMicrotask(() => this.open())
  }

  write(chunk: Uint8Array | string): boolean {
    const controller = this.open()
    if (controller === undefined || this.isOver) return true
    controller.enqueue(typeof chunk === 'string' ? this.encoder.encode(chunk) : chunk)
    return (controller.desiredSize ?? 1) > 0
  }

  end(chunk?: Uint8Array | string): void {
    if (this.isOver) return
    const { begun } = this
    if (begun !== undefined && this.controller === undefined) {
      this.answered.resolve(new Response(bodyOf(begun, chunk), { status: begun.status, headers: { ...begun.headers } }))
    } else {
      if (chunk !== undefined) this.write(chunk)
      this.controller?.close()
    }
    this.finish()
  }

  destroy(): void {
    if (this.isOver) return
    this.open()
    this.controller?.error(new Error('The answer was cut.'))
    this.finish()
  }

  onDrain(listener: () => void): void {
    this.drainListener = listener
  }

  private open(): ReadableStreamDefaultController<Uint8Array> | undefined {
    const { begun } = this
    if (this.controller !== undefined || begun === undefined || this.isOver) return this.controller
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.controller = controller
        },
        pull: () => this.drained(),
        cancel: () => this.leave(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES }),
    )
    const { status, headers } = begun
    this.answered.resolve(new Response(BODILESS.has(status) ? null : stream, { status, headers: { ...headers } }))
    return this.controller
  }

  private drained(): void {
    const { drainListener } = this
    this.drainListener = undefined
    drainListener?.()
  }

  private leave(): void {
    if (this.isOver || this.hasLeft) return
    this.hasLeft = true
    this.abortListener?.()
    this.drained()
    // Nobody reads it; but a handler that answers nothing is taken for one that hangs.
    this.answered.resolve(new Response(null, { status: LEFT }))
    this.finish()
  }

  private finish(): void {
    this.isOver = true
    this.endOver()
  }
}

function bodyOf({ status }: Head, chunk: Uint8Array | string = ''): Uint8Array<ArrayBuffer> | string | null {
  return BODILESS.has(status) || chunk.length === 0 ? null : (chunk as Uint8Array<ArrayBuffer> | string)
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'request_too_large',
    `The request body is larger than ${maxBytes} bytes. Send less, or raise server.max_body_bytes in the configuration.`,
  )
}
