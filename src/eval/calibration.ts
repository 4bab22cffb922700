const BINS = 15

/** Chance that a good answer was given a higher probability than a bad one; `undefined` when there is only one kind. */
export function auroc(probabilities: readonly number[], labels: readonly number[]): number | undefined {
  const order = [...probabilities.keys()].sort((a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0))
  let good = 0
  let rankSum = 0
  for (let start = 0; start < order.length; ) {
    let end = start
    const value = probabilities[order[start] ?? 0]
    while (end < order.length && probabilities[order[end] ?? 0] === value) end += 1
    // Equal probabilities share their mean rank.
    const rank = (start + 1 + end) / 2
    for (const index of order.slice(start, end)) {
      if ((labels[index] ?? 0) < 0.5) continue
      good += 1
      rankSum += rank
    }
    start = end
  }
  const bad = order.length - good
  return good === 0 || bad === 0 ? undefined : (rankSum - (good * (good + 1)) / 2) / (good * bad)
}

/** Predictions of like height: their mean, the mean outcome, and their share of all. */
export type Bin = { readonly said: number; readonly seen: number; readonly share: number }

/** 15 bins of equal mass, by rising probability; fewer when there are fewer predictions. */
export function calibrationBins(probabilities: readonly number[], labels: readonly number[]): Bin[] {
  const order = [...probabilities.keys()].sort((a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0))
  return Array.from({ length: BINS }, (_, bin) =>
    order.slice(Math.floor((bin * order.length) / BINS), Math.floor(((bin + 1) * order.length) / BINS)),
  )
    .filter((members) => members.length > 0)
    .map((members) => {
      const mean = (values: readonly number[]): number =>
        members.reduce((sum, index) => sum + (values[index] ?? 0), 0) / members.length
      return { said: mean(probabilities), seen: mean(labels), share: members.length / order.length }
    })
}

/** Expected calibration error over the bins. */
export function expectedCalibrationError(bins: readonly Bin[]): number {
  return bins.reduce((sum, { said, seen, share }) => sum + share * Math.abs(said - seen), 0)
}

/** Mean squared distance of probability and outcome. */
export function brier(probabilities: readonly number[], labels: readonly number[]): number {
  return (
    probabilities.reduce((sum, value, index) => sum + (value - (labels[index] ?? 0)) ** 2, 0) / probabilities.length
  )
}

/** Mean negative log-likelihood, probabilities kept a millionth away from certainty. */
export function logLoss(probabilities: readonly number[], labels: readonly number[]): number {
  const loss = probabilities.map((value, index) => {
    const p = Math.min(Math.max(value, 1e-6), 1 - 1e-6)
    const label = labels[index] ?? 0
    return -(label * Math.log(p) + (1 - label) * Math.log(1 - p))
  })
  return loss.reduce((sum, value) => sum + value, 0) / loss.length
}
