import type { Counters } from './counters.ts'
import type { GatewayError } from './errors.ts'
import type { Ledger } from './ledger.ts'
import type { Peers } from './peers.ts'

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A call to an upstream as a value: built by providers without I/O. */
export type HttpRequest = {
  readonly method: HttpMethod
  /** `https://host:port` */
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
}

/** Lower-case names; a repeated header is joined with `, `. */
export type Headers = Readonly<Record<string, string>>

/** Headers of a response as they came: a repeated one is a list. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Called by a transport, in this order, at most one of `onEnd` and `onError`, nothing after it. */
export type ResponseHandler = {
  onHead(status: number, headers: ResponseHeaders): void
  onData(chunk: Uint8Array): void
  onEnd(): void
  onError(error: GatewayError): void
}

/** A call under way. */
export type Call = {
  /** Closes the upstream socket at once; no handler is called afterwards. */
  abort(): void
  pause(): void
  resume(): void
}

/** How the upstream at an origin may be reached. */
export type Reach = {
  /** It may be on this machine or in a network of one's own. An origin that says so itself always may. */
  readonly allowsPrivate: boolean
  readonly tls?: ClientTls | undefined
}

/** PEM texts. */
export type ClientTls = {
  /** Whom to trust, in place of the system's authorities. */
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The name that its certificate has to have, where that is not the host's. */
  readonly serverName?: string | undefined
}

/**
 * Sends requests upstream. Never follows a redirect, and connects to no address where no upstream is: what a name resolves to
 * is checked, not the name.
 */
export type Transport = {
  send(request: HttpRequest, handler: ResponseHandler): Call
  /** From now on the upstreams of these origins are reached so; the others by what their origins say. */
  reach?(reaches: ReadonlyMap<string, Reach>): void
  close(): Promise<void>
}

export type Tensor =
  | { readonly type: 'float32'; readonly data: Float32Array; readonly dims: readonly number[] }
  | { readonly type: 'int64'; readonly data: BigInt64Array; readonly dims: readonly number[] }

export type Tensors = Readonly<Record<string, Tensor>>

/** Runs models off the thread that serves requests. */
export type Inference = {
  /** Loads an ONNX file; rejects with a reason when not even the CPU can run it. */
  open(model: URL, options: InferenceOpenOptions): Promise<InferenceSession>
  close(): Promise<void>
}

export type InferenceOpenOptions = {
  /** `auto`, or what was asked for; the session says what it became. */
  readonly device: string
  /** Inputs on which a device must agree with the CPU before it is used. Tensors of shape [1, length]. */
  readonly golden?: readonly Tensors[]
  /** Where the same model is served, for the device `remote`. */
  readonly remote?: RemoteModel | undefined
}

/** A model behind the Open Inference Protocol v2. */
export type RemoteModel = {
  /** Without `/v2` and without a slash at its end. */
  readonly url: string
  readonly model: string
  readonly headers: Readonly<Record<string, string>>
  /** To the whole answer; later, and the CPU here answers. */
  readonly timeoutMs: number
  /** Calls under way at once. */
  readonly maxConcurrent: number
  /** Inputs of one call. */
  readonly maxBatch: number
}

export type InferenceSession = {
  /** The device that really runs it, at this moment: `cpu`, `cuda`, `remote`, … */
  readonly device: string
  /** Rejects when the queue is full or `signal` aborts first. */
  run(inputs: Tensors, signal?: AbortSignal): Promise<Tensors>
}

/** Bounded keep for small values; state that may be lost. */
export type Store<Value> = {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
}

/**
 * Bounded keep for bytes that may be lost at any time. Never rejects and never throws: a fault is a miss, and what cannot be
 * set is not kept.
 */
export type Blobs = {
  /** `undefined` also where the store is known to be away. Rejects where it does not answer in time. */
  get(key: string): Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** False where it is not kept. */
  set(key: string, value: Uint8Array, ttlMs: number): boolean | Promise<boolean>
  close?(): Promise<void>
}

/** `isShared`: by all gateways that share a store, which then bounds it; `maxBytes`, keys included, where it is this process's own. */
export type BlobsOptions = { readonly maxBytes: number; readonly isShared: boolean }

export type Timer = { cancel(): void; refresh(): void }

export type Clock = {
  /** Milliseconds that only go forward. */
  monotonic(): number
  /** Milliseconds since 1970. */
  now(): number
  timer(milliseconds: number, fire: () => void): Timer
  /** True where a timer belongs to the call that set it and ends with it, so that calls may not share one. */
  readonly isPerCall?: boolean
}

/** Resolves a secret reference (`env:NAME`, `file:/path`); throws naming the reference, never the value. */
export type Secrets = { read(reference: string): string }

/** Work that may outlive the response. */
export type Background = { run(work: () => Promise<void>): void; drain(): Promise<void> }

/** How an answer leaves the gateway. On Node it wraps the outgoing response; elsewhere it feeds a stream. */
export type Sink = {
  isHeadSent(): boolean
  head(status: number, headers: Headers): void
  /** False when the client is slower than we are: wait for `onDrain`. */
  write(chunk: Uint8Array | string): boolean
  end(chunk?: Uint8Array | string): void
  /** Breaks the connection: the client must not take what it got for whole. An answer that was ended is, and goes on its way. */
  destroy(): void
  onDrain(listener: () => void): void
}

/** One HTTP exchange with a client. */
export type Exchange = {
  /** One request header by its lower-case name; a repeated one is joined with `, `. */
  header(name: string): string | undefined
  /** The whole body. Rejects with `request_too_large` beyond `maxBytes`, `client_closed_request` when the client leaves. */
  readBody(maxBytes: number): Promise<Uint8Array>
  readonly sink: Sink
  /** The client left before the answer was complete. Called at most once. */
  onAbort(listener: () => void): void
  isAborted(): boolean
  /** What the HTTP framework must be given once the sink is in use. */
  response(): Response | Promise<Response>
}

export type Ports = {
  readonly transport: Transport
  /** Absent where a runtime has none. */
  readonly inference: Inference | undefined
  readonly clock: Clock
  readonly secrets: Secrets
  readonly background: Background
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** `size` unguessable hexadecimal characters. */
  readonly randomId: (size: number) => string
  readonly createStore: <Value>(maxEntries: number) => Store<Value>
  /** What keys use of their limits. */
  readonly counters: Counters
  readonly createBlobs: (options: BlobsOptions) => Blobs
  /** SHA-256 of a text, for keys that must not hold the text itself. */
  readonly digest: (text: string) => string
  readonly log: Log
  /** Absent where none is configured. */
  readonly ledger?: Ledger | undefined
  /** Absent where this gateway is alone. */
  readonly peers?: Peers | undefined
}

/** One structured line. Fields are JSON; prompts and keys never stand in them. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, fields?: Readonly<Record<string, unknown>>) => void
