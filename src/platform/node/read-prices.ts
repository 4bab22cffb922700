import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '../../core/json.ts'

/** USD per million tokens, in and out. */
export type Price = { readonly input: number; readonly output: number }

/**
 * Prices of a data set's models: `prices.json`, or the line of its README that begins with "Prices" and holds the same
 * object: `{"model": 0.9}` for one price, `{"model": [0.2, 0.6]}` for input and output. Empty when there are none.
 */
export function readPrices(folder: string): ReadonlyMap<string, Price> {
  const text = priceText(folder)
  if (text === undefined) return new Map()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // A README is prose: a line that only looks like a list of prices is none.
    return new Map()
  }
  if (!isJsonObject(value)) return new Map()
  return new Map(
    Object.entries(value).flatMap(([model, price]) => {
      const [input, output = input] = Array.isArray(price) ? price : [price]
      return typeof input === 'number' && typeof output === 'number' ? [[model, { input, output }] as const] : []
    }),
  )
}

function priceText(folder: string): string | undefined {
  const file = join(folder, 'prices.json')
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const readme = join(folder, 'README.md')
  if (!existsSync(readme)) return undefined
  const line = readFileSync(readme, 'utf8')
    .split('\n')
    .find((one) => one.startsWith('Prices') && one.includes('{'))
  return line?.slice(line.indexOf('{'), line.lastIndexOf('}') + 1)
}

const CHARACTERS_PER_TOKEN = 4
const USUAL_OUTPUT_TOKENS = 256

/** USD of a call from what a row tells of its length: tokens, else characters, else the prompt's own and a usual answer. */
export function costOfCall(
  price: Price,
  promptCharacters: number,
  row: (column: string) => number | undefined,
): number {
  const input = row('in_tokens') ?? (row('in_chars') ?? promptCharacters) / CHARACTERS_PER_TOKEN
  const output = answerTokens(row) ?? USUAL_OUTPUT_TOKENS
  return (price.input * input + price.output * output) / 1_000_000
}

/** Tokens of an answer from what a row tells of it; `undefined` when it tells nothing. */
export function answerTokens(row: (column: string) => number | undefined): number | undefined {
  const characters = row('out_chars')
  return row('out_tokens') ?? (characters === undefined ? undefined : characters / CHARACTERS_PER_TOKEN)
}
