import type { Tensor, Tensors } from '../../../core/ports.ts'

/** Inputs with buffers of their own, so that moving them to the worker takes nothing else along. */
export function ownTensors(inputs: Tensors): { readonly tensors: Tensors; readonly buffers: readonly ArrayBuffer[] } {
  const tensors: Record<string, Tensor> = {}
  const buffers: ArrayBuffer[] = []
  for (const [name, tensor] of Object.entries(inputs)) {
    if (tensor.type === 'float32') {
      const data = new Float32Array(tensor.data)
      tensors[name] = { type: 'float32', data, dims: tensor.dims }
      buffers.push(data.buffer)
    } else {
      const data = new BigInt64Array(tensor.data)
      tensors[name] = { type: 'int64', data, dims: tensor.dims }
      buffers.push(data.buffer)
    }
  }
  return { tensors, buffers }
}
