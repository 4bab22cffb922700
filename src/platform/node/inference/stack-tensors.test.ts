import { expect, test } from 'vitest'
import type { Tensors } from '../../../core/ports.ts'
import { splitTensors, stackTensors } from './stack-tensors.ts'

const row = (...ids: number[]): Tensors => ({
  input_ids: { type: 'int64', data: BigInt64Array.from(ids, BigInt), dims: [1, ids.length] },
})

test('rows of several lengths are filled up with zeros to the longest', () => {
  expect(stackTensors([row(1, 2, 3), row(4), row(5, 6)])).toEqual({
    input_ids: { type: 'int64', data: BigInt64Array.from([1n, 2n, 3n, 4n, 0n, 0n, 5n, 6n, 0n]), dims: [3, 3] },
  })
})

test('outputs come back one a row, with memory of their own', () => {
  const together: Tensors = { embedding: { type: 'float32', data: Float32Array.of(1, 2, 3, 4), dims: [2, 2] } }
  const rows = splitTensors(together, 2)
  expect(rows).toEqual([
    { embedding: { type: 'float32', data: Float32Array.of(1, 2), dims: [1, 2] } },
    { embedding: { type: 'float32', data: Float32Array.of(3, 4), dims: [1, 2] } },
  ])
  expect(rows[0]?.['embedding']?.data.buffer).not.toBe(rows[1]?.['embedding']?.data.buffer)
})

test('what cannot be stacked or split is refused', () => {
  expect(() => stackTensors([])).toThrow('nothing to stack')
  const float: Tensors = { x: { type: 'float32', data: Float32Array.of(1), dims: [1, 1] } }
  expect(() => stackTensors([float, float])).toThrow('cannot be batched')
  expect(() => splitTensors(float, 2)).toThrow('shape [1, 1] for 2 rows')
})
