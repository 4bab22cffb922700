import type { GatewayError } from './errors.ts'

/** Tokens of one answer. `undefined` = not said by the upstream; `0` = said zero. */
export type Usage = {
  /** All prompt tokens, cached ones included. */
  readonly inputTokens: number | undefined
  /** The part of `inputTokens` read from the provider's prompt cache. */
  readonly cachedInputTokens: number | undefined
  /** The part of `inputTokens` written to the provider's prompt cache. */
  readonly cacheWriteTokens: number | undefined
  /** All generated tokens, reasoning included. */
  readonly outputTokens: number | undefined
  /** The part of `outputTokens` spent on reasoning. */
  readonly reasoningTokens: number | undefined
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other'

/** Every answer, streamed or not, is a list of these. Names are noun-verb. */
export type StreamPart =
  | { readonly type: 'response-start'; readonly id: string; readonly model: string }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-call-start'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-delta'; readonly index: number; readonly argumentsText: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'response-end'; readonly finishReason: FinishReason; readonly raw: string | undefined }
  | { readonly type: 'response-error'; readonly error: GatewayError }

/** True for a part that commits the gateway to a target: text, reasoning or a tool call. */
export function isContentPart(part: StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return part.text.length > 0
    case 'tool-call-start':
    case 'tool-call-delta':
      return true
    default:
      return false
  }
}
