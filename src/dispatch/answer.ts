import type { GatewayError } from '../core/errors.ts'
import type { Sink } from '../core/ports.ts'
import type { HandedOver } from './handed-over.ts'
import type { Observed } from './observed.ts'

/** What becomes of a response body: collected whole, or passed on as it comes. */
export type Answer = {
  /**
   * Both throw a GatewayError when the answer is no good; `finish` returns what was seen of a good one, later where the
   * model is asked again about its calls. `signal`: nobody waits any more.
   */
  push(chunk: Uint8Array): void
  finish(signal?: AbortSignal): Observed | Promise<Observed>
  isCommitted(): boolean
  /** The answer has begun, though nothing of it can go out yet: a call that is not whole. */
  isAtWork?(): boolean
  /** What was seen so far, which is also what was seen of an answer that is no good; `undefined` when nothing was. */
  observe(): Observed | undefined
  /** Tells the client that the rest will not come. Only after the commit. */
  breakOff(error: GatewayError): Observed
  /** What another target goes on with; `undefined` where none can. Only after the commit; the client is told nothing. */
  handOver?(): HandedOver | undefined
  /** The upstream says nothing for a while: the client is told that the connection lives. Only after the commit. */
  keepAlive?(): void
}

/** Makes a target final. */
export type Committing = {
  /** Completes and sends the head of the answer, and returns where its body goes. Called at most once a call. */
  commit(headers: Record<string, string>): Sink
}

/** Holds an upstream back while its reader is slower. */
export type Flow = {
  /** The client's buffer is full; `flow` follows when it has room. */
  stall(): void
  flow(): void
}
