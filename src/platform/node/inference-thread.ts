import { parentPort } from 'node:worker_threads'
import type { Tensors } from '../../core/ports.ts'
import { createSession, listDevices, type OnnxSession, type SessionOptions } from './inference/create-session.ts'

// The worker side of inference-onnx.ts. onnxruntime-node's `run` blocks the thread that calls it,
// so it is loaded here and never on the thread that serves requests.

export type ThreadRequest =
  | { readonly type: 'devices'; readonly job: number }
  | ({ readonly type: 'open'; readonly job: number } & SessionOptions)
  | { readonly type: 'run'; readonly job: number; readonly session: number; readonly inputs: Tensors }

export type ThreadReply =
  | { readonly type: 'devices'; readonly job: number; readonly devices: readonly string[] }
  | { readonly type: 'opened'; readonly job: number; readonly session: number }
  | { readonly type: 'ran'; readonly job: number; readonly outputs: Tensors }
  | { readonly type: 'failed'; readonly job: number; readonly reason: string }

const sessions: OnnxSession[] = []

parentPort?.on('message', (request: ThreadRequest) => {
  answer(request).catch((cause: unknown) => {
    reply({ type: 'failed', job: request.job, reason: cause instanceof Error ? cause.message : String(cause) }, [])
  })
})

async function answer(request: ThreadRequest): Promise<void> {
  switch (request.type) {
    case 'devices': {
      reply({ type: 'devices', job: request.job, devices: await listDevices() }, [])
      return
    }
    case 'open': {
      sessions.push(await createSession(request))
      reply({ type: 'opened', job: request.job, session: sessions.length - 1 }, [])
      return
    }
    case 'run': {
      const session = sessions[request.session]
      if (session === undefined) throw new Error(`No session ${request.session} is open.`)
      const outputs = await session.run(request.inputs)
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

function reply(message: ThreadReply, transfer: readonly ArrayBuffer[]): void {
  parentPort?.postMessage(message, [...transfer])
}
