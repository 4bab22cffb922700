const BINS = 15

/** How much each row or cell counts; once where nobody says otherwise. */
export type Weight = (index: number) => number

const once: Weight = () => 1

/** Chance that a good answer was given a higher probability than a bad one; `undefined` when there is only one kind. */
export function auroc(probabilities: readonly number[], labels: readonly number[]): number | undefined {
  return createAuroc(probabilities, labels)(once)
}

/** `auroc` of the same answers under one weighting after another: they are put in order once. */
export function createAuroc(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): (weight: Weight) => number | undefined {
  const order = byRise(probabilities)
  return (weight) => {
    let good = 0
    let bad = 0
    let won = 0
    for (let start = 0; start < order.length; ) {
      const value = probabilities[order[start] ?? 0]
      let goodHere = 0
      let badHere = 0
      for (; start < order.length && probabilities[order[start] ?? 0] === value; start += 1) {
        const index = order[start] ?? 0
        if ((labels[index] ?? 0) < 0.5) badHere += weight(index)
        else goodHere += weight(index)
      }
      // Equal probabilities win half of the time.
      won += goodHere * (bad + badHere / 2)
      good += goodHere
      bad += badHere
    }
    return good === 0 || bad === 0 ? undefined : won / (good * bad)
  }
}

/** Predictions of like height: their mean, the mean outcome, and their share of all. */
export type Bin = { readonly said: number; readonly seen: number; readonly share: number }

/** 15 bins of equal mass, by rising probability; fewer when there are fewer predictions. */
export function calibrationBins(probabilities: readonly number[], labels: readonly number[]): Bin[] {
  return createBins(probabilities, labels)(once)
}

/** `calibrationBins` under one weighting after another: who stands in which bin stays as it is. */
export function createBins(probabilities: ArrayLike<number>, labels: ArrayLike<number>): (weight: Weight) => Bin[] {
  const order = byRise(probabilities)
  const bins = Array.from({ length: BINS }, (_, bin) =>
    order.subarray(Math.floor((bin * order.length) / BINS), Math.floor(((bin + 1) * order.length) / BINS)),
  )
  return (weight) => {
    let total = 0
    const sums = bins.map((members) => {
      const sum = { said: 0, seen: 0, mass: 0 }
      for (const index of members) {
        const mass = weight(index)
        sum.mass += mass
        sum.said += mass * (probabilities[index] ?? 0)
        sum.seen += mass * (labels[index] ?? 0)
      }
      total += sum.mass
      return sum
    })
    return sums
      .filter(({ mass }) => mass > 0)
      .map(({ said, seen, mass }) => ({ said: said / mass, seen: seen / mass, share: mass / total }))
  }
}

/** Expected calibration error over the bins. */
export function expectedCalibrationError(bins: readonly Bin[]): number {
  return bins.reduce((sum, { said, seen, share }) => sum + share * Math.abs(said - seen), 0)
}

/** Squared distance of probability and outcome (Brier). */
export function squaredError(probability: number, label: number): number {
  return (probability - label) ** 2
}

/** Negative log-likelihood, the probability kept a millionth away from certainty. */
export function logLoss(probability: number, label: number): number {
  const p = Math.min(Math.max(probability, 1e-6), 1 - 1e-6)
  return -(label * Math.log(p) + (1 - label) * Math.log(1 - p))
}

function byRise(values: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, index) => index).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0),
  )
}
