/** Cosine of two turns' shares of the router's kinds, 0..1; 1 where they cannot be compared: nothing is known to differ. */
export function likeness(left: readonly number[] | undefined, right: readonly number[] | undefined): number {
  if (left === undefined || right === undefined || left.length !== right.length) return 1
  let product = 0
  let leftSquares = 0
  let rightSquares = 0
  for (const [index, share] of left.entries()) {
    const other = right[index] ?? 0
    product += share * other
    leftSquares += share * share
    rightSquares += other * other
  }
  const size = Math.sqrt(leftSquares * rightSquares)
  return size === 0 ? 1 : product / size
}
