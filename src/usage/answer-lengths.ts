/** How long the answers of one target are beside what was predicted. */
export type AnswerLengths = {
  /** `predicted` with `factor()` already in it, as it stood in the decision. */
  record(predicted: number, actual: number): void
  /** What a prediction is to be multiplied by; 1 without evidence. */
  factor(): number
  /** How much of it is the predictor's word alone, 0..1; 1 without evidence. */
  belief(): number
}

// The predictor's word counts as much as so many answers (router.md §4.6: shrink toward the mean).
const BELIEF = 20
// What is seen fades by this much with every answer: a change shows after some two hundred.
const KEPT = 0.995
const LEAST = 0.25
const MOST = 4

/** A ratio of sums, not a mean of ratios: long answers are what costs. */
export function createAnswerLengths(): AnswerLengths {
  let predictedSum = 0
  let actualSum = 0
  let count = 0

  function factor(): number {
    if (predictedSum === 0) return 1
    const shrunk = (count * (actualSum / predictedSum) + BELIEF) / (count + BELIEF)
    return Math.min(MOST, Math.max(LEAST, shrunk))
  }

  return {
    record(predicted, actual) {
      if (!(predicted > 0)) return
      const plain = predicted / factor()
      predictedSum = predictedSum * KEPT + plain
      actualSum = actualSum * KEPT + actual
      count = count * KEPT + 1
    },
    factor,
    belief: () => BELIEF / (count + BELIEF),
  }
}
