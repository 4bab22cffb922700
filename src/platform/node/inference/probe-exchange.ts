import type { Tensor, Tensors } from '../../../core/ports.ts'

// What the gateway asks the process that tries a device, and what it hears: JSON, because a process that crashes
// halfway must not leave half a structure.

export type ProbeQuestion = {
  readonly path: string
  readonly device: string
  readonly threads: number
  /** Stop early when the device is far slower than the CPU, because then nobody would use it. */
  readonly mustBeatCpu: boolean
  readonly golden: readonly Tensors[]
}

export type ProbeAnswer =
  | {
      readonly type: 'ran'
      /** The least cosine between an output of the device and the CPU's. */
      readonly cosine: number
      /** The same for the golden inputs run as one batch; absent where the device refuses it. */
      readonly batchCosine?: number | undefined
      /** Milliseconds of a warm run, the mean over the golden inputs. */
      readonly ms: number
      readonly cpuMs: number
    }
  | { readonly type: 'slow'; readonly ms: number; readonly cpuMs: number }
  | { readonly type: 'failed'; readonly reason: string }

/** A question as text; 64-bit integers travel as strings. */
export function writeQuestion({ golden, ...question }: ProbeQuestion): string {
  return JSON.stringify({
    ...question,
    golden: golden.map((tensors) =>
      Object.entries(tensors).map(([name, { type, data, dims }]) => ({
        name,
        type,
        data: Array.from(data, String),
        dims,
      })),
    ),
  })
}

type WrittenTensor = {
  readonly name: string
  readonly type: Tensor['type']
  readonly data: readonly string[]
  readonly dims: readonly number[]
}

/** The question of `writeQuestion`. */
export function readQuestion(text: string): ProbeQuestion {
  const { golden, ...question }: Omit<ProbeQuestion, 'golden'> & { golden: WrittenTensor[][] } = JSON.parse(text)
  return {
    ...question,
    golden: golden.map((tensors) => Object.fromEntries(tensors.map((tensor) => [tensor.name, readTensor(tensor)]))),
  }
}

function readTensor({ type, data, dims }: WrittenTensor): Tensor {
  return type === 'float32'
    ? { type, data: Float32Array.from(data, Number), dims }
    : { type, data: BigInt64Array.from(data, BigInt), dims }
}

/** The answer in a process's output; `undefined` when it ended without one. */
export function readAnswer(output: string): ProbeAnswer | undefined {
  const line = output.split('\n').find((text) => text.startsWith('{'))
  if (line === undefined) return undefined
  try {
    return JSON.parse(line)
  } catch {
    // Cut off in the middle: the process died while it wrote.
    return undefined
  }
}
