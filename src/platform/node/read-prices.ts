import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { DataProblem } from './data-problem.ts'
import { MOST } from './read-decimal.ts'
import { readLines, readProse } from './read-text.ts'

/** USD per million tokens, in and out. */
export type Price = { readonly input: number; readonly output: number }

/**
 * Prices of a data set's models: `prices.json`, or the line of its README that begins with "Prices" and holds the same
 * object: `{"model": 0.9}` for one price, `{"model": [0.2, 0.6]}` for input and output. Empty when there are none.
 * Throws a DataProblem where `prices.json` holds something else.
 */
export function readPrices(folder: string): ReadonlyMap<string, Price> {
  const file = join(folder, 'prices.json')
  const value = existsSync(file) ? pricesOf(file) : pricesOfReadme(join(folder, 'README.md'))
  return new Map(
    Object.entries(value).flatMap(([model, price]) => {
      const [input, output = input] = Array.isArray(price) ? price : [price]
      return isPrice(input) && isPrice(output) ? [[model, { input, output }] as const] : []
    }),
  )
}

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST
}

function pricesOf(file: string): JsonObject {
  const value = readJson(readLines(file).join('\n'))
  if (!isJsonObject(value)) {
    throw new DataProblem(`${file} is no JSON object of prices such as {"model": 0.9, "other": [0.2, 0.6]}.`)
  }
  for (const [model, price] of Object.entries(value)) {
    const [input, output = input] = Array.isArray(price) ? price : [price]
    if (isPrice(input) && isPrice(output)) continue
    throw new DataProblem(
      `${file}: the price of "${model}" is a number from 0 to ${MOST}, or two of them, in USD per million tokens.`,
    )
  }
  return value
}

/** A README is prose: a line that only looks like a list of prices is none. */
function pricesOfReadme(file: string): JsonObject {
  if (!existsSync(file)) return {}
  const line = readProse(file).find((one) => one.startsWith('Prices') && one.includes('{'))
  const value = line === undefined ? undefined : readJson(line.slice(line.indexOf('{'), line.lastIndexOf('}') + 1))
  return isJsonObject(value) ? value : {}
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const CHARACTERS_PER_TOKEN = 4
/** Of an answer whose length nobody tells. */
export const USUAL_OUTPUT_TOKENS = 256

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
