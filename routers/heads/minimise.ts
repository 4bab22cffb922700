/** Value of a loss at `point`; its gradient is written into `gradient`. */
export type Loss = (point: Float64Array, gradient: Float64Array) => number

const KEPT_STEPS = 8
const SUFFICIENT = 1e-4
const LEAST_SHARE = 1e-6

/** A minimum of a smooth convex loss, by L-BFGS (Nocedal and Wright, algorithm 7.5) from zero. */
export function minimise(loss: Loss, size: number, maxSteps = 100, tolerance = 1e-6): Float64Array {
  let point: Float64Array = new Float64Array(size)
  let gradient: Float64Array = new Float64Array(size)
  let value = loss(point, gradient)
  const moves: { readonly change: Float64Array; readonly turn: Float64Array; readonly scale: number }[] = []
  for (let step = 0; step < maxSteps; step += 1) {
    const direction = descent(gradient, moves)
    const slope = dot(direction, gradient)
    if (slope >= 0) break
    let share = moves.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1
    let next = along(point, direction, share)
    let nextGradient = new Float64Array(size)
    let nextValue = loss(next, nextGradient)
    while (nextValue > value + SUFFICIENT * share * slope && share > LEAST_SHARE) {
      share /= 2
      next = along(point, direction, share)
      nextGradient = new Float64Array(size)
      nextValue = loss(next, nextGradient)
    }
    if (nextValue >= value) break
    const change = difference(next, point)
    const turn = difference(nextGradient, gradient)
    const curvature = dot(change, turn)
    if (curvature > 0) moves.push({ change, turn, scale: 1 / curvature })
    if (moves.length > KEPT_STEPS) moves.shift()
    const gained = value - nextValue
    point = next
    gradient = nextGradient
    value = nextValue
    if (gained < tolerance * Math.abs(value)) break
  }
  return point
}

function descent(
  gradient: Float64Array,
  moves: readonly { readonly change: Float64Array; readonly turn: Float64Array; readonly scale: number }[],
): Float64Array {
  const direction = gradient.map((value) => -value)
  const shares: number[] = []
  for (const { change, turn, scale } of moves.toReversed()) {
    const share = scale * dot(change, direction)
    shares.push(share)
    add(direction, turn, -share)
  }
  const last = moves.at(-1)
  if (last !== undefined) {
    const factor = 1 / (last.scale * dot(last.turn, last.turn))
    for (let index = 0; index < direction.length; index += 1) direction[index] = (direction[index] ?? 0) * factor
  }
  for (const { change, turn, scale } of moves) {
    const share = (shares.pop() ?? 0) - scale * dot(turn, direction)
    add(direction, change, share)
  }
  return direction
}

function along(point: Float64Array, direction: Float64Array, share: number): Float64Array {
  const next = Float64Array.from(point)
  add(next, direction, share)
  return next
}

function difference(left: Float64Array, right: Float64Array): Float64Array {
  const result = Float64Array.from(left)
  add(result, right, -1)
  return result
}

function add(to: Float64Array, from: Float64Array, factor: number): void {
  for (let index = 0; index < to.length; index += 1) to[index] = (to[index] ?? 0) + factor * (from[index] ?? 0)
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum
}
