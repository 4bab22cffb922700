/** Cosine of two turns' shares of the router's clusters, 0..1; 1 where they cannot be compared: nothing is known to differ. */
export function likeness(left: ArrayLike<number> | undefined, right: ArrayLike<number> | undefined): number {
  if (left === undefined || right === undefined || left.length !== right.length) return 1
  let product = 0
  let leftSquares = 0
  let rightSquares = 0
  for (let index = 0; index < left.length; index += 1) {
    const share = left[index] ?? 0
    const other = right[index] ?? 0
    product += share * other
    leftSquares += share * share
    rightSquares += other * other
  }
  const size = Math.sqrt(leftSquares * rightSquares)
  return size === 0 ? 1 : product / size
}
