import type { RequireValue } from '../core/directives.ts'
import type { Target } from '../core/target.ts'
import type { Columns } from './columns.ts'
import type { Estimate } from './estimate.ts'
import type { Figures } from './figures.ts'
import type { Limit } from './limits.ts'

/** A limit that a model fails; `actual` is `undefined` when the fact is unknown. */
export type Failure = { readonly limit: Limit; readonly actual: RequireValue | undefined }

/** Every limit that a model fails; `undefined`, without allocating, when it passes them all. */
export function failuresOf(
  limits: readonly Limit[],
  target: Target,
  estimate: Estimate | undefined,
): Failure[] | undefined {
  let failures: Failure[] | undefined
  for (const limit of limits) {
    const actual = limit.actual(target, estimate)
    if (actual !== undefined && limit.admits(actual)) continue
    failures ??= []
    failures.push({ limit, actual })
  }
  return failures
}

/** Which candidates pass: 1 or 0 by their place. Says of each what `failuresOf` says, a whole column at a time. */
export function passesOf(limits: readonly Limit[], columns: Columns, figures: Figures | undefined): Uint8Array {
  const passes = new Uint8Array(columns.targets.length).fill(1)
  for (const limit of limits) {
    if (limit.reads === 'call') keepAdmitted(passes, limit, columns)
    else if (limit.reads !== 'facts') keepUpTo(passes, Number(limit.required), figures?.[limit.reads])
    else if (limit.kind === 'models') {
      const key = JSON.stringify(limit.required)
      keepMarked(
        passes,
        columns.verdicts(key, (target) => admitted(limit, target)),
      )
    } else keepCoded(passes, limit, columns)
  }
  return passes
}

/** A fact has few values, so each is judged once. */
function keepCoded(passes: Uint8Array, limit: Limit, columns: Columns): void {
  const { codes, values } = columns.coded(`${limit.kind}.${limit.name}`, (target) => limit.actual(target, undefined))
  const isAdmitted = Uint8Array.from(values, (value) => Number(value !== undefined && limit.admits(value)))
  if (isAdmitted.every((verdict) => verdict === 1)) return
  for (let place = 0; place < codes.length; place += 1) {
    passes[place] = (passes[place] ?? 0) & (isAdmitted[codes[place] ?? 0] ?? 0)
  }
}

function keepMarked(passes: Uint8Array, verdicts: Uint8Array): void {
  for (let place = 0; place < passes.length; place += 1) passes[place] = (passes[place] ?? 0) & (verdicts[place] ?? 0)
}

/** An unknown figure is NaN and below nothing. */
function keepUpTo(passes: Uint8Array, bound: number, figures: Float64Array | undefined): void {
  for (let place = 0; place < passes.length; place += 1) {
    if (!((figures?.[place] ?? Number.NaN) <= bound)) passes[place] = 0
  }
}

function keepAdmitted(passes: Uint8Array, limit: Limit, { targets }: Columns): void {
  for (const [place, target] of targets.entries()) {
    if (passes[place] === 1 && !admitted(limit, target)) passes[place] = 0
  }
}

function admitted(limit: Limit, target: Target): boolean {
  const actual = limit.actual(target, undefined)
  return actual !== undefined && limit.admits(actual)
}
