export type Axis = {
  readonly label: string
  /** Ends of the axis; those of the points where it is not said. */
  readonly range?: readonly [number, number]
  readonly isLog?: boolean
  readonly format: (value: number) => string
}

// Named values, about.
const TICKS = 5

/** Where values stand on an axis, and the round ones to name. */
export type Scale = { readonly ticks: readonly number[]; readonly of: (value: number) => number }

/** An axis from `from` to `to`, in whatever unit the drawing has; without a range, with a margin about the values. */
export function scaleOf({ range, isLog = false }: Axis, values: readonly number[], from: number, to: number): Scale {
  const map = (value: number): number => (isLog ? Math.log10(value) : value)
  const unmap = (value: number): number => (isLog ? 10 ** value : value)
  const [least = 0, most = 1] = (range ?? [Math.min(...values), Math.max(...values)]).map(map)
  const span = most - least || 1
  const margin = range === undefined ? span * 0.05 : 0
  const [low, high] = [least - margin, most + margin]
  const ticks = isLog ? logTicks(unmap(low), unmap(high)) : evenTicks(low, high)
  return { ticks, of: (value) => from + ((map(value) - low) / (high - low || 1)) * (to - from) }
}

/** Round values, about five of them. */
function evenTicks(low: number, high: number): number[] {
  const rough = (high - low) / TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const count = Math.floor(high / step + 1e-9) - first + 1
  return Array.from({ length: count }, (_, tick) => (first + tick) * step)
}

// More of them would touch one another.
const MOST_LOG_TICKS = 7

/** 1, 2 and 5 of each power of ten; of a wide range the powers alone. */
function logTicks(low: number, high: number): number[] {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, step) => 10 ** (Math.floor(Math.log10(low)) + step),
  )
  const inside = (digits: readonly number[]): number[] =>
    powers.flatMap((power) => digits.map((digit) => digit * power)).filter((value) => value >= low && value <= high)
  const fine = inside([1, 2, 5])
  return fine.length > MOST_LOG_TICKS ? inside([1]) : fine
}
