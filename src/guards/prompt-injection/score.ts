import { exp } from '../../core/portable-maths.ts'
import { BUCKETS, bucketsOf, STRIDE, WINDOW, wordsOf } from './features.ts'
import { decodedIn } from './normalise.ts'

/** A linear model over buckets. */
export type InjectionModel = { readonly weights: Int8Array; readonly scale: number; readonly bias: number }

const DEEPEST = 2

/**
 * How likely it is, 0..1, that a text tells a model to do other than it was told: the most of any window of its words, and
 * of what it holds in base64, hexadecimal or percent signs.
 */
export function scoreText(text: string, model: InjectionModel, depth = 0): number {
  const words = wordsOf(text)
  let most = 0
  for (let start = 0; start === 0 || start + STRIDE < words.length; start += STRIDE) {
    most = Math.max(most, scoreWords(words, start, Math.min(words.length, start + WINDOW), model))
  }
  if (depth >= DEEPEST) return most
  return decodedIn(text).reduce((score, decoded) => Math.max(score, scoreText(decoded, model, depth + 1)), most)
}

export function scoreWords(words: readonly string[], start: number, end: number, model: InjectionModel): number {
  let sum = model.bias
  for (const bucket of bucketsOf(words, start, end)) sum += (model.weights[bucket] ?? 0) * model.scale
  return 1 / (1 + exp(-sum))
}

/** Weights as base64 of signed bytes. */
export function readModel(written: {
  readonly weights: string
  readonly scale: number
  readonly bias: number
}): InjectionModel {
  const binary = atob(written.weights)
  const weights = new Int8Array(BUCKETS)
  for (let index = 0; index < weights.length; index += 1) weights[index] = binary.charCodeAt(index)
  return { ...written, weights }
}
