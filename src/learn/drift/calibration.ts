/** Whether predicted qualities come true, over the last rewards. */
export type Calibration = {
  count: number
  /** Mean of (predicted − reward)². */
  brier: number
  /** What it would be if all predictions were right and each reward 0 or 1: the mean of q·(1 − q). */
  expected: number
  /** Mean variance of one reward's part in the difference of the two, were all predictions right. */
  variance: number
  isAlarmed: boolean
}

const WINDOW = 300
const LEAST_COUNT = 100
export const ALARM_ABOVE = 0.05
/** Standard deviations of the difference that are chance: it is looked at after every reward. */
const CHANCE = 3.5

export function openCalibration(): Calibration {
  return { count: 0, brier: 0, expected: 0, variance: 0, isAlarmed: false }
}

/** Adds one reward; true when the alarm begins. */
export function addReward(calibration: Calibration, predicted: number, reward: number): boolean {
  calibration.count += 1
  const step = 1 / Math.min(calibration.count, WINDOW)
  calibration.brier += step * ((predicted - reward) ** 2 - calibration.brier)
  calibration.expected += step * (predicted * (1 - predicted) - calibration.expected)
  // (q − r)² − q(1 − q) is (r − q)(1 − 2q) for a reward of 0 or 1.
  const variance = predicted * (1 - predicted) * (1 - 2 * predicted) ** 2
  calibration.variance += step * (variance - calibration.variance)
  const excess = calibration.brier - calibration.expected
  if (calibration.isAlarmed) {
    if (excess < ALARM_ABOVE / 2) calibration.isAlarmed = false
    return false
  }
  const above = Math.max(ALARM_ABOVE, CHANCE * Math.sqrt(calibration.variance * step))
  calibration.isAlarmed = calibration.count >= LEAST_COUNT && excess > above
  return calibration.isAlarmed
}
