import type { RequireValue } from '../core/directives.ts'
import type { Target } from '../core/target.ts'

/** One fact of all candidates: `values[codes[i]]` is that of the i-th. Few values, many models. */
export type Coded = { readonly codes: Uint32Array; readonly values: readonly (RequireValue | undefined)[] }

/** What is looked up of a list of candidates for every request, read once and kept as long as the list. */
export type Columns = {
  readonly targets: readonly Target[]
  /** 0, 1, 2, … */
  readonly places: Int32Array
  /** A fact under its key, as codes. `read` depends on the target and the day alone. */
  coded(key: string, read: (target: Target) => RequireValue | undefined): Coded
  /** A figure under its key; NaN where it is unknown. `read` as above. */
  numbers(key: string, read: (target: Target) => number | undefined): Float64Array
  /** For each target whether it passes, 1 or 0; kept for the lists of patterns that were asked for last. */
  verdicts(key: string, passes: (target: Target) => boolean): Uint8Array
}

// Lists of patterns come from callers, and each takes a byte a model.
const KEPT_VERDICTS = 32

type Kept = { readonly today: string; readonly columns: Columns }

const kept = new WeakMap<readonly Target[], Kept>()

/** The columns of a list on one day. The list is never changed: another one has columns of its own. */
export function columnsOf(targets: readonly Target[], today: string): Columns {
  const found = kept.get(targets)
  if (found?.today === today) return found.columns
  const columns = createColumns(targets)
  kept.set(targets, { today, columns })
  return columns
}

function createColumns(targets: readonly Target[]): Columns {
  const coded = new Map<string, Coded>()
  const numbers = new Map<string, Float64Array>()
  const verdicts = new Map<string, Uint8Array>()
  return {
    targets,
    places: Int32Array.from(targets, (_, place) => place),
    coded: (key, read) => found(coded, key, () => encode(targets, read)),
    numbers: (key, read) =>
      found(numbers, key, () => Float64Array.from(targets, (target) => read(target) ?? Number.NaN)),
    verdicts(key, passes) {
      const known = found(verdicts, key, () => judge(targets, passes))
      const oldest = verdicts.keys().next().value
      if (verdicts.size > KEPT_VERDICTS && oldest !== undefined) verdicts.delete(oldest)
      return known
    },
  }
}

// A list that was not seen before is judged within its request: a loop takes half of what Uint8Array.from does.
function judge(targets: readonly Target[], passes: (target: Target) => boolean): Uint8Array {
  const marks = new Uint8Array(targets.length)
  let place = 0
  for (const target of targets) {
    if (passes(target)) marks[place] = 1
    place += 1
  }
  return marks
}

function found<Value>(kept: Map<string, Value>, key: string, make: () => Value): Value {
  const known = kept.get(key)
  if (known !== undefined) return known
  const made = make()
  kept.set(key, made)
  return made
}

function encode(targets: readonly Target[], read: (target: Target) => RequireValue | undefined): Coded {
  const codes = new Uint32Array(targets.length)
  const values: (RequireValue | undefined)[] = []
  const known = new Map<unknown, number>()
  for (const [index, target] of targets.entries()) {
    const value = read(target)
    const key = typeof value === 'object' ? `[${value.join('\n')}]` : value
    let code = known.get(key)
    if (code === undefined) {
      code = values.push(value) - 1
      known.set(key, code)
    }
    codes[index] = code
  }
  return { codes, values }
}
