import { describe, expect, test } from 'vitest'
import { createLiveMeasures } from './live-measures.ts'

function measures() {
  const clock = { time: 0, monotonic: () => clock.time }
  return { live: createLiveMeasures(clock), clock }
}

const MINUTE = 60_000
const target = { id: 'a', facts: {} }

describe('pace', () => {
  test('follows a change and ignores what was not measured', () => {
    const { live } = measures()
    expect(live.read('a', 100)).toBeUndefined()
    live.record('a', { ttftMs: 100, tokensPerSecond: undefined })
    expect(live.read('a', 100)).toMatchObject({ ttftMs: 100, tokensPerSecond: undefined })
    live.record('a', { ttftMs: 200, tokensPerSecond: 50 })
    expect(live.read('a', 100)?.ttftMs).toBeCloseTo(120)
    expect(live.read('a', 100)?.tokensPerSecond).toBe(50)
    for (let turn = 0; turn < 30; turn += 1) live.record('a', { ttftMs: 200, tokensPerSecond: 80 })
    expect(live.read('a', 100)?.ttftMs).toBeGreaterThan(195)
  })

  test('one answer that took for ever counts as five times what was expected', () => {
    const { live } = measures()
    for (let turn = 0; turn < 10; turn += 1) live.record('a', { ttftMs: 100, tokensPerSecond: undefined })
    live.record('a', { ttftMs: 60_000, tokensPerSecond: undefined })
    expect(live.read('a', 100)?.ttftMs).toBeCloseTo(100 + 0.2 * 400)
  })

  test('what was slow and is no longer asked is thought after a while to be as it usually is', () => {
    const { live, clock } = measures()
    for (let turn = 0; turn < 100; turn += 1) live.record('a', { ttftMs: 200, tokensPerSecond: 100 })
    for (let turn = 0; turn < 10; turn += 1) live.record('a', { ttftMs: 2_000, tokensPerSecond: 10 })
    expect(live.read('a', 100)?.ttftMs).toBeGreaterThan(1_400)
    expect(live.read('a', 100)?.tokensPerSecond).toBeLessThan(30)
    clock.time = 30 * MINUTE
    expect(live.read('a', 100)?.ttftMs).toBeLessThan(600)
    expect(live.read('a', 100)?.tokensPerSecond).toBeGreaterThan(75)
  })

  test('long prompts wait by themselves, and a size that was hardly seen is near the mean of all', () => {
    const { live } = measures()
    for (let turn = 0; turn < 40; turn += 1) {
      live.record('a', { ttftMs: 200, tokensPerSecond: undefined, promptTokens: 300 })
      live.record('a', { ttftMs: 3_000, tokensPerSecond: undefined, promptTokens: 50_000 })
    }
    const at = (tokens: number): number => live.read('a', tokens)?.ttftMs ?? Number.NaN
    expect(at(300)).toBeLessThan(600)
    expect(at(50_000)).toBeGreaterThan(2_500)
    expect(at(4_000)).toBeGreaterThan(at(300))
    expect(at(4_000)).toBeLessThan(at(50_000))
  })

  test('the 95th percentile is the mean where answers are alike, and far above it where they are not', () => {
    const { live } = measures()
    for (let turn = 0; turn < 50; turn += 1) {
      live.record('a', { ttftMs: 400, tokensPerSecond: undefined })
      live.record('b', { ttftMs: turn % 2 === 0 ? 200 : 600, tokensPerSecond: undefined })
    }
    expect(live.read('a', 100)?.ttftMsP95).toBeCloseTo(400)
    const { ttftMs = 0, ttftMsP95 = 0 } = live.read('b', 100) ?? {}
    expect(ttftMsP95 / ttftMs).toBeGreaterThan(1.5)
  })
})

describe('lengths', () => {
  /** Decides with the factor as it stands, as the pipeline does. */
  function answered(actualOverPredicted: number, answers: number): number {
    const { live } = measures()
    for (let turn = 0; turn < answers; turn += 1) {
      const factor = live.read('a', 100)?.lengthFactor ?? 1
      live.record('a', {
        ttftMs: undefined,
        tokensPerSecond: undefined,
        length: { predicted: 300 * factor, actual: 300 * actualOverPredicted },
      })
    }
    return live.read('a', 100)?.lengthFactor ?? Number.NaN
  }

  test('a few answers hardly move a prediction, many do, and it settles where they are', () => {
    expect(answered(2, 1)).toBeCloseTo(1 + 1 / 21, 6)
    expect(answered(2, 20)).toBeGreaterThan(1.4)
    expect(answered(2, 20)).toBeLessThan(1.6)
    expect(answered(2, 2_000)).toBeCloseTo(1.9, 1)
    expect(answered(0.5, 2_000)).toBeCloseTo(0.55, 1)
  })

  test('no answer makes it more than four times or less than a quarter', () => {
    expect(answered(1_000, 500)).toBe(4)
    expect(answered(0, 2_000)).toBe(0.25)
  })
})

describe('load', () => {
  const share = (live: ReturnType<typeof measures>['live']): number => live.read('a', 100)?.remainingShare ?? Number.NaN

  test('is what is under way of what the operator said', () => {
    const { live } = measures()
    const limited = { id: 'a', facts: { max_concurrent: 4 } }
    for (let turn = 0; turn < 3; turn += 1) live.started(limited)
    expect(share(live)).toBe(0.25)
    live.started(limited)
    expect(share(live)).toBe(0)
    for (let turn = 0; turn < 4; turn += 1) live.ended('a')
    expect(share(live)).toBe(1)
  })

  test('without a limit falls gently', () => {
    const { live } = measures()
    for (let turn = 0; turn < 32; turn += 1) live.started(target)
    expect(share(live)).toBe(0.5)
  })

  test('a refusal takes all of it, teaches the limit, and is forgotten in two minutes', () => {
    const { live, clock } = measures()
    for (let turn = 0; turn < 9; turn += 1) live.started(target)
    live.refused('a')
    live.ended('a')
    expect(share(live)).toBe(0)
    clock.time = 2 * MINUTE
    // Eight were taken.
    expect(share(live)).toBe(0)
    for (let turn = 0; turn < 4; turn += 1) live.ended('a')
    expect(share(live)).toBeGreaterThan(0.4)
    expect(share(live)).toBeLessThan(0.7)
  })
})

describe('reading grade', () => {
  test('is unknown until three answers were read, and then their mean', () => {
    const { live } = measures()
    const read = (readingGrade: number) =>
      live.record('a', { ttftMs: undefined, tokensPerSecond: undefined, readingGrade })
    read(8)
    read(10)
    expect(live.read('a', 100)?.readingGrade).toBeUndefined()
    read(12)
    expect(live.read('a', 100)?.readingGrade).toBeCloseTo(10)
    for (let turn = 0; turn < 60; turn += 1) read(5)
    expect(live.read('a', 100)?.readingGrade).toBeCloseTo(5, 1)
  })
})
