import { parentPort } from 'node:worker_threads'
import type { Tensors } from '../../core/ports.ts'

// The worker side of inference-onnx.ts. onnxruntime-node's `run` blocks the thread that calls it,
// so it is loaded here and never on the thread that serves requests.

export type ThreadRequest =
  | { readonly type: 'open'; readonly job: number; readonly path: string; readonly threads: number }
  | { readonly type: 'run'; readonly job: number; readonly session: number; readonly inputs: Tensors }

export type ThreadReply =
  | { readonly type: 'opened'; readonly job: number; readonly session: number; readonly device: string }
  | { readonly type: 'ran'; readonly job: number; readonly outputs: Tensors }
  | { readonly type: 'failed'; readonly job: number; readonly reason: string }

type Session = Awaited<ReturnType<typeof createSession>>

const sessions: Session[] = []

parentPort?.on('message', (request: ThreadRequest) => {
  answer(request).catch((cause: unknown) => {
    reply({ type: 'failed', job: request.job, reason: cause instanceof Error ? cause.message : String(cause) }, [])
  })
})

async function answer(request: ThreadRequest): Promise<void> {
  switch (request.type) {
    case 'open': {
      sessions.push(await createSession(request.path, request.threads))
      reply({ type: 'opened', job: request.job, session: sessions.length - 1, device: 'cpu' }, [])
      return
    }
    case 'run': {
      const session = sessions[request.session]
      if (session === undefined) throw new Error(`No session ${request.session} is open.`)
      const outputs = await runSession(session, request.inputs)
      const buffers = Object.values(outputs).flatMap(({ data }) =>
        data.buffer instanceof ArrayBuffer ? [data.buffer] : [],
      )
      reply({ type: 'ran', job: request.job, outputs }, buffers)
      return
    }
    default: {
      const unhandled: never = request
      throw new Error(`Unknown request ${String(unhandled)}`)
    }
  }
}

async function createSession(path: string, threads: number) {
  const { InferenceSession } = await import('onnxruntime-node')
  return InferenceSession.create(path, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // The arena and the memory pattern keep the largest run's memory for good: tens of MB for no speed at batch 1.
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
  })
}

async function runSession(session: Session, inputs: Tensors): Promise<Tensors> {
  const { Tensor } = await import('onnxruntime-node')
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
}

function reply(message: ThreadReply, transfer: readonly ArrayBuffer[]): void {
  parentPort?.postMessage(message, [...transfer])
}
