import type { Tensor, Tensors } from '../../../core/ports.ts'

/**
 * Several inputs of one row as one input of several rows. Shorter rows are filled up with zeros, which an attention
 * mask reads as nothing; every input must therefore be int64 of shape [1, length].
 */
export function stackTensors(inputs: readonly Tensors[]): Tensors {
  const [first] = inputs
  if (first === undefined) throw new Error('There is nothing to stack.')
  return Object.fromEntries(Object.keys(first).map((name) => [name, stack(inputs.map((input) => rowOf(input, name)))]))
}

function stack(rows: readonly BigInt64Array[]): Tensor {
  const width = rows.reduce((widest, row) => Math.max(widest, row.length), 0)
  const data = new BigInt64Array(rows.length * width)
  for (const [index, row] of rows.entries()) data.set(row, index * width)
  return { type: 'int64', data, dims: [rows.length, width] }
}

function rowOf(input: Tensors, name: string): BigInt64Array {
  const tensor = input[name]
  if (tensor?.type !== 'int64' || tensor.dims.length !== 2 || tensor.dims[0] !== 1) {
    throw new Error(`The input ${name} is not int64 of shape [1, length] and cannot be batched.`)
  }
  return tensor.data
}

/** The outputs of `rows` stacked inputs, one a row again. */
export function splitTensors(outputs: Tensors, rows: number): readonly Tensors[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, slice(name, tensor, row, rows)])),
  )
}

function slice(name: string, tensor: Tensor, row: number, rows: number): Tensor {
  const [count, ...rest] = tensor.dims
  const width = tensor.data.length / rows
  if (count !== rows || !Number.isInteger(width)) {
    throw new Error(`The output ${name} has the shape [${tensor.dims.join(', ')}] for ${rows} rows.`)
  }
  const dims = [1, ...rest]
  const [from, to] = [row * width, (row + 1) * width]
  if (tensor.type === 'float32') return { type: 'float32', data: tensor.data.slice(from, to), dims }
  return { type: 'int64', data: tensor.data.slice(from, to), dims }
}
