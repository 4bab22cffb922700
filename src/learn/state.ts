import type { JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Account } from './account.ts'
import type { Accounts } from './accounts.ts'
import type { PromptCounts } from './drift/prompts.ts'
import type { Book } from './posterior.ts'
import { openBook } from './posterior.ts'

/** JSON of version 1: `{version, saved_at, books: {CLUSTERS: {told: {MODEL: {at, weights[], surprises[], touched[]}}, seen, usual}}, prompts}`. */
export type StateText = string

export type State = {
  readonly books: ReadonlyMap<string, Book>
  readonly prompts: PromptCounts | undefined
}

const VERSION = 1
const KINDS = ['told', 'seen', 'usual'] as const satisfies readonly (keyof Book)[]

/** What was learned, for a file. Sums and names of models alone: no prompt, no answer, no key. */
export function writeState({ books, prompts }: State, now: number): StateText {
  return JSON.stringify({
    version: VERSION,
    saved_at: new Date(now).toISOString(),
    books: Object.fromEntries(
      Array.from(books, ([clusters, book]) => [
        clusters,
        Object.fromEntries(KINDS.map((kind) => [kind, writeAccounts(book[kind])])),
      ]),
    ),
    ...(prompts === undefined
      ? {}
      : { prompts: { ...prompts, reference: rounded(prompts.reference), current: rounded(prompts.current) } }),
  })
}

/**
 * Throws an error that says what is wrong with a text that `writeState` did not write. What was written after `now`, by a
 * clock that was put back since, is taken for now's: it would not fade until the clock is there again.
 */
export function readState(text: StateText, now: number): State {
  const state: JsonValue = JSON.parse(text)
  if (!isJsonObject(state) || state['version'] !== VERSION) throw new Error(`not a state of version ${VERSION}`)
  const books = new Map<string, Book>()
  for (const [clusters, written] of Object.entries(object(state['books'], 'books'))) {
    const members = object(written, `books.${clusters}`)
    const book = openBook()
    for (const kind of KINDS) readAccounts(members[kind], `books.${clusters}.${kind}`, book[kind], now)
    books.set(clusters, book)
  }
  return { books, prompts: state['prompts'] === undefined ? undefined : readPrompts(state['prompts']) }
}

function writeAccounts(accounts: Accounts): Record<string, unknown> {
  return Object.fromEntries(
    Array.from(accounts.entries(), ([name, { at, weights, surprises, touched }]) => [
      name,
      { at, weights: rounded(weights), surprises: rounded(surprises), touched: rounded(touched) },
    ]),
  )
}

function readAccounts(value: JsonValue | undefined, path: string, accounts: Accounts, now: number): void {
  for (const [name, written] of Object.entries(object(value, path))) {
    const { at, weights, surprises, touched } = object(written, `${path}.${name}`)
    const account: Account = {
      at: Math.min(number(at, `${path}.${name}.at`), now),
      weights: numbers(weights, `${path}.${name}.weights`),
      surprises: numbers(surprises, `${path}.${name}.surprises`),
      touched: numbers(touched, `${path}.${name}.touched`).map((time) => Math.min(time, now)),
    }
    const { length } = account.weights
    if (length !== account.surprises.length || length !== account.touched.length)
      throw new Error(`${path}.${name} has lists of two lengths`)
    if (account.weights.some((weight) => weight < 0)) throw new Error(`${path}.${name}.weights has one below 0`)
    accounts.set(name, account)
  }
}

function readPrompts(value: JsonValue | undefined): PromptCounts {
  const counts = object(value, 'prompts')
  const { clusters } = counts
  if (typeof clusters !== 'string') throw new Error('prompts.clusters is no text')
  const count = (name: string): number => number(counts[name], `prompts.${name}`)
  return {
    clusters,
    reference: numbers(counts['reference'], 'prompts.reference'),
    current: numbers(counts['current'], 'prompts.current'),
    referenceCount: count('referenceCount'),
    referenceFar: count('referenceFar'),
    currentCount: count('currentCount'),
    far: count('far'),
  }
}

function object(value: JsonValue | undefined, path: string): Readonly<Record<string, JsonValue | undefined>> {
  if (isJsonObject(value)) return value
  throw new Error(`${path} is no object`)
}

function number(value: JsonValue | undefined, path: string): number {
  if (isNumber(value)) return value
  throw new Error(`${path} is no number`)
}

function numbers(value: JsonValue | undefined, path: string): Float64Array {
  if (Array.isArray(value) && value.every(isNumber)) return Float64Array.from(value)
  throw new Error(`${path} is no list of numbers`)
}

/** JSON has no infinity, but `1e999` reads as one. */
function isNumber(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Number(value.toFixed(6)))
}
