import { table } from '../../core/table.ts'
import { compact, countOf, objectOf, objectsOf } from '../shared/read-json.ts'
import type { EmbeddingsDialect } from './dialect.ts'
import { readVector } from './read-vector.ts'
import { textsOf } from './request.ts'
import { unreadMembers } from './unread-members.ts'

/** Gemini's own words for what texts are for. Any other word is passed on as it is. */
const TASKS = table<string>({
  search_document: 'RETRIEVAL_DOCUMENT',
  search_query: 'RETRIEVAL_QUERY',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
})

/** `models.batchEmbedContents`, one request a text. https://ai.google.dev/api/embeddings */
export const gemini: EmbeddingsDialect = {
  maxInputs: 100,
  path: (model) => `/models/${encodeURIComponent(model)}:batchEmbedContents`,
  write(request, model) {
    const { dimensions, inputType } = request
    const requests = textsOf(request).map((text) =>
      compact({
        model: `models/${model}`,
        content: { parts: [{ text }] },
        outputDimensionality: dimensions,
        taskType: inputType === undefined ? undefined : (TASKS[inputType] ?? inputType),
      }),
    )
    return { body: { requests }, losses: unreadMembers(request.body) }
  },
  read: (body) => ({
    vectors: objectsOf(body['embeddings']).map((embedding) => readVector(embedding['values'])),
    inputTokens: countOf(objectOf(body['usageMetadata'])['promptTokenCount']),
  }),
}
