import type { GatewayError } from './errors.ts'
import type { JsonObject } from './json.ts'
import type { Headers } from './ports.ts'
import type { ChatRequest, WireFormatId } from './request.ts'
import type { FinishReason, StreamPart, Usage } from './stream-part.ts'
import type { Target } from './target.ts'
import type { UserTurn } from './user-turn.ts'

/** Something a format cannot carry, where it stood in the client's request, and what became of it. */
export type Loss = { readonly path: string; readonly reason: string }

/** One server-sent event, one line of a line-framed stream, or one message of a binary one. */
export type WireEvent = { readonly event: string | undefined; readonly data: string }

/** As much of an answer as the gateway needs in order to pass it on. */
export type AnswerSummary = {
  readonly hasContent: boolean
  readonly finishReason: FinishReason | undefined
  readonly usage: Usage | undefined
  /** Under which its provider keeps the answer; absent in formats whose clients send the whole conversation. */
  readonly responseId?: string | undefined
}

/** Reads one upstream stream. Synchronous; keeps state between events. */
export type StreamReader = {
  /** Throws `upstream_malformed` for an event that is not of this format, and the upstream's own error when it is one. */
  push(event: WireEvent): StreamPart[]
  /** What was still open when the stream ended. */
  end(): StreamPart[]
  /** True once the upstream has begun more than an answer, a tool of its own: another try would do it twice. */
  isAtWork?(): boolean
}

/** Writes one client stream: the only place that writes its events. Synchronous; keeps state between parts. */
export type StreamWriter = {
  push(part: StreamPart): WireEvent[]
  /** What ends a whole stream: the finish, usage where it was asked for, the terminator. */
  end(): WireEvent[]
}

/** What the writer of an answer must know besides its parts. */
export type AnswerContext = {
  /** Unique a call; what the client knows this answer by when the upstream gave no name. */
  readonly id: string
  /** The target that answered. */
  readonly model: string
  readonly createdSeconds: number
  /** The client asked for usage in its stream. Whole answers always have it. */
  readonly includeUsage: boolean
  /** The client reads calls as `function_call`; only clients of Chat Completions do. */
  readonly legacyCalls?: boolean | undefined
}

/** What a path says of a call when the body does not. */
export type PathFacts = { readonly model?: string; readonly stream?: boolean }

/** Where a provider's dialect of a format takes more or less than the format. Data of `providers/`, heeded by `writeRequest`. */
export type Traits = {
  /** `cache_control` may stand on content and tools. */
  readonly cacheMarks?: boolean
  /** Which member carries earlier reasoning, if any may be sent back. */
  readonly reasoning?: 'omit' | 'reasoning_content' | 'reasoning' | 'reasoning_details'
  /** What the limit of the answer's tokens is called. */
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens'
  /** Which member asks for reasoning: OpenAI's level, or OpenRouter's object, which takes a budget too. */
  readonly asksReasoning?: 'reasoning_effort' | 'reasoning'
  /** What asks for as much thinking as the model likes, where its models do not think when nothing is said. */
  readonly asksFreely?: JsonObject
  /** Known to think when it is asked for this much, `undefined` where nothing is said: its state must be asked for. */
  readonly thinks?: (model: string, effort: string | undefined) => boolean
  /** What its models think is shown in no answer of Chat Completions. */
  readonly hidesThoughts?: boolean
  /** Tools are functions: one that takes free text goes out as a function of `{input: string}`. */
  readonly functionsOnly?: boolean
  /** A schema that is to be enforced must close every object and require every property of it, or is refused. */
  readonly closedSchemas?: boolean
  /** What of JSON Schema its tools take, a row of wire/schema/subsets.ts; by the model's name where nothing is said. */
  readonly schemas?: 'openai' | 'mistral' | 'groq' | 'moonshot'
  /** The formats of sound it takes, where not any. */
  readonly audioFormats?: readonly string[]
  /** Gemini's thought signatures may stand on calls and on messages, as `extra_content`. */
  readonly callSignatures?: boolean
}

/** How a stream's bytes are cut into events: `sse`, one JSON value a line, or AWS event-stream messages. */
export type Framing = 'sse' | 'ndjson' | 'aws-event-stream'

/** What a body is made to fit: a model by its name, how much of an answer it can give, and its provider's dialect. */
export type FittedTarget = Pick<Target, 'model' | 'facts'> & { readonly traits?: Traits | undefined }

