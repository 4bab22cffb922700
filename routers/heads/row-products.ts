/**
 * The product of every row with a vector. Each is summed from first to last as a plain loop would, so that no bit
 * differs; eight rows at a time and side by side in memory, because one sum alone waits for each of its own additions.
 */
export function createRowProducts(rows: readonly (readonly number[])[]): (vector: Float32Array) => Float64Array {
  const width = rows[0]?.length ?? 0
  const flat = new Float64Array(Math.ceil(rows.length / 8) * 8 * width)
  for (const [index, row] of rows.entries()) {
    if (row.length !== width) throw new Error('The rows of a matrix must be of one length.')
    const first = (index - (index % 8)) * width + (index % 8)
    for (const [column, value] of row.entries()) flat[first + 8 * column] = value
  }
  const count = rows.length
  return (vector) => multiply(flat, width, vector).subarray(0, count)
}

// A function of its own, so that it runs alike for every matrix.
function multiply(flat: Float64Array, width: number, vector: Float32Array): Float64Array {
  const products = new Float64Array(flat.length / width)
  let at = 0
  for (let row = 0; row < products.length; row += 8) {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    let e = 0
    let f = 0
    let g = 0
    let h = 0
    for (let column = 0; column < width; column += 1) {
      const value = vector[column] ?? 0
      a += (flat[at] ?? 0) * value
      b += (flat[at + 1] ?? 0) * value
      c += (flat[at + 2] ?? 0) * value
      d += (flat[at + 3] ?? 0) * value
      e += (flat[at + 4] ?? 0) * value
      f += (flat[at + 5] ?? 0) * value
      g += (flat[at + 6] ?? 0) * value
      h += (flat[at + 7] ?? 0) * value
      at += 8
    }
    products[row] = a
    products[row + 1] = b
    products[row + 2] = c
    products[row + 3] = d
    products[row + 4] = e
    products[row + 5] = f
    products[row + 6] = g
    products[row + 7] = h
  }
  return products
}
