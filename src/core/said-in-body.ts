import type { Directives } from './directives.ts'
import type { Loss } from './wire-format.ts'

/** The order in which a caller of other gateways wants models tried. Nobody is tried for it who fails a hard limit. */
export type Wishes = {
  /** Names of models to try after `model`, in order: targets, aliases, `auto`, `auto/POOL`. */
  readonly fallbacks?: readonly string[]
  /** Names of configured providers to try before the others, in order. */
  readonly providers?: readonly string[]
  /** Of what the gateway would choose, the first alone; `fallbacks` stay. */
  readonly isAlone?: boolean
  /** Most milliseconds to the first token: models that are slower, or of which it is not known, are tried last. */
  readonly ttftMs?: number
  /** Least tokens a second, in the same way. */
  readonly tokensPerSecond?: number
}

/** What a body says of routing beside its model's name, taken off it before anything else reads it. */
export type SaidInBody = {
  /** `routing`, wherever it stood, over what the members of other gateways mean. */
  readonly body: Directives
  /** Flags written in the prompt, as far as the key allows them. */
  readonly prompt: Directives
  readonly wishes: Wishes
  /** What could not be heeded, where it stood, and what became of it. */
  readonly warnings: readonly Loss[]
  /** Members that stay in the body, since OpenRouter alone gets it. */
  readonly kept: readonly string[]
}
