/** A sum of how far rewards fall short, which rises while they do and falls back to nothing when they do not. */
export type Cusum = {
  value: number
  isAlarmed: boolean
}

/** A shortfall below this is noise. Half of the drop that is to be found soon. */
export const SLACK = 0.1
/**
 * With nothing wrong and rewards of 0 and 1 it is alarmed once in about 2,000 outcomes about a mean of 0.5, 3,000 about 0.7,
 * 20,000 about 0.85, and hardly ever from 0.9 on; a drop of 0.4 is seen after about 20.
 */
export const ALARM = 6
const QUIET = ALARM / 2

/** Adds one outcome; true when the alarm begins. https://en.wikipedia.org/wiki/CUSUM */
export function addTo(cusum: Cusum, shortfall: number, weight: number): boolean {
  // No higher than twice the alarm, so that a model that is well again is seen to be.
  cusum.value = Math.min(Math.max(0, cusum.value + weight * (shortfall - SLACK)), 2 * ALARM)
  if (cusum.isAlarmed) {
    if (cusum.value < QUIET) cusum.isAlarmed = false
    return false
  }
  cusum.isAlarmed = cusum.value >= ALARM
  return cusum.isAlarmed
}
