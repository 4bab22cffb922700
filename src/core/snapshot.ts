import type { CacheUse } from './cache-use.ts'
import type { KeyLimits } from './counters.ts'
import type { Timeouts } from './decision.ts'
import type { Directives } from './directives.ts'
import type { DispatchSettings } from './dispatch-settings.ts'
import type { PlacedGuard } from './guard.ts'
import type { Policy } from './policy.ts'
import type { Reach, RemoteModel } from './ports.ts'
import type { Provider } from './provider.ts'
import type { WireFormatId } from './request.ts'
import type { Onboarded } from './router.ts'
import type { SessionSettings } from './session.ts'
import type { Facts, Target } from './target.ts'

/** Everything a request needs to know of the configuration. Swapped as a whole; a request keeps the one it began with. */
export type Snapshot = {
  readonly targets: ReadonlyMap<string, Target>
  /** By the provider's name in the configuration. */
  readonly providers: ReadonlyMap<string, ConfiguredProvider>
  /** What is known of embedding models that need not be listed, by `provider/model`. */
  readonly embeddings?: ReadonlyMap<string, Facts>
  readonly pools: ReadonlyMap<string, Pool>
  /** Another name ▶ what to read instead: `gpt-4o` ▶ `auto:balanced`. */
  readonly aliases: ReadonlyMap<string, string>
  /** Empty: no key is asked for. */
  readonly keys: readonly InboundKey[]
  readonly jwt?: JwtSettings | undefined
  readonly policies: ReadonlyMap<string, Policy>
  /** Name of the policy that governs when the caller names none. */
  readonly defaultPolicy: string
  readonly router: RouterSettings
  /** Models of which the operator has graded answers; the router learns from them. */
  readonly onboarded?: readonly Onboarded[]
  /** How outcomes teach; the defaults of `src/learn/settings.ts` when left out. */
  readonly learning?: LearningSettings
  readonly maxBodyBytes: number
  /** The gateway's own certificate, where it serves https. */
  readonly tls?: ServerTls
  readonly maxAttempts: number
  readonly timeouts: Timeouts
  /** `DISPATCH_DEFAULTS` when left out. */
  readonly dispatch?: DispatchSettings
  /** `SESSION_DEFAULTS` when left out. */
  readonly sessions?: SessionSettings
  /** Of every call, before those of its key; absent where there are none. */
  readonly guards?: readonly PlacedGuard[]
  /** Absent where no answer is kept. */
  readonly cache?: CacheSettings
}

export type CacheSettings = {
  /** Answers are kept in the store that gateways share. */
  readonly isShared?: boolean
  readonly ttlMs: number
  /** Of all answers together, and of one. */
  readonly maxBytes: number
  readonly maxEntryBytes: number
  /** Absent where only the same question has the same answer. */
  readonly semantic?: SemanticSettings
}

export type SemanticSettings = {
  readonly ttlMs: number
  /** Every word of substance must be the same, or what they mean. */
  readonly match: 'words' | 'meaning'
  /** Least cosine between two questions that mean the same. */
  readonly threshold: number
}

/** PEM texts. */
export type ServerTls = {
  readonly cert: string
  readonly key: string
  /** Whose certificates clients must have. */
  readonly clientCa: string | undefined
}

export type ConfiguredProvider = {
  readonly name: string
  readonly provider: Provider
  /** Without a trailing slash. */
  readonly baseUrl: string
  /** In which its models are asked: the provider's own, or the one the configuration names. */
  readonly format: WireFormatId
  readonly secret: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Those values of `headers` that are secrets. */
  readonly hidden?: readonly string[]
  /** By what its base URL says when left out. */
  readonly reach?: Reach
  /** `native`, `auto`, `emulate`, or the dialect in which all of its models call tools. */
  readonly toolCalls?: string
  /** How many times a model is asked again for a call that was no good, at most. */
  readonly refine?: number
  /** Calls that it takes at once. */
  readonly maxConcurrent?: number | undefined
}

export type Pool = {
  readonly name: string
  readonly targets: readonly Target[]
  readonly preset: string | undefined
  /** Among the models of these, by id, the requests that one of them wins are shared by weight. */
  readonly weights?: ReadonlyMap<string, number>
  readonly canary?: Canary
}

/** A model on trial: a share of the requests, 0..1, that a model of the pattern `inPlaceOf` wins. */
export type Canary = { readonly model: string; readonly share: number; readonly inPlaceOf: string }

export type LearningSettings = {
  /** Outcomes move predictions. They are taken and counted without it as well. */
  readonly isEnabled: boolean
  /** What the gateway sees of answers itself moves predictions too, and not only what users say. */
  readonly learnsFromSignals: boolean
  /** Outcomes that the router's own prediction counts for. */
  readonly priorCount: number
  /** What an outcome counts for a day later, 0..1. */
  readonly forgettingPerDay: number
  /** Share of the decisions that may fall on another model than the best, 0..0.05. */
  readonly explore: number
}

export type InboundKey = {
  readonly name: string
  /** SHA-256 of the key; the key itself is not kept. */
  readonly sha256: Uint8Array
  readonly routing: Directives
  readonly promptFlags: 'off' | 'soft' | 'tighten'
  /** Its calls are never explored with. */
  readonly isSensitive?: boolean
  /** Left out where nothing is bounded. */
  readonly limits?: KeyLimits | undefined
  /** Beside those of every call. */
  readonly guards?: readonly PlacedGuard[]
  /** `semantic` when left out: whatever is enabled. */
  readonly cache?: CacheUse
}

/** What a caller may do, whoever he is. */
export type Grant = Omit<InboundKey, 'name' | 'sha256'>

/** Whose tokens are taken in place of keys. */
export type JwtSettings = {
  readonly issuer: string
  /** One of these must stand in a token. */
  readonly audiences: readonly string[]
  /** The issuer’s own discovery says it where this does not. */
  readonly jwksUrl: string | undefined
  readonly algorithms: readonly string[]
  /** The claim that names the caller. */
  readonly nameClaim: string
  readonly skewSeconds: number
  /** The first that matches governs. Without rules every token that holds is taken; with them, only one that matches. */
  readonly rules: readonly JwtRule[]
}

export type JwtRule = {
  /** Claims and what one of their values must be; `a.b` reaches into objects. */
  readonly match: ReadonlyMap<string, readonly string[]>
  readonly grant: Grant
  /** What metrics call the callers of this rule: people would be too many. */
  readonly label: string
}

/** Who calls. */
export type Principal = {
  readonly name: string
  /** What metrics call him, where not by his name: they are kept for ever. */
  readonly label?: string
  readonly routing: Directives
  readonly promptFlags: 'off' | 'soft' | 'tighten'
  /** Its calls are never explored with. */
  readonly isSensitive?: boolean
  /** Left out where nothing is bounded. */
  readonly limits?: KeyLimits | undefined
  /** Beside those of every call. */
  readonly guards?: readonly PlacedGuard[]
  /** `semantic` when left out: whatever is enabled. */
  readonly cache?: CacheUse
}

export type RouterSettings = {
  readonly use: string
  readonly device: string
  /** The server of the device `remote`. */
  readonly remote?: RemoteModel | undefined
  /** Milliseconds a decision may wait for the router. */
  readonly deadlineMs: number
}
