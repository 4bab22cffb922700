import type { Ports } from './ports.ts'
import type { Target } from './target.ts'

/** Where a conversation stands: its first turn, a later user turn, or between a tool call and the next answer. */
export type Phase = 'first-turn' | 'user-turn' | 'tool-loop'

/** Facts about a request, computed before routing. Routers and filters read these and never the request itself. */
export type Signals = {
  /** Estimated tokens of everything that is sent, tools included. */
  readonly promptTokens: number
  /** Estimated tokens of the last user turn. */
  readonly lastTurnTokens: number
  readonly turns: number
  readonly phase: Phase
  readonly toolCount: number
  readonly isToolForced: boolean
  readonly hasImages: boolean
  readonly hasAudio: boolean
  readonly hasFiles: boolean
  readonly wantsJson: boolean
  /** `n` of the request; 1 when not said. */
  readonly choices: number
  /** The caller's cap on the answer, in tokens. */
  readonly maxOutputTokens: number | undefined
  /** The text a router may read: heads and tails of system, tools' names, previous and last user turn. Never tool results. */
  readonly routingText: string
  /** True when `routingText` leaves part of the conversation out. */
  readonly truncated: boolean
}

/** What a router says of one candidate. No price and no latency: those are the policy's. */
export type Prediction = {
  /** Chance of a good answer, 0 to 1, calibrated. */
  readonly quality: number
  /** One standard deviation of `quality`; wide when the prompt or the model is unlike the training data. */
  readonly uncertainty: number
  /** Expected tokens of the answer, reasoning included; `undefined` when the router cannot tell. */
  readonly outputTokens: number | undefined
}

/** One prediction a candidate, in the candidates' order. */
export type Predictions = {
  readonly predictions: readonly Prediction[]
  /** The router's own cut of the text, beyond `Signals.truncated`. */
  readonly truncated: boolean
  /** Free-form facts for `explain`: nearest clusters, difficulty, … Plain JSON. */
  readonly evidence?: Readonly<Record<string, unknown>>
  /** How much the prompt is of each of the router's clusters; sums to 1. Absent where a router has none. */
  readonly shares?: Float32Array
  /** Which clusters these are: shares under one name can be compared, whoever read them. */
  readonly clusters?: string
  /** What each of them is called, for people. */
  readonly clusterNames?: readonly string[]
  /** 0 like the prompts that the router learned from, 1 unlike any of them. */
  readonly strangeness?: number
}

export type Router = {
  /** `id@version`, as in `x-route-router`. */
  readonly name: string
  /** Where inference runs at this moment: `cpu`, `cuda`, `remote`, …; `none` for routers without a model. */
  readonly device: string
  predict(input: RouterInput): Predictions | Promise<Predictions>
  /**
   * The same router with these models' profiles fitted to graded answers instead of those it knows. Closing it closes
   * nothing. Absent where a router cannot learn a model. `pool`, the usual way: models graded on the same prompts teach
   * each other what these are like, and are compared with one another only. `each`: every model for itself, on the
   * scale of all the models that are not among them.
   */
  onboard?(models: readonly Onboarded[], how?: 'pool' | 'each'): Promise<Router>
  /** What its encoder makes of a text. Absent where it has none that tells meanings apart. Rejects as `predict` does. */
  embed?(text: string, signal: AbortSignal): Promise<Embedding>
  /** Asked when this one is late or fails; answers at once. Closing the router closes it. */
  readonly fallback?: Router
  close(): Promise<void>
}

/** A vector of unit length. `truncated`: not all of the text is in it. */
export type Embedding = { readonly vector: Float32Array; readonly truncated: boolean }

/** A model and answers of it that were graded. */
export type Onboarded = {
  readonly target: Target
  readonly graded: readonly GradedAnswer[]
  /** Where the answers are from. A target may stand in the list once for each source: probes today, feedback to come. */
  readonly evidence?: RestsOn
}

/** One thing that a model's profile rests on. JSON names, because a decision's `evidence` shows it. */
export type RestsOn = {
  readonly kind: string
  /** ISO date or month. */
  readonly date?: string
  /** Answers that were graded, and prompts that were to be asked. */
  readonly graded?: number
  readonly asked?: number
  readonly sources?: readonly { readonly benchmark: string; readonly date?: string }[]
  /** The relative whose profile stands in. */
  readonly of?: string
}

export type GradedAnswer = {
  readonly signals: Signals
  /** 0 to 1. */
  readonly score: number
  /** Of the answer, thinking included; `undefined` where nobody counted. */
  readonly outputTokens?: number | undefined
  /** What its owner calls prompts of this kind. Learned from, never asked for: a prompt to be routed has no such name. */
  readonly group?: string | undefined
}

export type RouterInput = {
  readonly signals: Signals
  readonly candidates: readonly Target[]
  /** Aborts when the answer would come too late to be used. */
  readonly signal: AbortSignal
}

/** What of the outside a router may use. */
export type RouterPorts = Pick<Ports, 'inference' | 'createStore' | 'digest'>

export type RouterDefinition<Settings = unknown> = {
  readonly id: string
  readonly settings: { parse(value: unknown): Settings }
  readonly runtimes: readonly ('node' | 'workers')[]
  open(settings: Settings, ports: RouterPorts): Promise<Router>
}

/** Checks a router's definition against the contract and keeps its exact type. */
export function defineRouter<Settings>(definition: RouterDefinition<Settings>): RouterDefinition<Settings> {
  return definition
}
