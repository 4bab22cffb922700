import type { ContentPart } from './content.ts'
import type { JsonObject } from './json.ts'
import type { SaidInBody } from './said-in-body.ts'
import type { Tool, ToolChoice } from './tool.ts'

/** Names of the JSON shapes the gateway speaks. */
export type WireFormatId =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-completions'
  | 'anthropic-messages'
  | 'gemini-generate'
  | 'bedrock-converse'
  | 'cohere-chat'
  | 'ollama-chat'

/** A chat call in the gateway's own words. Routing never edits it. */
export type ChatRequest = {
  /** What the client asked for: `auto:cheap`, `openai/gpt-5-mini`, an alias. */
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice: ToolChoice | undefined
  /** False: one call an answer. `undefined`: the client did not say. */
  readonly parallelToolCalls: boolean | undefined
  /** The client knows OpenAI's `function_call` of old alone: one call an answer, without an id. */
  readonly legacyCalls?: boolean | undefined
  readonly sampling: Sampling
  readonly reasoning: Reasoning | undefined
  readonly responseFormat: ResponseFormat | undefined
  readonly stream: boolean
  /** True when the client wants usage in its stream; formats that always send it say so. */
  readonly includeUsage: boolean
  /** The end user behind the call, as the client names him. */
  readonly user: string | undefined
  /** The client's own labels. */
  readonly metadata: JsonObject | undefined
  /** Parameters that Chat Completions and the Responses API share and no other format has, by their names in the former. */
  readonly openai?: JsonObject | undefined
  /** As sent, for the native path. */
  readonly native: { readonly format: WireFormatId; readonly body: JsonObject }
}

/**
 * A chat call's body. What is read from it is several times its size and is needed for a moment only, so a call under
 * way holds on to the bytes alone: `release` lets the rest go, `read` brings it back for another attempt.
 */
export type ChatBody = {
  /** As sent, or as last edited. */
  bytes: Uint8Array
  readonly model: string
  readonly stream: boolean
  /** What it said of routing, which is in it no more. */
  readonly said: SaidInBody | undefined
  read(): ReadBody
  release(): void
  /** The same call to another model, with bytes and routing of its own. To be made before the bytes are edited. */
  copyFor(model: string, said: SaidInBody | undefined): () => ChatBody
  /** The same call with what `change` makes of its bytes; itself where that is nothing. */
  changed(change: (bytes: Uint8Array) => Uint8Array): ChatBody
  /** The same call with bytes of its own: for a second target while the first still reads these. */
  fork(): ChatBody
}

/** `text` is the exact body. */
export type ReadBody = { readonly chat: ChatRequest; readonly text: string }

/** `developer` outranks the user as `system` does; formats that know one of them only get that one. */
export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool'

/** One turn: its blocks in the order in which they were said. Tool results stand in messages of the role `tool`. */
export type Message = {
  readonly role: Role
  readonly content: readonly ContentPart[]
  /** Who speaks, where a format tells participants of one role apart. */
  readonly name: string | undefined
}

/** `undefined` means the client did not say; `0` is a value. */
export type Sampling = {
  readonly maxOutputTokens: number | undefined
  readonly temperature: number | undefined
  readonly topP: number | undefined
  readonly topK?: number | undefined
  /** `n`: answers asked for in one call. */
  readonly choices: number | undefined
  readonly stop?: readonly string[] | undefined
  readonly presencePenalty?: number | undefined
  readonly frequencyPenalty?: number | undefined
  readonly seed?: number | undefined
  /** Whether the tokens' log probabilities are wanted, and how many alternatives each. */
  readonly logprobs?: boolean | undefined
  readonly topLogprobs?: number | undefined
}

/** How much the model may think before it answers. */
export type Reasoning = {
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`: the words of the field, from least to most. */
  readonly effort?: string | undefined
  /** Tokens it may think. -1: the model decides. 0: none. */
  readonly budgetTokens?: number | undefined
  /** Whether the client wants to see a summary of it, where providers hide it otherwise: `auto`, `concise`, `detailed`. */
  readonly summary?: string | undefined
}

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json-object' }
  | {
      readonly type: 'json-schema'
      readonly schema: JsonObject
      readonly name?: string | undefined
      readonly description?: string | undefined
      readonly strict?: boolean | undefined
    }
