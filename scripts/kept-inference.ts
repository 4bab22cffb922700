import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Inference, InferenceSession, Tensors } from '../src/core/ports.ts'
import { createInference } from '../src/platform/node/inference-onnx.ts'

// Measurements read the same prompts again and again: what an encoder made of them is kept in a file, by what went in.
// A record is the SHA-256 of the inputs, the length of the embedding, and the embedding.

const HASH_BYTES = 32
const HEAD_BYTES = HASH_BYTES + 4

/** Inference on this machine that keeps every embedding in `folder`, a file an encoder. */
export function createKeptInference(folder = join(tmpdir(), 'thalamus-embeddings')): Inference {
  const inference = createInference()
  return {
    async open(model, options) {
      mkdirSync(folder, { recursive: true })
      const encoder = createHash('sha256').update(readFileSync(model)).digest('hex').slice(0, 16)
      return keeping(await inference.open(model, options), join(folder, `${encoder}.bin`))
    },
    close: () => inference.close(),
  }
}

function keeping(session: InferenceSession, file: string): InferenceSession {
  const known = readRecords(file)
  return {
    get device() {
      return session.device
    },
    async run(inputs, signal) {
      const key = keyOf(inputs)
      const found = known.get(key)
      if (found !== undefined) return { embedding: { type: 'float32', data: found, dims: [1, found.length] } }
      const outputs = await session.run(inputs, signal)
      const embedding = outputs['embedding']
      if (embedding?.type !== 'float32') return outputs
      known.set(key, embedding.data)
      appendFileSync(file, record(key, embedding.data))
      return outputs
    },
  }
}

function keyOf(inputs: Tensors): string {
  const hash = createHash('sha256')
  for (const [name, { data }] of Object.entries(inputs)) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex')
}

function record(key: string, values: Float32Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(values.length)
  return Buffer.concat([
    Buffer.from(key, 'hex'),
    length,
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  ])
}

/** Records up to the first that a stopped run left cut. */
function readRecords(file: string): Map<string, Float32Array> {
  const known = new Map<string, Float32Array>()
  if (!existsSync(file)) return known
  const bytes = readFileSync(file)
  for (let offset = 0; offset + HEAD_BYTES <= bytes.length; ) {
    const key = bytes.toString('hex', offset, offset + HASH_BYTES)
    const size = bytes.readUInt32LE(offset + HASH_BYTES) * Float32Array.BYTES_PER_ELEMENT
    const from = offset + HEAD_BYTES
    if (from + size > bytes.length) break
    known.set(key, new Float32Array(bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + from + size)))
    offset = from + size
  }
  return known
}
