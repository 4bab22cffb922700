import { expect, test } from 'vitest'
import { overSeeds } from './over-seeds.ts'

const drawn = (name: string, values: readonly number[]) => new Map([[name, Float64Array.from(values)]])
const run = (figures: Record<string, number>, draws: ReadonlyMap<string, Float64Array>) => ({
  figures,
  drawn: draws,
  curve: [],
  bins: [],
})

/** 100 draws around .5, the first `vain` of them without a figure. */
const draws = (vain: number): number[] =>
  Array.from({ length: 100 }, (_, draw) => (draw < vain ? Number.NaN : 0.4 + 0.2 * ((draw * 37) % 100) * 0.01))

test('draws without a figure do not unsort the others, and are few or there is no interval', () => {
  const few = overSeeds('one', [run({ apgr: 0.5 }, drawn('apgr', draws(5)))])
  const [low = Number.NaN, high = Number.NaN] = few.ci['apgr'] ?? []
  expect(low).toBeLessThan(0.42)
  expect(high).toBeGreaterThan(0.58)
  expect(few.withoutCi).toEqual([])
  const many = overSeeds('one', [run({ apgr: 0.5 }, drawn('apgr', draws(6)))])
  expect(many.ci).toEqual({})
  expect(many.withoutCi).toEqual(['apgr'])
})

test('a figure that is absent has no interval, and one that was never resampled lacks none', () => {
  const found = overSeeds('one', [run({ quality: 1 }, drawn('auroc', draws(0)))])
  expect(found).toMatchObject({ ci: {}, withoutCi: [] })
})

test('only splits that have a figure have a say in its interval', () => {
  const with5 = run({ apgr: 0.5 }, drawn('apgr', draws(0)))
  const without = run({}, drawn('apgr', draws(100)))
  expect(overSeeds('one', [with5, without]).ci).toEqual(overSeeds('one', [with5]).ci)
})

test('an interval holds its figure, also where resamples lean to one side', () => {
  expect(overSeeds('one', [run({ ece: 0.3 }, drawn('ece', draws(0)))]).ci['ece']?.[0]).toBe(0.3)
  expect(overSeeds('one', [run({ ece: 0.7 }, drawn('ece', draws(0)))]).ci['ece']?.[1]).toBe(0.7)
})
