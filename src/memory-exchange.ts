import type { Exchange, Headers, Sink } from './core/ports.ts'

type Options = {
  /** False where nobody reads the answer: it is let go as it comes. */
  readonly keepsAnswer?: boolean
  /** The request's headers; none when left out. */
  readonly header?: (name: string) => string | undefined
}

/** An exchange without a client behind it: the gateway's own calls leave their answer here. */
export class MemoryExchange implements Exchange, Sink {
  readonly sink: Sink = this
  private readonly body: Uint8Array
  private readonly signal: AbortSignal
  private readonly chunks: Uint8Array[] = []
  private readonly options: Options
  private hasHead = false

  constructor(body: Uint8Array, signal: AbortSignal, options: Options = {}) {
    this.body = body
    this.signal = signal
    this.options = options
  }

  /** All that was written. */
  text(): string {
    const decoder = new TextDecoder()
    return this.chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
  }

  header(name: string): string | undefined {
    return this.options.header?.(name)
  }

  readBody(): Promise<Uint8Array> {
    return Promise.resolve(this.body)
  }

  onAbort(listener: () => void): void {
    if (this.signal.aborted) listener()
    else this.signal.addEventListener('abort', listener, { once: true })
  }

  isAborted(): boolean {
    return this.signal.aborted
  }

  response(): Response {
    return new Response(this.text())
  }

  isHeadSent(): boolean {
    return this.hasHead
  }

  head(_status: number, _headers: Headers): void {
    this.hasHead = true
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.options.keepsAnswer === false) return true
    this.chunks.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk)
    return true
  }

  end(chunk?: Uint8Array | string): void {
    if (chunk !== undefined) this.write(chunk)
  }

  // Whatever is read of a broken answer is refused by its reader.
  destroy(): void {}

  onDrain(): void {}
}
