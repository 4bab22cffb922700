const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The largest number of a data set: sums over its rows, and products with prices, stay numbers. */
export const MOST = 1e12

/** A number from 0 to `MOST` in decimal digits, spaces around it allowed; `undefined` for anything else. */
export function readDecimal(text: string): number | undefined {
  const written = text.trim()
  const value = Number(written)
  return DECIMAL.test(written) && value >= 0 && value <= MOST ? value : undefined
}
