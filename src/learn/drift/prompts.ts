import type { Predictions } from '../../core/router.ts'
import { stabilityIndex } from './stability-index.ts'

/** How far the prompts of today differ from those of the beginning. */
export type PromptDrift = {
  /** Population stability index of the kinds of prompts; `undefined` until there is enough to compare. */
  readonly index: number | undefined
  /** Share of the prompts that are unlike all that the router learned from. */
  readonly farShare: number
  /** The same of the first prompts. */
  readonly farShareThen: number | undefined
}

/** The state, as plain numbers. */
export type PromptCounts = {
  /** Whose clusters. */
  readonly clusters: string
  /** Of the first prompts. */
  readonly reference: Float64Array
  /** Of the last ones, the older the less. */
  readonly current: Float64Array
  referenceCount: number
  referenceFar: number
  currentCount: number
  far: number
}

/** Prompts that are the reference. */
export const FIRST_PROMPTS = 2_000
// By chance alone twenty kinds of 200 prompts are 0.1 apart, and now and then 0.2.
const LEAST_CURRENT = 500
/** About as many of the last prompts count. */
const WINDOW = 1_000
/** Beyond it a prompt is nearer to nothing than to any cluster. */
const FAR = 0.5

export function openCounts(clusters: string, size: number): PromptCounts {
  return {
    clusters,
    reference: new Float64Array(size),
    current: new Float64Array(size),
    referenceCount: 0,
    referenceFar: 0,
    currentCount: 0,
    far: 0,
  }
}

/** Counts one prompt. Until the first ones are full, they are all there is. */
export function countPrompt(counts: PromptCounts, { shares, strangeness = 0 }: Predictions): void {
  const isFar = strangeness >= FAR ? 1 : 0
  if (counts.referenceCount < FIRST_PROMPTS) {
    add(counts.reference, shares, 1)
    counts.referenceCount += 1
    counts.referenceFar += isFar
  } else {
    add(counts.current, shares, 1 - 1 / WINDOW)
    counts.currentCount += 1
  }
  const seen = Math.min(counts.referenceCount + counts.currentCount, WINDOW)
  counts.far += (isFar - counts.far) / seen
}

export function driftOf(counts: PromptCounts): PromptDrift {
  const isComparable = counts.referenceCount >= FIRST_PROMPTS && counts.currentCount >= LEAST_CURRENT
  return {
    index: isComparable ? stabilityIndex(counts.reference, counts.current) : undefined,
    farShare: counts.far,
    farShareThen: isComparable ? counts.referenceFar / counts.referenceCount : undefined,
  }
}

function add(histogram: Float64Array, shares: Float32Array | undefined, kept: number): void {
  if (shares === undefined) return
  for (let k = 0; k < histogram.length; k += 1) histogram[k] = kept * (histogram[k] ?? 0) + (shares[k] ?? 0)
}
