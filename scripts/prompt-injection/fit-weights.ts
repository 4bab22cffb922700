import { BUCKETS, bucketsOf, STRIDE, WINDOW, wordsOf } from '../../src/guards/prompt-injection/features.ts'
import type { InjectionModel } from '../../src/guards/prompt-injection/score.ts'
import type { Example } from './corpus.ts'

const EPOCHS = 4
const RATE = 0.1
const DECAY = 2e-6

type Window = readonly Uint16Array[]

/** Logistic regression by AdaGrad. Of an attack the window that looks most like one counts; of a harmless text every one. */
export function fitWeights(examples: readonly Example[], random: () => number): InjectionModel {
  const prepared = examples.map(({ text, isAttack }) => ({ isAttack, windows: windowsOf(text) }))
  const weights = new Float32Array(BUCKETS)
  const squares = new Float32Array(BUCKETS).fill(1)
  let bias = 0

  function score(buckets: Uint16Array): number {
    let sum = bias
    for (const bucket of buckets) sum += weights[bucket] ?? 0
    return sum
  }

  function learn(buckets: Uint16Array, label: number): void {
    const error = 1 / (1 + Math.exp(-score(buckets))) - label
    bias -= RATE * 0.1 * error
    for (const bucket of buckets) {
      const gradient = error + DECAY * (weights[bucket] ?? 0)
      squares[bucket] = (squares[bucket] ?? 0) + gradient * gradient
      weights[bucket] = (weights[bucket] ?? 0) - (RATE * gradient) / Math.sqrt(squares[bucket] ?? 1)
    }
  }

  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    for (let count = 0; count < prepared.length; count += 1) {
      const example = prepared[Math.floor(random() * prepared.length)]
      if (example === undefined) continue
      if (!example.isAttack) for (const window of example.windows) learn(window, 0)
      else
        learn(
          example.windows.reduce((best, one) => (score(one) > score(best) ? one : best)),
          1,
        )
    }
  }
  return quantised(weights, bias)
}

/** Signed bytes: what is served is what is measured. */
function quantised(weights: Float32Array, bias: number): InjectionModel {
  const scale = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 127
  return { weights: Int8Array.from(weights, (weight) => Math.round(weight / scale)), scale, bias }
}

const MOST_WINDOWS = 6

function windowsOf(text: string): Window {
  const words = wordsOf(text)
  const windows: Uint16Array[] = []
  for (
    let start = 0;
    start === 0 || (start + STRIDE < words.length && windows.length < MOST_WINDOWS);
    start += STRIDE
  ) {
    windows.push(Uint16Array.from(bucketsOf(words, start, Math.min(words.length, start + WINDOW))))
  }
  return windows
}
