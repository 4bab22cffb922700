/**
 * The product of every row with a vector. Each is summed from first to last as a plain loop would, so that no bit
 * differs; four rows at a time, because one sum alone waits for each of its own additions.
 */
export function createRowProducts(rows: readonly (readonly number[])[]): (vector: Float32Array) => number[] {
  const width = rows[0]?.length ?? 0
  const flat = Float64Array.from(rows.flat())
  if (flat.length !== rows.length * width) throw new Error('The rows of a matrix must be of one length.')

  return (vector) => {
    const products: number[] = []
    let row = 0
    for (; row + 4 <= rows.length; row += 4) {
      const first = row * width
      const [second, third, fourth] = [first + width, first + 2 * width, first + 3 * width]
      let a = 0
      let b = 0
      let c = 0
      let d = 0
      for (let column = 0; column < width; column += 1) {
        const value = vector[column] ?? 0
        a += (flat[first + column] ?? 0) * value
        b += (flat[second + column] ?? 0) * value
        c += (flat[third + column] ?? 0) * value
        d += (flat[fourth + column] ?? 0) * value
      }
      products.push(a, b, c, d)
    }
    for (; row < rows.length; row += 1) {
      let sum = 0
      for (let column = 0; column < width; column += 1) sum += (flat[row * width + column] ?? 0) * (vector[column] ?? 0)
      products.push(sum)
    }
    return products
  }
}
