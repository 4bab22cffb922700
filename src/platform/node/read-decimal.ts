const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** A finite number of 0 or more in decimal digits, spaces around it allowed; `undefined` for anything else. */
export function readDecimal(text: string): number | undefined {
  const written = text.trim()
  const value = Number(written)
  return DECIMAL.test(written) && Number.isFinite(value) && value >= 0 ? value : undefined
}
