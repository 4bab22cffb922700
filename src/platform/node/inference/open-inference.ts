import { Pool } from 'undici/index.js'
import { isJsonObject, type JsonValue } from '../../../core/json.ts'
import { createMask } from '../../../core/mask.ts'
import type { RemoteModel, Tensor, Tensors } from '../../../core/ports.ts'
import { guardedConnector } from '../guarded-connect.ts'

/** A server that speaks the Open Inference Protocol v2 (KServe, Triton, MLServer) over HTTP. */
export type OpenInferenceClient = {
  /** Resolves when the server says that it is ready. */
  ready(signal: AbortSignal): Promise<void>
  infer(inputs: Tensors, signal: AbortSignal): Promise<Tensors>
  close(): Promise<void>
}

const CONNECT_MS = 10_000
const MAX_ANSWER_BYTES = 8 * 1024 * 1024

/** Calls the one model of the settings, with the protocol's JSON tensors. Nothing is retried here. */
export function createOpenInferenceClient(remote: RemoteModel): OpenInferenceClient {
  const { origin, pathname } = new URL(remote.url)
  const mask = createMask(Object.values(remote.headers))
  const prefix = pathname.replace(/\/+$/, '')
  const pool = new Pool(origin, {
    connections: remote.maxConcurrent + 1,
    pipelining: 1,
    allowH2: false,
    connect: guardedConnector(CONNECT_MS, { allowsPrivate: true }),
  })

  async function call(method: 'GET' | 'POST', path: string, body: string | null, signal: AbortSignal): Promise<string> {
    const response = await pool.request({
      method,
      path: `${prefix}${path}`,
      headers: body === null ? remote.headers : { ...remote.headers, 'content-type': 'application/json' },
      body,
      signal,
    })
    const text = await readBounded(response.body)
    if (response.statusCode !== 200) {
      throw new Error(`${method} ${path} answered ${response.statusCode}: ${mask(text).slice(0, 200)}`)
    }
    return text
  }

  return {
    async ready(signal) {
      await call('GET', '/v2/health/ready', null, signal)
    },
    async infer(inputs, signal) {
      const path = `/v2/models/${encodeURIComponent(remote.model)}/infer`
      return readOutputs(await call('POST', path, writeInputs(inputs), signal))
    },
    close: () => pool.destroy(),
  }
}

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`The answer is longer than ${MAX_ANSWER_BYTES} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const DATATYPES = { float32: 'FP32', int64: 'INT64' } as const

function writeInputs(inputs: Tensors): string {
  return JSON.stringify({
    inputs: Object.entries(inputs).map(([name, { type, data, dims }]) => ({
      name,
      shape: dims,
      datatype: DATATYPES[type],
      data: Array.from(data, Number),
    })),
  })
}

/** The tensors of an inference response; what is neither FP32 nor INT64 is left out. */
function readOutputs(text: string): Tensors {
  const answer: JsonValue = JSON.parse(text)
  const outputs = isJsonObject(answer) ? answer['outputs'] : undefined
  if (!Array.isArray(outputs)) throw new Error('The server’s answer has no outputs.')
  return Object.fromEntries(outputs.flatMap((output: JsonValue) => readOutput(output)))
}

function readOutput(output: JsonValue): [string, Tensor][] {
  if (!isJsonObject(output)) throw new Error('An output of the server is no object.')
  const { name, shape, datatype, data } = output
  const dims = readNumbers(shape)
  const values = readNumbers(data)
  if (typeof name !== 'string' || dims === undefined || values === undefined) {
    throw new Error('An output of the server lacks its name, its shape or its data.')
  }
  const size = dims.reduce((product, dim) => product * dim, 1)
  if (size !== values.length) throw new Error(`The output ${name} has ${values.length} numbers for ${size}.`)
  if (datatype === 'FP32') return [[name, { type: 'float32', data: Float32Array.from(values), dims }]]
  if (datatype === 'INT64') return [[name, { type: 'int64', data: BigInt64Array.from(values, BigInt), dims }]]
  return []
}

/** Numbers of a JSON array, which the protocol allows to be nested. */
function readNumbers(value: JsonValue | undefined): number[] | undefined {
  if (!Array.isArray(value)) return undefined
  const flat: unknown[] = value.flat(Infinity)
  return flat.every((item): item is number => typeof item === 'number') ? flat : undefined
}
