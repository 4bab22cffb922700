import type { Exchange, Sink } from './core/ports.ts'

/** An exchange of which is kept what is sent, up to a bound. A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
export class TapedExchange implements Exchange {
  readonly sink: TapedSink
  private readonly exchange: Exchange

  constructor(exchange: Exchange, mostBytes: number) {
    this.exchange = exchange
    this.sink = new TapedSink(exchange.sink, mostBytes)
  }

  header(name: string): string | undefined {
    return this.exchange.header(name)
  }

  readBody(maxBytes: number): Promise<Uint8Array> {
    return this.exchange.readBody(maxBytes)
  }

  onAbort(listener: () => void): void {
    this.exchange.onAbort(listener)
  }

  isAborted(): boolean {
    return this.exchange.isAborted()
  }

  response(): Response | Promise<Response> {
    return this.exchange.response()
  }
}

export class TapedSink implements Sink {
  isStream = false
  /** More came than is kept. */
  isCut = false
  private chunks: (Uint8Array | string)[] = []
  private bytes = 0
  private readonly sink: Sink
  private readonly mostBytes: number

  constructor(sink: Sink, mostBytes: number) {
    this.sink = sink
    this.mostBytes = mostBytes
  }

  isHeadSent(): boolean {
    return this.sink.isHeadSent()
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.isStream = headers['content-type']?.startsWith('text/event-stream') === true
    this.sink.head(status, headers)
  }

  write(chunk: Uint8Array | string): boolean {
    this.keep(chunk)
    return this.sink.write(chunk)
  }

  end(chunk?: Uint8Array | string): void {
    if (chunk !== undefined) this.keep(chunk)
    this.sink.end(chunk)
  }

  destroy(): void {
    this.sink.destroy()
  }

  onDrain(listener: () => void): void {
    this.sink.onDrain(listener)
  }

  /** What was kept, and no longer is. */
  take(): readonly (Uint8Array | string)[] {
    const { chunks } = this
    this.chunks = []
    return chunks
  }

  private keep(chunk: Uint8Array | string): void {
    this.isCut ||= this.bytes > this.mostBytes
    if (this.isCut) return
    this.bytes += chunk.length
    this.chunks.push(chunk)
  }
}
