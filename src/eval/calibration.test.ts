import { expect, test } from 'vitest'
import { auroc, calibrationBins, createAuroc, expectedCalibrationError, logLoss, squaredError } from './calibration.ts'

test('the chance of ranking a good answer first, with ties counted half', () => {
  expect(auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75)
  expect(auroc([0.5, 0.5], [0, 1])).toBe(0.5)
  expect(auroc([0.2, 0.9], [1, 1])).toBeUndefined()
})

test('probabilities that are right on average in every bin have no calibration error', () => {
  const labels = Array.from({ length: 300 }, (_, index) => (index % 10 < 7 ? 1 : 0))
  expect(
    expectedCalibrationError(
      calibrationBins(
        labels.map(() => 0.7),
        labels,
      ),
    ),
  ).toBeCloseTo(0, 10)
  expect(
    expectedCalibrationError(
      calibrationBins(
        labels.map(() => 0.9),
        labels,
      ),
    ),
  ).toBeCloseTo(0.2, 10)
})

test('losses of known predictions', () => {
  expect(squaredError(0.5, 0)).toBe(0.25)
  expect(logLoss(0.25, 0)).toBeCloseTo(-Math.log(0.75), 12)
  expect(logLoss(0, 1)).toBeCloseTo(-Math.log(1e-6), 6)
})

test('bins rise with the prediction and hold equal shares', () => {
  const bins = calibrationBins([0.9, 0.1, 0.2, 0.4, 0.6], [1, 0, 0, 1, 0.5])
  expect(bins.map(({ said }) => said)).toEqual([0.1, 0.2, 0.4, 0.6, 0.9])
  expect(bins.map(({ seen }) => seen)).toEqual([0, 0, 1, 0.5, 1])
  expect(bins[0]?.share).toBe(0.2)
})

test('an answer that counts twice is an answer that stands there twice', () => {
  const weighed = createAuroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
  expect(weighed((index) => (index === 2 ? 2 : 1))).toBe(auroc([0.1, 0.4, 0.35, 0.35, 0.8], [0, 0, 1, 1, 1]))
})
