import type { Signature } from './content.ts'
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
  /** The part of `cacheWriteTokens` kept for an hour, which costs more. */
  readonly longCacheWriteTokens?: number | undefined
  /** The parts that are sound. */
  readonly inputAudioTokens?: number | undefined
  readonly outputAudioTokens?: number | undefined
  /** The part of `cachedInputTokens` that is sound, where the provider says so. */
  readonly cachedAudioTokens?: number | undefined
  /** What the provider charges for in place of the counts, where it says so. Never shown to a client as the count. */
  readonly billedInputTokens?: number | undefined
  readonly billedOutputTokens?: number | undefined
  /** The part of `outputTokens` that is pictures. */
  readonly outputImageTokens?: number | undefined
  /** Searches with the provider's own tool, which are charged by the thousand. */
  readonly webSearches?: number | undefined
  /** How the provider says that it served the call, in its own words in lower case: `flex`, `fast`, `us`. */
  readonly serviceTier?: string | undefined
  readonly speed?: string | undefined
  readonly inferenceGeo?: string | undefined
  /** USD that the provider itself says the call cost. */
  readonly costUsd?: number | undefined
}

/** Every kind undefined: what a reader starts from. */
export const NO_USAGE: Usage = {
  inputTokens: undefined,
  cachedInputTokens: undefined,
  cacheWriteTokens: undefined,
  outputTokens: undefined,
  reasoningTokens: undefined,
}

/** True when the upstream counted both sides: a count that it left out is estimated (count-usage.ts). */
export function isCounted(usage: Usage | undefined): boolean {
  return usage?.inputTokens !== undefined && usage.outputTokens !== undefined
}

/** Counts come in several events; a later word about a kind counts, silence about it does not. */
export function mergeUsage(before: Usage, later: Usage): Usage {
  const said = Object.entries(later).filter(([, count]) => count !== undefined)
  return { ...before, ...Object.fromEntries(said) }
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other'

/** True where the answer ends in the middle of what the model was about to say. */
export function isCutShort(reason: FinishReason | undefined): boolean {
  return reason === 'length' || reason === 'content-filter'
}

/** One generated token and what else it might have been. */
export type TokenLogprob = Token & { readonly top: readonly Token[] }

type Token = {
  readonly token: string
  readonly logprob: number
  /** Where they are not those of `token` in UTF-8: a piece of a character. */
  readonly bytes?: readonly number[] | undefined
}

/** A source of what was said. */
export type Citation = {
  readonly url: string
  readonly title: string | undefined
  /** Which characters of the answer's text rest on it, where that is known: the first, and the one after the last. */
  readonly span?: { readonly start: number; readonly end: number } | undefined
}

/**
 * Every answer, streamed or not, is a list of these. Names are noun-verb.
 * A block of reasoning is its deltas and a `reasoning-end`, which may stand alone. A tool call is its start, its deltas
 * and, where the upstream says so, its end; calls may be interleaved by `index`.
 */
export type StreamPart =
  | { readonly type: 'response-start'; readonly id: string; readonly model: string }
  | { readonly type: 'text-delta'; readonly text: string; readonly logprobs?: readonly TokenLogprob[] | undefined }
  /** State that must go back with the text said last. */
  | { readonly type: 'text-signature'; readonly signature: Signature }
  | { readonly type: 'refusal-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | {
      readonly type: 'reasoning-end'
      readonly signature?: Signature | undefined
      readonly redacted?: boolean | undefined
      readonly id?: string | undefined
    }
  | {
      readonly type: 'tool-call-start'
      readonly index: number
      /** Empty when the upstream gave none. */
      readonly id: string
      readonly name: string
      readonly custom?: boolean | undefined
      readonly signature?: Signature | undefined
    }
  | { readonly type: 'tool-call-delta'; readonly index: number; readonly argumentsText: string }
  | {
      readonly type: 'tool-call-end'
      readonly index: number
      /** The answer was cut in the middle of the call, which must not be executed; tidy parts alone say so. */
      readonly isCut?: boolean | undefined
    }
  /** An image or a sound in the answer, in base64. */
  | {
      readonly type: 'media'
      readonly mediaType: string
      readonly data: string
      readonly transcript?: string | undefined
    }
  /** Where the text said last comes from. */
  | ({ readonly type: 'citation' } & Citation)
  /** The last one counts, and is complete. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | {
      readonly type: 'response-end'
      readonly finishReason: FinishReason
      /** The upstream's own word. */
      readonly raw: string | undefined
      /** Which of the stop sequences ended it. */
      readonly stopSequence?: string | undefined
    }
  | { readonly type: 'response-error'; readonly error: GatewayError }

/** True for a part that commits the gateway to a target: text, reasoning, a tool call, a medium. */
export function isContentPart(part: StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
      return part.text.length > 0
    case 'reasoning-end':
      return part.redacted === true
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'media':
      return true
    default:
      return false
  }
}
