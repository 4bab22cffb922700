import { describe, expect, test } from 'vitest'
import { generator } from '../../eval/generator.ts'
import { createDrift } from './drift.ts'
import { FIRST_PROMPTS } from './prompts.ts'
import { stabilityIndex } from './stability-index.ts'

type Line = { readonly event: string; readonly [field: string]: unknown }

function watched() {
  const lines: Line[] = []
  const gauges = new Map<string, number>()
  const drift = createDrift(
    (_level, event, fields) => void lines.push({ event, ...fields }),
    (name, value, model) => void gauges.set(model === '' ? name : `${name} ${model}`, value),
  )
  return { drift, lines, gauges }
}

/** A prompt mostly of one of 80 clusters, drawn by `weights`. */
function promptOf(random: () => number, favourites: number, strangeness = 0) {
  const shares = new Float32Array(80).fill(0.3 / 80)
  const place = random() < 0.7 ? Math.floor(random() * favourites) : Math.floor(random() * 80)
  shares[place] = (shares[place] ?? 0) + 0.7
  return { predictions: [], truncated: false, shares, clusters: 'c', strangeness }
}

describe('prompts', () => {
  test('more of the same raises no alarm', () => {
    const random = generator(1)
    const { drift, lines, gauges } = watched()
    for (let call = 0; call < 20_000; call += 1) drift.prompt(promptOf(random, 20, random() < 0.1 ? 1 : 0))
    expect(lines).toEqual([])
    expect(gauges.get('psi')).toBeLessThan(0.1)
    expect(gauges.get('far_share')).toBeCloseTo(0.1, 1)
  })

  test('equal kinds that differ by chance alone raise no alarm, at no time', () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = generator(seed)
      const { drift, lines } = watched()
      for (let call = 0; call < 4_000; call += 1) {
        const shares = new Float32Array(20)
        shares[Math.floor(random() * 20)] = 1
        drift.prompt({ predictions: [], truncated: false, shares, clusters: 'c', strangeness: 0 })
      }
      expect(lines, String(seed)).toEqual([])
    }
  })

  test('other kinds of prompts are one line with its remedy, and another one only after they were gone', () => {
    const random = generator(2)
    const { drift, lines, gauges } = watched()
    const send = (count: number, favourites: number): void => {
      for (let call = 0; call < count; call += 1) drift.prompt(promptOf(random, favourites))
    }
    send(FIRST_PROMPTS + 2_000, 20)
    send(4_000, 3)
    expect(gauges.get('psi')).toBeGreaterThan(0.2)
    expect(lines).toEqual([
      {
        event: 'drift',
        of: 'psi',
        value: expect.any(Number),
        above: 0.2,
        remedy: expect.stringContaining('thalamus profile MODEL'),
      },
    ])
    send(8_000, 20)
    expect(lines).toHaveLength(1)
    send(4_000, 3)
    expect(lines).toHaveLength(2)
  })

  test('prompts that are unlike the router’s data are told of', () => {
    const random = generator(3)
    const { drift, lines } = watched()
    for (let call = 0; call < 4_000; call += 1) drift.prompt(promptOf(random, 20, 0.1))
    for (let call = 0; call < 1_000; call += 1) drift.prompt(promptOf(random, 20, random() < 0.4 ? 0.9 : 0.1))
    expect(lines).toEqual([expect.objectContaining({ of: 'far_share', remedy: expect.stringContaining('--prompts') })])
  })
})

describe('rewards', () => {
  test('a drop of a model is found within some tens of outcomes, said once, and rarely where there is none', () => {
    let found = 0
    let wrong = 0
    for (let seed = 0; seed < 40; seed += 1) {
      const random = generator(seed)
      const { drift, lines } = watched()
      const reward = (chance: number): void =>
        drift.rewarded('a/m', 'users', { index: 3, name: 'code' }, 0.7, random() < chance ? 1 : 0, 1)
      for (let call = 0; call < 500; call += 1) reward(0.7)
      const early = lines.length
      for (let call = 0; call < 80; call += 1) reward(0.3)
      expect(lines.length - early).toBeLessThanOrEqual(1)
      wrong += early
      if (early > 0 || lines.length === 1) found += 1
    }
    expect(found).toBe(40)
    // Of twenty thousand outcomes with nothing wrong.
    expect(wrong).toBeLessThanOrEqual(8)
  })

  test('of a thousand models that are as good as predicted hardly one is said not to be', () => {
    for (const quality of [0.7, 0.85, 0.9, 0.95]) {
      let wrong = 0
      for (let seed = 1; seed <= 250; seed += 1) {
        const random = generator(seed)
        const { drift, lines } = watched()
        for (let call = 0; call < 1_000; call += 1) drift.predicted('a/m', quality, random() < quality ? 1 : 0)
        wrong += lines.length
      }
      expect(wrong, String(quality)).toBeLessThanOrEqual(2)
    }
  })

  test('predictions that do not come true are found by the Brier score', () => {
    const random = generator(5)
    const { drift, lines, gauges } = watched()
    for (let call = 0; call < 1_000; call += 1) drift.predicted('a/right', 0.7, random() < 0.7 ? 1 : 0)
    expect(lines).toEqual([])
    for (let call = 0; call < 200; call += 1) drift.predicted('a/wrong', 0.9, random() < 0.5 ? 1 : 0)
    expect(lines).toEqual([expect.objectContaining({ of: 'brier', model: 'a/wrong' })])
    expect(gauges.get('brier a/wrong')).toBeGreaterThan(0.35)
    expect(gauges.get('brier_expected a/wrong')).toBeCloseTo(0.09, 6)
  })
})

test('the stability index is 0 for the same shares, symmetric, and finite where a bin is empty', () => {
  const one = Float64Array.of(10, 20, 30, 0)
  const other = Float64Array.of(30, 20, 10, 5)
  expect(stabilityIndex(one, one)).toBe(0)
  expect(stabilityIndex(one, other)).toBeCloseTo(stabilityIndex(other, one), 9)
  // By hand: (1/4 − 3/4)·ln(1/3) and (3/4 − 1/4)·ln(3).
  expect(stabilityIndex(Float64Array.of(1, 3), Float64Array.of(3, 1))).toBeCloseTo(0.5 * Math.log(3) * 2, 9)
})
