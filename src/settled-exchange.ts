import type { Clock, Exchange, Headers, Sink, Timer } from './core/ports.ts'
import type { WireFormat } from './core/wire-format.ts'

// How long the last words of a stream wait for the end of the upstream's, which nearly always comes with them.
const HELD_MS = 250

const decoder = new TextDecoder('latin1')

/**
 * An exchange that keeps the end of an answer back until what the answer took is written down: who has seen the end of an
 * answer can rely on its record. The end is the end of the response, and before it the event by which a stream's client
 * takes it for whole. A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md.
 */
export class SettledExchange implements Exchange, Sink {
  readonly sink: Sink = this
  private readonly inner: Exchange
  private readonly format: WireFormat
  private readonly clock: Clock
  private held: Uint8Array | string | undefined = undefined
  private timer: Timer | undefined = undefined
  private isEnded = false
  private isSettled = false

  constructor(inner: Exchange, format: WireFormat, clock: Clock) {
    this.inner = inner
    this.format = format
    this.clock = clock
  }

  /** What the answer took is written down: its end may go. */
  settled(): void {
    this.isSettled = true
    if (this.isEnded) this.inner.sink.end(this.take())
    else this.letGo()
  }

  header(name: string): string | undefined {
    return this.inner.header(name)
  }

  readBody(maxBytes: number): Promise<Uint8Array> {
    return this.inner.readBody(maxBytes)
  }

  onAbort(listener: () => void): void {
    this.inner.onAbort(listener)
  }

  isAborted(): boolean {
    return this.inner.isAborted()
  }

  response(): Response | Promise<Response> {
    return this.inner.response()
  }

  isHeadSent(): boolean {
    return this.inner.sink.isHeadSent()
  }

  head(status: number, headers: Headers): void {
    this.inner.sink.head(status, headers)
  }

  write(chunk: Uint8Array | string): boolean {
    // Something follows: what was held was not the end.
    this.letGo()
    if (this.isSettled || !this.mayBeLast(chunk)) return this.inner.sink.write(chunk)
    this.held = chunk
    this.timer = this.clock.timer(HELD_MS, () => this.letGo())
    return true
  }

  end(chunk?: Uint8Array | string): void {
    if (chunk !== undefined) {
      this.letGo()
      this.held = chunk
    }
    if (this.isSettled) this.inner.sink.end(this.take())
    else this.isEnded = true
  }

  destroy(): void {
    if (this.isEnded) return
    this.take()
    this.inner.sink.destroy()
  }

  onDrain(listener: () => void): void {
    this.inner.sink.onDrain(listener)
  }

  /** True of more than the last chunk: text may quote such words. Those wait for the next chunk. */
  private mayBeLast(chunk: Uint8Array | string): boolean {
    const { closingWords } = this.format
    if (closingWords === undefined) return false
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk)
    return closingWords.some((word) => text.includes(word))
  }

  private letGo(): void {
    const held = this.take()
    if (held !== undefined) this.inner.sink.write(held)
  }

  private take(): Uint8Array | string | undefined {
    const { held } = this
    this.timer?.cancel()
    this.timer = undefined
    this.held = undefined
    return held
  }
}
