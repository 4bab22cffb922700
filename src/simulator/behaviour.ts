/** How the simulator behaves for one call, as its model's name asked. */
export type Behaviour = {
  readonly answer: AnswerKind
  readonly fault: Fault
  /** Bytes leave one by one. */
  readonly isDribbled: boolean
  readonly headDelayMs: number
  readonly firstTokenDelayMs: number
  readonly tokenDelayMs: number
  /** Length of a text answer. */
  readonly tokens: number
  /** Tokens of reasoning before it. */
  readonly reasoningTokens: number
  readonly retryAfter: string | undefined
  readonly errorCode: string | undefined
}

export type AnswerKind =
  | { readonly type: 'text' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'tool-parallel' }
  | { readonly type: 'text-tool'; readonly dialect: string }
  | { readonly type: 'huge' }
  | { readonly type: 'empty' }
  | { readonly type: 'endless' }

/** What goes wrong, and after how many tokens. */
export type Fault =
  | { readonly type: 'none' }
  | { readonly type: 'cut' | 'stall' | 'malformed' | 'error-in-200'; readonly afterTokens: number }
  | { readonly type: 'status'; readonly status: number }
  | { readonly type: 'reset' }

/** What a call gets when its model's name does not say. */
export type Defaults = {
  readonly tokens: number
  readonly firstTokenDelayMs: number
  readonly tokenDelayMs: number
}

export const DEFAULTS: Defaults = { tokens: 60, firstTokenDelayMs: 0, tokenDelayMs: 0 }

/** Without a pace of its own an endless answer would only measure how fast the client reads. */
export const ENDLESS_TOKEN_DELAY_MS = 10
