import type { OutcomeSource } from '../core/outcome.ts'
import type { Cluster } from './drift/drift.ts'
import type { PromptKind } from './prompt-kind.ts'

/** An answered decision of which outcomes may still come. */
export type Awaited = {
  /** Whose: the name of the key. */
  readonly key: string
  /** The target that answered. */
  readonly model: string
  /** `undefined` where no router saw the prompt: its outcomes are counted and teach nothing. */
  readonly kind: PromptKind | undefined
  readonly cluster: Cluster
  /** What the router predicted of it, 0..1, before outcomes and calls of tools were weighed. */
  readonly quality: number | undefined
  /** And what was believed then, all that was learned included. */
  readonly believed: number | undefined
  /** The outcomes so far, by source and model. */
  readonly given: Map<string, Given>
  /** How often a person's word was taken, the first time included. */
  timesTold: number
}

/** A person changes his mind; who does it more often on one answer is a program, and each time is a line of the log. */
export const MOST_TOLD = 20

/** An outcome that has been learned from, so that it can be put right. */
export type Given = {
  readonly reward: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly expected: number
}

export function nameOf(source: OutcomeSource, model: string): string {
  return `${source} ${model}`
}

/** Answers of which outcomes are awaited; of the caller who has most, the one that was asked for longest ago goes first. About half a kilobyte each. */
export const MOST_AWAITED = 10_000
