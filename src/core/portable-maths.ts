// `Math.exp`, `log`, `tanh` and `**` are only approximated by every engine's own formula: Node 26 and workerd differ in
// the last bit of some results, and what is decided must be the same in both. Sums, products, quotients and square roots
// are exact by IEEE 754, so what is made of those alone cannot differ. The formulas are fdlibm's.

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const EXP_TERMS = [
  0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6, 4.1381367970572385e-8,
] as const
const LOG_TERMS = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
] as const
const SMALLEST_POWER = -1074
const POWERS_OF_TWO = powersOfTwo()

/** e to the power of `value`. */
export function exp(value: number): number {
  if (Number.isNaN(value)) return value
  if (value > 709.78) return Number.POSITIVE_INFINITY
  if (value < -745.13) return 0
  const power = Math.round(value / (LN2_HIGH + LN2_LOW))
  const high = value - power * LN2_HIGH
  const low = power * LN2_LOW
  const rest = high - low
  const square = rest * rest
  const [p1, p2, p3, p4, p5] = EXP_TERMS
  const c = rest - square * (p1 + square * (p2 + square * (p3 + square * (p4 + square * p5))))
  const mantissa = 1 - (low - (rest * c) / (2 - c) - high)
  return scaled(mantissa, power)
}

/** The natural logarithm of a positive number. */
export function log(value: number): number {
  if (!(value > 0) || value === Number.POSITIVE_INFINITY)
    return value === 0 ? Number.NEGATIVE_INFINITY : value > 0 ? value : Number.NaN
  const power = powerIn(value)
  return logOf(scaled(value, -power), power)
}

/** The logarithm to base two of a positive number; whole where the number is a power of two. */
export function log2(value: number): number {
  if (!(value > 0) || value === Number.POSITIVE_INFINITY) return log(value)
  const power = powerIn(value)
  return power + logOf(scaled(value, -power), 0) / Math.LN2
}

/** The power of two that leaves a number about 1, from √½ to √2. */
function powerIn(value: number): number {
  let power = 0
  let mantissa = value
  for (; mantissa >= Math.SQRT2; power += 1) mantissa /= 2
  for (; mantissa < Math.SQRT1_2; power -= 1) mantissa *= 2
  return power
}

/** The natural logarithm of `mantissa` times two to the `power`. */
function logOf(mantissa: number, power: number): number {
  const f = mantissa - 1
  const s = f / (2 + f)
  const z = s * s
  const [l1, l2, l3, l4, l5, l6, l7] = LOG_TERMS
  const series = z * (l1 + z * (l2 + z * (l3 + z * (l4 + z * (l5 + z * (l6 + z * l7))))))
  const half = 0.5 * f * f
  return power * LN2_HIGH - (half - (s * (half + series) + power * LN2_LOW) - f)
}

/** The hyperbolic tangent, to about sixteen decimals. */
export function tanh(value: number): number {
  const magnitude = 1 - 2 / (exp(2 * Math.abs(value)) + 1)
  return value < 0 ? -magnitude : magnitude
}

/** `value` times two to the `power`: in two steps, because the whole power may lie beyond what a number holds. */
function scaled(value: number, power: number): number {
  const half = Math.trunc(power / 2)
  return value * powerOfTwo(half) * powerOfTwo(power - half)
}

function powerOfTwo(power: number): number {
  return POWERS_OF_TWO[power - SMALLEST_POWER] ?? 0
}

/** Every power of two that a number holds, each twice the last: exact. */
function powersOfTwo(): Float64Array {
  const powers = new Float64Array(1024 - SMALLEST_POWER)
  let power = Number.MIN_VALUE
  for (let index = 0; index < powers.length; index += 1) {
    powers[index] = power
    power *= 2
  }
  return powers
}
