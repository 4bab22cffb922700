import type { GatewayError } from './errors.ts'
import type { JsonObject } from './json.ts'
import type { Headers } from './ports.ts'
import type { ChatRequest, WireFormatId } from './request.ts'
import type { FinishReason, StreamPart, Usage } from './stream-part.ts'

/** Something a format cannot carry. */
export type Loss = { readonly path: string; readonly reason: string }

/** One server-sent event, or one line of a line-framed stream. */
export type WireEvent = { readonly event: string | undefined; readonly data: string }

/** As much of an answer as the gateway needs in order to pass it on. */
export type AnswerSummary = {
  readonly hasContent: boolean
  readonly finishReason: FinishReason | undefined
  readonly usage: Usage | undefined
}

/** Reads one upstream stream. Synchronous; keeps state between events. */
export type StreamReader = {
  /** Throws `upstream_malformed` for an event that is not of this format. */
  push(event: WireEvent): StreamPart[]
  end(): StreamPart[]
}

/** One JSON shape, both directions. Pure and synchronous. */
export type WireFormat = {
  readonly id: WireFormatId
  /** The client's JSON as a ChatRequest. Throws `invalid_request` with `param`. */
  readRequest(body: JsonObject): ChatRequest
  /** A whole answer as parts. Throws `upstream_malformed` or the upstream's own error when the body is one. */
  readResponse(body: JsonObject): StreamPart[]
  /** What a whole answer amounts to, without its parts. Throws as `readResponse` does. */
  summarizeResponse(body: JsonObject): AnswerSummary
  createReader(): StreamReader
  /** What an event near the end of a stream says of usage and of why it ended; `undefined` when neither. Never throws. */
  readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined
  /** The upstream's failure, classified. `headers` are those that belong to the client too: `retry-after`. */
  readError(status: number, headers: Headers, body: string): GatewayError
  /** The client's error body. */
  writeError(error: GatewayError): JsonObject
  /** The bytes that end a whole stream: `data: [DONE]`. Empty where the format has none. */
  readonly streamEnd: string
  /** An event that carries a decision into a stream without disturbing its readers. */
  writeStreamExplanation(id: string, explanation: unknown): string
  /** The event that ends a broken stream after its first part. No success terminator follows. */
  writeStreamError(error: GatewayError): string
}
