/** Kinds of what names a person or opens a door. */
export const PII_KINDS = ['email', 'phone', 'card', 'iban', 'ip', 'ssn', 'national_id', 'secret'] as const
export type PiiKind = (typeof PII_KINDS)[number]

/** Texts in which instructions to the model may be hidden. */
export const INJECTION_SOURCES = ['system', 'user', 'assistant', 'tool-result', 'document', 'tools', 'other'] as const
export type InjectionSource = (typeof INJECTION_SOURCES)[number]

/** A guard as it is configured. */
export type GuardSettings = PiiSettings | InjectionSettings

type PlaceSettings = {
  readonly on: readonly ('request' | 'answer')[]
  readonly on_failure: 'allow' | 'block'
  readonly timeout_ms: number
  readonly passthrough: 'allow' | 'block'
}

export type PiiSettings = PlaceSettings & {
  readonly use: 'pii'
  readonly action: 'redact' | 'block' | 'flag'
  readonly kinds: readonly PiiKind[]
  readonly restore: boolean
}

export type InjectionSettings = PlaceSettings & {
  readonly use: 'prompt-injection'
  readonly action: 'block' | 'flag'
  /** 0..1: how sure the check has to be. */
  readonly threshold: number
  readonly sources: readonly InjectionSource[]
}
