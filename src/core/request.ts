import type { JsonObject, JsonValue } from './json.ts'

/** Names of the JSON shapes the gateway speaks. */
export type WireFormatId =
  | 'openai-chat'
  | 'openai-responses'
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
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly name: string } | undefined
  readonly sampling: Sampling
  readonly responseFormat: 'text' | 'json-object' | 'json-schema' | undefined
  readonly stream: boolean
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
  read(): ReadBody
  release(): void
}

/** `text` is the exact body. */
export type ReadBody = { readonly chat: ChatRequest; readonly text: string }

export type Role = 'system' | 'user' | 'assistant' | 'tool'

export type Message = {
  readonly role: Role
  readonly content: readonly ContentPart[]
  readonly toolCalls: readonly ToolCall[]
  /** Which call a tool message answers. */
  readonly toolCallId: string | undefined
  readonly name: string | undefined
}

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'audio'; readonly data: string; readonly format: string }
  | { readonly type: 'file'; readonly value: JsonValue }
  | { readonly type: 'other'; readonly kind: string; readonly value: JsonValue }

export type ToolCall = { readonly id: string; readonly name: string; readonly argumentsText: string }

export type Tool = {
  readonly name: string
  readonly description: string | undefined
  readonly parameters: JsonObject | undefined
}

/** `undefined` means the client did not say; `0` is a value. */
export type Sampling = {
  readonly maxOutputTokens: number | undefined
  readonly temperature: number | undefined
  readonly topP: number | undefined
  readonly choices: number | undefined
  readonly reasoningEffort: string | undefined
}
