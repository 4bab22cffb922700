import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
import { NO_USAGE } from '../../core/stream-part.ts'
import { countOf, isList, objectOf } from '../shared/read-json.ts'
import type { Embedded } from './dialect.ts'
import type { EmbeddingsRequest } from './request.ts'

/** OpenAI's list of embeddings. Throws `upstream_malformed` when there is not one an input. */
export function writeEmbeddings(
  { vectors, inputTokens }: Embedded,
  request: EmbeddingsRequest,
  model: string,
): JsonObject {
  const { inputs, encoding } = request
  if (vectors.length !== inputs.length) {
    throw new GatewayError(
      'upstream_malformed',
      `The model answered with ${vectors.length} embeddings for ${inputs.length} inputs.`,
    )
  }
  // OpenAI's SDKs require numbers here; what was not said is said to be zero.
  const tokens = inputTokens ?? 0
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? toBase64(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

/** What an answer of OpenAI's own shape counted. Throws `upstream_malformed` when it is none. */
export function readEmbeddingsUsage(body: JsonObject): Usage | undefined {
  if (!isList(body['data'])) {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is no list of embeddings.')
  }
  const usage = objectOf(body['usage'])
  const counted = countOf(usage['prompt_tokens']) ?? countOf(usage['total_tokens'])
  return counted === undefined ? undefined : embeddingsUsage(counted)
}

/** Embeddings have no answer tokens. */
export function embeddingsUsage(inputTokens: number): Usage {
  return { ...NO_USAGE, inputTokens, outputTokens: 0 }
}

const BYTES_PER_CALL = 0x2000

/** 32-bit floats, little-endian, in base64: what OpenAI's SDKs ask for when nobody says otherwise. */
function toBase64(vector: readonly number[]): string {
  const bytes = new Uint8Array(vector.length * 4)
  const view = new DataView(bytes.buffer)
  vector.forEach((value, index) => {
    view.setFloat32(index * 4, value, true)
  })
  let binary = ''
  for (let at = 0; at < bytes.length; at += BYTES_PER_CALL) {
    binary += String.fromCharCode(...bytes.subarray(at, at + BYTES_PER_CALL))
  }
  return btoa(binary)
}
