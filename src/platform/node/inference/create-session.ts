import type { Tensors } from '../../../core/ports.ts'

// onnxruntime-node's `run` blocks the thread that calls it: this file is for a worker thread or a process of its own.

export type OnnxSession = { run(inputs: Tensors): Promise<Tensors> }

export type SessionOptions = {
  readonly path: string
  readonly device: string
  /** Threads of one run on the CPU. */
  readonly threads: number
}

/** An ONNX model on a device. What the device has no kernel for runs on the CPU; an absent device is a rejection. */
export async function createSession({ path, device, threads }: SessionOptions): Promise<OnnxSession> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node')
  const session = await InferenceSession.create(path, {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // The arena and the memory pattern keep the largest run's memory for good: tens of MB for no speed at batch 1.
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
  })
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { type, data, dims }]) => [name, new Tensor(type, data, [...dims])]),
      )
      const results = await session.run(feeds)
      const outputs: Record<string, Tensors[string]> = {}
      for (const [name, { data, dims }] of Object.entries(results)) {
        // A copy, because onnxruntime may own the memory behind `data`.
        if (data instanceof Float32Array) outputs[name] = { type: 'float32', data: data.slice(), dims }
        else if (data instanceof BigInt64Array) outputs[name] = { type: 'int64', data: data.slice(), dims }
      }
      return outputs
    },
  }
}

/** The devices that this build of onnxruntime-node names; of some of them only the name is there. */
export async function listDevices(): Promise<readonly string[]> {
  const { listSupportedBackends } = await import('onnxruntime-node')
  return listSupportedBackends().map(({ name }) => name)
}
