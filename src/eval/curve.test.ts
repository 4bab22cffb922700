import { expect, test } from 'vitest'
import { aiq, deferralArea, deferralFigures, hull, qualityNeutralCost } from './curve.ts'

const CHEAP = { cost: 1, quality: 0.4 }
const MIDDLE = { cost: 2, quality: 0.8 }
const DEAR = { cost: 5, quality: 0.9 }

test('a hull leaves out what costs more for less, and what a mix of two others beats', () => {
  expect(hull([DEAR, { cost: 3, quality: 0.7 }, CHEAP, MIDDLE])).toEqual([CHEAP, MIDDLE, DEAR])
  expect(hull([CHEAP, { cost: 2, quality: 0.45 }, { cost: 3, quality: 0.8 }])).toEqual([
    CHEAP,
    { cost: 3, quality: 0.8 },
  ])
})

test('AIQ is the mean height of the hull over the range of costs', () => {
  // 1 to 2: mean .6; 2 to 5: mean .85, three times as wide.
  expect(aiq([CHEAP, MIDDLE, DEAR], 1, 5)).toBeCloseTo((0.6 + 3 * 0.85) / 4, 12)
  // Flat after the last point; nothing before the first.
  expect(aiq([MIDDLE], 1, 5)).toBeCloseTo((3 * 0.8) / 4, 12)
})

test('the deferral area takes the settings as they are, without mixing them', () => {
  const low = { cost: 3, quality: 0.5 }
  // 1 to 3: mean .45; 3 to 5: mean .7. The hull would be the straight line from CHEAP to DEAR.
  expect(deferralArea([CHEAP, low, { cost: 4, quality: 0.3 }, DEAR], 1, 5)).toBeCloseTo((0.45 + 0.7) / 2, 12)
  expect(aiq([CHEAP, low, DEAR], 1, 5)).toBeCloseTo(0.65, 12)
  // Up to half of the dearest's cost.
  expect(deferralArea([CHEAP, MIDDLE, DEAR], 1, 2)).toBeCloseTo(0.6, 12)
})

test('quality-neutral cost is read off the hull between two settings', () => {
  expect(qualityNeutralCost([CHEAP, MIDDLE, DEAR], 0.85, 5)).toBeCloseTo(3.5 / 5, 12)
  expect(qualityNeutralCost([CHEAP], 0.85, 5)).toBe(1)
  expect(qualityNeutralCost([MIDDLE], 0.8, 4)).toBe(0.5)
})

test('a straight deferral curve is a coin: .5, 50 % and 80 %', () => {
  const coin = deferralFigures([
    { calls: 0, quality: 0.6 },
    { calls: 1, quality: 0.8 },
  ])
  expect(coin.apgr).toBeCloseTo(0.5, 12)
  expect(coin.cpt50).toBeCloseTo(0.5, 12)
  expect(coin.cpt80).toBeCloseTo(0.8, 12)
  const good = deferralFigures([
    { calls: 0, quality: 0.6 },
    { calls: 0.2, quality: 0.8 },
    { calls: 1, quality: 0.8 },
  ])
  expect(good.apgr).toBeCloseTo(0.9, 12)
  expect(good.cpt50).toBeCloseTo(0.1, 12)
})
