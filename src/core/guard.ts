import type { StreamPart } from './stream-part.ts'

/** Whose words a text is. `tools`: what the client says of its tools. `other`: a member that no conversation has. */
export type TextSource =
  | 'system'
  | 'user'
  | 'assistant'
  | 'tool-result'
  | 'tool-arguments'
  | 'document'
  | 'tools'
  | 'other'

/** A stretch of a text, in UTF-16 units, and what it is: `email`, `card`, `instruction`. */
export type Finding = { readonly start: number; readonly end: number; readonly kind: string }

/** What may be read of a text. A string is one; so is what counts how often it was looked at. */
export type Characters = { readonly length: number; charCodeAt(index: number): number }

/** What stands in a text from `from` on, up to `settled`: from there on more text could change it. */
export type Scanned = { readonly findings: readonly Finding[]; readonly settled: number }

/**
 * A guard: pure functions that find what must not pass. What becomes of a finding is the configuration's.
 * `before` tells what stands before `from` has been read; findings never overlap and come in order.
 */
export type Guard = {
  /** As the configuration names it: `pii`. */
  readonly id: string
  /** Every string of a body, or the texts of its conversation alone, each with whose it is. */
  readonly reads: 'every-string' | 'conversation'
  scan(text: Characters, from: number, isEnd: boolean, source: TextSource): Scanned
}

export type GuardAction = 'redact' | 'block' | 'flag'

/** A guard as one key's calls have it. */
export type PlacedGuard = {
  readonly guard: Guard
  readonly on: ReadonlySet<'request' | 'answer'>
  readonly action: GuardAction
  /** What becomes of a call whose guard throws or takes longer than `timeoutMs`. */
  readonly onFailure: 'allow' | 'block'
  /** For all texts of a request, and for each answer. Checked between pieces of at most 64 Ki characters. */
  readonly timeoutMs: number
  /** The caller gets what was redacted of his request back where the answer has its placeholder. */
  readonly restores: boolean
  /** Whether the calls that the gateway passes on unread may be made at all. */
  readonly allowsUnread: boolean
}

/** What a guard did, as a decision shows it. Never the text. JSON names, because a decision shows it. */
export type GuardNote = {
  readonly guard: string
  readonly where: 'request' | 'answer'
  /** `failed`: it threw or was late. */
  readonly action: GuardAction | 'failed'
  /** How many of each kind. */
  readonly kinds: Readonly<Record<string, number>>
  readonly count: number
}

/** Guards the answers of one call. All throw `answer_blocked` and `guard_failed`. */
export type AnswerGuard = {
  /** A whole answer's JSON text as it may go out. The same text where nothing changes. */
  whole(text: string): string
  /** For the tidy parts of one stream. */
  stream(): PartGuard
}

/** What a part holds back comes with a later one, at the latest with `end`. */
export type PartGuard = { push(part: StreamPart): StreamPart[]; end(): StreamPart[] }

/** The guards of one call. */
export type CallGuards = {
  /** The body as it may go on: the very bytes where nothing was redacted. Throws `request_blocked` and `guard_failed`. */
  request(bytes: Uint8Array): Uint8Array
  /** The same by guards of which only the body told. They are the call's from then on. */
  also(guards: readonly PlacedGuard[], bytes: Uint8Array): Uint8Array
  /** Whether nothing looks at the call. */
  isEmpty(): boolean
  /** For its answers, after the request; `undefined` where nothing of them could change. */
  answer(): AnswerGuard | undefined
  /** What they did so far. */
  notes(): readonly GuardNote[]
}
