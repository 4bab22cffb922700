import type { Timeouts } from '../core/decision.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { Mask } from '../core/mask.ts'
import type {
  Call,
  Clock,
  Exchange,
  Headers,
  HttpRequest,
  ResponseHandler,
  ResponseHeaders,
  Transport,
} from '../core/ports.ts'
import type { Deadline, Deadlines, Expiring } from './deadline.ts'
import type { HeldError } from './held-error.ts'
import { holdError } from './held-error.ts'

export type ForwardInput = {
  readonly request: HttpRequest
  readonly exchange: Exchange
  readonly transport: Transport
  readonly clock: Clock
  readonly timeouts: Timeouts
  /** When it must be over, on the monotonic clock. */
  readonly deadlineAt: number
  readonly deadlines: Deadlines
  readonly mask: Mask
  /** The head of the client's answer, of what the upstream's says. */
  readonly head: (status: number, headers: ResponseHeaders, waitedMs: number) => Headers
}

export type Forwarded =
  /** The whole answer has been passed on, whatever its status. */
  | { readonly type: 'complete'; readonly status: number }
  /** The client has nothing yet and must be told. */
  | { readonly type: 'failed'; readonly error: GatewayError }
  /** The client has part of an answer; its connection has been broken, so that nobody takes the part for the whole. */
  | { readonly type: 'broken'; readonly status: number; readonly error: GatewayError }
  | { readonly type: 'abandoned' }

/** Sends a request and passes on whatever comes back, unread, as fast as the client takes it. Never rejects. */
export function forward(input: ForwardInput): Promise<Forwarded> {
  return new Promise((resolve) => new Forwarding(input, resolve).send())
}

/** A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
class Forwarding implements ResponseHandler, Expiring {
  private readonly input: ForwardInput
  private readonly resolve: (result: Forwarded) => void
  private readonly sentAt: number
  private readonly deadline: Deadline
  private status: number | undefined = undefined
  private call: Call | undefined = undefined
  private isOver = false
  private isStalled = false
  private heldError: HeldError | undefined = undefined

  constructor(input: ForwardInput, resolve: (result: Forwarded) => void) {
    this.input = input
    this.resolve = resolve
    this.sentAt = input.clock.monotonic()
    this.deadline = input.deadlines.start(input.deadlineAt, this)
  }

  send(): void {
    const { exchange, transport, request } = this.input
    exchange.onAbort(() => this.abandon())
    if (this.isOver) return
    const call = transport.send(request, this)
    this.call = call
    if (this.isOver) call.abort()
  }

  onHead(status: number, headers: ResponseHeaders): void {
    const { input } = this
    this.status = status
    try {
      const { sink } = input.exchange
      const head = input.head(status, headers, input.clock.monotonic() - this.sentAt)
      this.heldError = holdError(status, headers, head, sink, input.mask)
      if (this.heldError === undefined) sink.head(status, head)
    } catch (thrown) {
      this.stop(toGatewayError(thrown))
      return
    }
    this.deadline.expect(input.timeouts.idleMs, 'stopped in the middle of its answer')
  }

  onData(chunk: Uint8Array): void {
    const { sink } = this.input.exchange
    if (this.heldError !== undefined) {
      if (!this.heldError.push(chunk)) this.heldError = undefined
      this.deadline.again()
      return
    }
    const hasRoom = sink.write(chunk)
    if (this.isStalled) return
    if (hasRoom) {
      this.deadline.again()
      return
    }
    // The client's slowness is not the upstream's: its deadline rests.
    this.isStalled = true
    this.deadline.rest()
    this.call?.pause()
    sink.onDrain(() => this.flow())
  }

  onEnd(): void {
    const { status } = this
    if (status === undefined) {
      this.stop(new GatewayError('upstream_empty', 'The provider answered with nothing.'))
      return
    }
    if (this.heldError === undefined) this.input.exchange.sink.end()
    else this.heldError.end()
    this.settle({ type: 'complete', status })
  }

  onError(error: GatewayError): void {
    this.stop(error)
  }

  expire(what: string): void {
    this.stop(new GatewayError('upstream_timeout', `The provider ${what}.`))
  }

  interrupt(error: GatewayError): void {
    this.stop(error)
  }

  private flow(): void {
    if (this.isOver) return
    this.isStalled = false
    this.deadline.again()
    this.call?.resume()
  }

  private abandon(): void {
    this.call?.abort()
    this.settle({ type: 'abandoned' })
  }

  private stop(error: GatewayError): void {
    if (this.isOver) return
    this.call?.abort()
    const { status } = this
    const { sink } = this.input.exchange
    if (status === undefined || !sink.isHeadSent()) {
      this.settle({ type: 'failed', error })
      return
    }
    sink.destroy()
    this.settle({ type: 'broken', status, error })
  }

  private settle(result: Forwarded): void {
    if (this.isOver) return
    this.isOver = true
    this.deadline.clear()
    this.resolve(result)
  }
}
