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

/** Expected calibration error over 15 bins of equal mass. */
export function expectedCalibrationError(probabilities: readonly number[], labels: readonly number[]): number {
  const order = [...probabilities.keys()].sort((a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0))
  let error = 0
  for (let bin = 0; bin < BINS; bin += 1) {
    const members = order.slice(Math.floor((bin * order.length) / BINS), Math.floor(((bin + 1) * order.length) / BINS))
    const said = members.reduce((sum, index) => sum + (probabilities[index] ?? 0), 0)
    const seen = members.reduce((sum, index) => sum + (labels[index] ?? 0), 0)
    error += Math.abs(said - seen)
  }
  return error / order.length
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
