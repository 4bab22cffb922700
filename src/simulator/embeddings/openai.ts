import type { JsonObject } from '../../core/json.ts'
import type { SimulatedFormat } from '../format.ts'
import { readModel } from '../openai-chat/read-call.ts'
import { writeError } from '../openai-chat/rejection.ts'
import { compatible } from '../openai-dialects/compatible.ts'
import { refused } from '../openai-dialects/dialect.ts'
import { numberOf } from '../read-json.ts'
import { readTextsOrTokens } from '../text-or-tokens.ts'
import { checkEmbeddings, dimensionsOf } from './check-openai.ts'
import { embedText } from './embed-text.ts'
import type { EmbeddingsCall } from './embeddings-format.ts'
import { embeddingsCall, embeddingsFormat } from './embeddings-format.ts'
import { floatsAsBase64 } from './write-vector.ts'

const MAX_DIMENSIONS = 8_192

/** OpenAI's embeddings. https://platform.openai.com/docs/api-reference/embeddings/create */
export const openaiEmbeddings: SimulatedFormat<EmbeddingsCall> = embeddingsFormat({
  id: 'openai-embeddings',
  serves: (path) => path === '/v1/embeddings',
  readModel,
  readCall: (body) => checkEmbeddings(body) ?? readCall(body),
  writeAnswer,
  writeError,
})

/**
 * The same of servers that take what they do not know: anything but inputs and a size.
 * https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html#embeddings-api
 */
export const compatibleEmbeddings: SimulatedFormat<EmbeddingsCall> = embeddingsFormat({
  id: 'openai-embeddings-compatible',
  serves: (path) => path === '/compatible/v1/embeddings',
  readModel,
  readCall(body) {
    if (readTextsOrTokens(body['input']) === undefined) return refused('input must be texts or lists of tokens')
    const dimensions = numberOf(body['dimensions']) ?? 1
    const isFit = Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= MAX_DIMENSIONS
    return isFit ? readCall(body) : refused(`dimensions must be from 1 to ${MAX_DIMENSIONS}`)
  },
  writeAnswer,
  writeError: compatible.writeError,
})

function readCall(body: JsonObject): EmbeddingsCall {
  const model = String(body['model'])
  const dimensions = numberOf(body['dimensions']) ?? dimensionsOf(model)
  const inputs = (readTextsOrTokens(body['input']) ?? []).map((content) => ({ content, dimensions }))
  return embeddingsCall(model, inputs, [body['encoding_format'] === 'base64' ? 'base64' : 'float'])
}

function writeAnswer({ inputs, encodings, model, promptTokens }: EmbeddingsCall): string {
  const isBase64 = encodings.includes('base64')
  const data = inputs.map(({ content, dimensions }, index) => {
    const vector = embedText(content, dimensions)
    return { object: 'embedding', index, embedding: isBase64 ? floatsAsBase64(vector) : vector }
  })
  return JSON.stringify({
    object: 'list',
    data,
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  })
}
