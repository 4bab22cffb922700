import { expect, test } from 'vitest'
import type { Tensors } from '../../../core/ports.ts'
import { agreement } from './agreement.ts'

const output = (...values: number[]): Tensors => ({
  embedding: { type: 'float32', data: Float32Array.from(values), dims: [1, values.length] },
})

test.each([
  ['itself', output(1, 2), output(1, 2), 1],
  ['the same direction at another length', output(2, 4), output(1, 2), 1],
  ['a right angle', output(0, 1), output(1, 0), 0],
  ['the opposite', output(-1, -2), output(1, 2), -1],
  ['nothing at all', {}, output(1, 2), -1],
  ['another size', output(1, 2, 3), output(1, 2), -1],
  ['zeros', output(0, 0), output(1, 2), -1],
  ['what is not a number', output(Number.NaN, 1), output(1, 2), -1],
] as const)('an output agrees with %s as its cosine says, and never by accident', (_, given, reference, cosine) => {
  expect(agreement(given, reference)).toBeCloseTo(cosine, 6)
})