export type WrittenRequest = {
  readonly body: JsonObject
  readonly losses: readonly Loss[]
  /** Tools that had to be given other names: as written ▶ as the client said. */
  readonly toolNames?: ReadonlyMap<string, string> | undefined
  /** Tools that take free text and went out as functions of `{input: string}`, by the client's names. */
  readonly customTools?: ReadonlySet<string> | undefined
  /** How the arguments of tools read whose schemas had to say them otherwise, by the names that were written. */
  readonly readArguments?: ReadonlyMap<string, (argumentsText: string) => string> | undefined
  /** Where a path of the body stood in the request. Absent where bodies of the format are nobody's to adjust by their paths. */
  requestPath?(path: string): string
}

/** One JSON shape, both directions. Pure and synchronous. */
export type WireFormat = {
  readonly id: WireFormatId
  readonly framing: Framing
  /** An upstream of this format may answer with nothing and mean it. */
  readonly mayBeEmpty?: boolean
  /** Models of this format may have nothing to add to the results of tools, or to a thought of theirs. */
  readonly endsInSilence?: boolean
  /** Members of a client's body that hold the arguments of calls as objects: the digits of their numbers are kept. */
  readonly argumentMembers?: readonly string[]
  /** The client's JSON as a ChatRequest. Throws `invalid_request` with `param`. */
  readRequest(body: JsonObject, said?: PathFacts): ChatRequest
  /** What of a client's body of this format a ChatRequest does not hold: lost where `spoken`, or any other format, is. */
  unread(body: JsonObject, spoken?: WireFormatId): Loss[]
  /** What the user wrote in a client's body in his last turns, in their order; where none is told, no flag in a prompt is looked for. */
  userTurns?(body: JsonObject): readonly UserTurn[]
  /** A function from paths in a ChatRequest, as writers say them in losses, to those in the body it was read from. */
  clientPaths?(body: JsonObject): (path: string) => string
  /** Why no target of another format can serve a client's body at all: it goes on from what a provider keeps. */
  untranslatable?(body: JsonObject): GatewayError | undefined
  /** The request as an upstream of this format must get it, and what this format cannot say. */
  writeRequest(request: ChatRequest, model: string, traits?: Traits): WrittenRequest
  /**
   * A client's body of this format as every provider of it can take it: without what only other formats' providers can
   * read. The same object when nothing changes.
   */
  ownHistory?(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject
  /**
   * A client's body of this format as a model takes it for which it was not written, because the gateway chose the model.
   * The same object when nothing changes.
   */
  fitModel?(body: JsonObject, target: FittedTarget, lose: (path: string, reason: string) => void): JsonObject
  /** A client's body of this format without any reasoning state of earlier turns. The same object when there is none. */
  withoutSignatures?(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject
  /** A whole answer as parts. Throws `upstream_malformed` or the upstream's own error when the body is one. */
  readResponse(body: JsonObject): StreamPart[]
  /** What a whole answer amounts to, without its parts. Throws as `readResponse` does. */
  summarizeResponse(body: JsonObject): AnswerSummary
  /** The client's whole answer: the fold of its parts. */
  writeResponse(parts: readonly StreamPart[], context: AnswerContext): JsonObject
  createReader(): StreamReader
  createWriter(context: AnswerContext): StreamWriter
  /** What an event near the end of a stream says of usage and of why it ended; `undefined` when neither. Never throws. */
  readEnd(data: string): Omit<AnswerSummary, 'hasContent'> | undefined
  /** The upstream's failure, classified. `headers` are those that belong to the client too: `retry-after`. */
  readError(status: number, headers: Headers, body: string): GatewayError
  /** The client's error body. */
  writeError(error: GatewayError): JsonObject
  /** False where clients take a comment in a stream of server-sent events for a broken answer. */
  readonly takesComments?: false
  /** The bytes that end a whole stream: `data: [DONE]`. Empty where the format has none. */
  readonly streamEnd: string
  /** What stands in the event by which a stream's client takes it for whole, one of these. Absent where only its end says so. */
  readonly closingWords?: readonly string[]
  /** What stands in an event that says the answer failed, besides `"error"`: one of these, each of at most 255 bytes. */
  readonly failureWords?: readonly string[]
  /** An event that carries a decision into a stream without disturbing its readers. */
  writeStreamExplanation(id: string, explanation: unknown): string
  /**
   * The event that ends a broken stream after its first part. No success terminator follows. `last`: the data of the event
   * before it, where events are numbered.
   */
  writeStreamError(error: GatewayError, last?: string): string
}
