/** Whether predicted qualities come true, over the last rewards. */
export type Calibration = {
  count: number
  /** Mean of (predicted − reward)². */
  brier: number
  /** What it would be if all predictions were right and each reward 0 or 1: the mean of q·(1 − q). */
  expected: number
  isAlarmed: boolean
}

const WINDOW = 300
const LEAST_COUNT = 100
export const ALARM_ABOVE = 0.05

export function openCalibration(): Calibration {
  return { count: 0, brier: 0, expected: 0, isAlarmed: false }
}

/** Adds one reward; true when the alarm begins. */
export function addReward(calibration: Calibration, predicted: number, reward: number): boolean {
  calibration.count += 1
  const step = 1 / Math.min(calibration.count, WINDOW)
  calibration.brier += step * ((predicted - reward) ** 2 - calibration.brier)
  calibration.expected += step * (predicted * (1 - predicted) - calibration.expected)
  const excess = calibration.brier - calibration.expected
  if (calibration.isAlarmed) {
    if (excess < ALARM_ABOVE / 2) calibration.isAlarmed = false
    return false
  }
  calibration.isAlarmed = calibration.count >= LEAST_COUNT && excess > ALARM_ABOVE
  return calibration.isAlarmed
}
