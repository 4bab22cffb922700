import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Answer } from '../answer.ts'
import type { Rejection, SimulatedCall } from '../format.ts'

/** How a provider's Chat Completions differs from OpenAI's: in what it refuses, and in how it answers. */
export type Dialect = {
  /** Also the first segment of its path: `/groq/v1/chat/completions`. */
  readonly id: string
  /** What this provider refuses, with the words and the shape of its own. */
  check(body: JsonObject): Rejection | undefined
  /** True for a history that leaves its model without words. */
  isSilent?(body: JsonObject): boolean
  writeCallId?(call: SimulatedCall, name: string, index: number, random: (size: number) => string): string
  writeError(rejection: Rejection): string
  readonly answerId: 'chatcmpl' | 'plain'
  /** Reasoning as it stands in a message, or in a delta with one piece of it. */
  reasoning(text: string): JsonObject
  /** What stands around reasoning that is text. */
  readonly reasoningTags?: readonly [string, string]
  /** A chunk before the last has no `finish_reason`, instead of `null`. */
  readonly omitsOpenFinish?: boolean
  /** Text after reasoning, where it does not stand there as a string. */
  textAfterReasoning?(text: string): JsonObject
  /** A call as it stands in a message or, with its index there, in a delta. */
  writeCall(id: string, name: string, args: string, index: number, isDelta: boolean): JsonObject
  /** Calls come piece by piece, each whole in a chunk, or all in the last chunk. */
  readonly callChunks: 'pieces' | 'each-whole' | 'all-last'
  /** Content of a message that only calls; `undefined` leaves it out. */
  readonly contentBesideCalls: string | null | undefined
  /** What the last delta of a choice says. */
  readonly lastDelta: JsonObject
  usage(answer: Answer): JsonObject
  /** Where a stream has the bill: in the last chunk of the choice, in one of its own, or in every chunk so far. */
  readonly usageChunks: 'last' | 'own-if-asked' | 'own' | 'every'
  /** More members of an answer, of a stream's first chunk, and of the one with the finish. */
  extras(place: 'answer' | 'first' | 'middle' | 'last', answer: Answer): JsonObject
}

/** A model that reasons: by its name, or because a behaviour of the simulator asks for it. */
export function isReasoning(body: JsonObject, names: RegExp): boolean {
  const model = String(body['model'] ?? '')
  return names.test(model) || /(?:^|[/;+])(?:think=|reasoning(?:$|[;+]))/.test(model)
}

/** The bill as most of OpenAI's followers write it. */
export function plainUsage(answer: Answer): JsonObject {
  return {
    prompt_tokens: answer.promptTokens,
    completion_tokens: answer.completionTokens,
    total_tokens: answer.promptTokens + answer.completionTokens,
  }
}

/** A call as OpenAI writes it. */
export function openaiCall(id: string, name: string, args: string, index: number, isDelta: boolean): JsonObject {
  return { ...(isDelta ? { index } : {}), id, type: 'function', function: { name, arguments: args } }
}

/** An error in OpenAI's shape, without members that are not said. */
export function plainError(body: JsonObject): string {
  return JSON.stringify({ error: body })
}

/** A 400 whose words are the provider's own. */
export function refused(message: string, type = 'invalid_request_error', code: string | null = null): Rejection {
  return { status: 400, message, type, param: null, code }
}

/** The roles of messages, and their call ids, as the rules of order look at them. */
export function idsOf(calls: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(calls)) return []
  return calls.flatMap((call) => (typeof call?.id === 'string' ? [call.id] : []))
}
