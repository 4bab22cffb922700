import type { JsonObject, JsonValue } from '../core/json.ts'
import type { Answer } from './answer.ts'

/** What a call asks for, whatever its wire format. */
export type SimulatedCall = {
  readonly model: string
  readonly isStreamed: boolean
  readonly includesUsage: boolean
  readonly maxTokens: number | undefined
  readonly stop: readonly string[]
  readonly choices: number
  readonly tools: readonly SimulatedTool[]
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly name: string }
  readonly allowsParallelCalls: boolean
  readonly shape: { readonly type: 'text' | 'json' } | { readonly type: 'schema'; readonly schema: JsonValue }
  readonly endsWithToolResult: boolean
  /** Something in the history leaves this provider's model without words. */
  readonly isSilent?: boolean
  /** Tool calls in the history, for providers that number them through. */
  readonly earlierCalls: number
  /** Estimated from the text: always the same for the same request. */
  readonly promptTokens: number
}

export type SimulatedTool = { readonly name: string; readonly schema: JsonValue | undefined }

/** A refusal, in the terms all providers share; the format gives it its shape. */
export type Rejection = {
  readonly status: number
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
  readonly retryAfter?: string
}

/** What differs between two equal calls. */
export type Stamp = { readonly id: string; readonly createdSeconds: number }

/** One event of a stream as it leaves, and how many of the answer's tokens it carries. Empty data carries hidden ones. */
export type Frame = { readonly data: string | Uint8Array; readonly tokens: number }

/** Where in a stream an error stands. */
export type ErrorPlace = { readonly sentFrames: number; readonly call: SimulatedCall; readonly stamp: Stamp }

/**
 * One wire format, as a provider speaks it: added as one file and a line in `formats.ts`. `Call` is what its `readCall`
 * makes and its writers take, where that is more than all formats share.
 */
export type SimulatedFormat<Call extends SimulatedCall = SimulatedCall> = {
  readonly id: string
  /** True for a path and its query (`?alt=sse` or nothing) that this format answers by POST. */
  serves(path: string, query: string): boolean
  /** The model asked for, or the refusal when there is none. Read before the rest, which a behaviour may overrule. */
  readModel(body: JsonObject, path: string): string | Rejection
  /** The call, checked as that provider would check it. */
  readCall(body: JsonObject, path: string): Call | Rejection
  /** The id of a tool call, when it is not OpenAI's. `random` makes base62, `index` counts within the answer. */
  writeCallId?(call: Call, name: string, index: number, random: (size: number) => string): string
  /** The answer has no tokens, so that nothing in it is streamed, cut or a tool call: the count of a prompt, which is free, or its vectors. */
  readonly wordless?: 'count' | 'vectors'
  writeAnswer(call: Call, answer: Answer, stamp: Stamp): string
  readonly streamHeaders: Readonly<Record<string, string>>
  writeStream(call: Call, answer: Answer, stamp: Stamp): Iterable<Frame>
  /** The whole stream of a plain answer at once, from a cache; `undefined` when it is not plain. */
  writeBurst?(call: Call, answer: Answer, stamp: Stamp): string | undefined
  /** A frame whose payload is cut short but whose ending is in place. */
  breakFrame(frame: Frame): string | Uint8Array
  /** The header that names the request: `x-request-id` when left out. */
  readonly requestIdHeader?: string
  errorHeaders?(rejection: Rejection): Readonly<Record<string, string>>
  writeError(rejection: Rejection): string
  /** Frames that come even before an error that is there from the beginning; none when left out. */
  readonly openingFrames?: number
  /** An error after the status line and so many frames. */
  writeStreamError(rejection: Rejection, place: ErrorPlace): string | Uint8Array
}
