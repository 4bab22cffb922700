import { compact, countOf, isList, objectOf } from '../shared/read-json.ts'
import type { EmbeddingsDialect } from './dialect.ts'
import { readVector } from './read-vector.ts'
import { textsOf } from './request.ts'
import { unreadMembers } from './unread-members.ts'

/** Cohere asks what the texts are for and OpenAI does not: most are embedded to be found. */
const DEFAULT_INPUT_TYPE = 'search_document'

/** `POST /v2/embed`. https://docs.cohere.com/reference/embed */
export const cohere: EmbeddingsDialect = {
  maxInputs: 96,
  path: (_model, baseUrl) => (baseUrl.endsWith('/v2') ? '/embed' : '/v2/embed'),
  write(request, model) {
    const { dimensions, inputType, body } = request
    return {
      body: compact({
        model,
        texts: textsOf(request),
        input_type: inputType ?? DEFAULT_INPUT_TYPE,
        embedding_types: ['float'],
        output_dimension: dimensions,
        truncate: body['truncate'],
      }),
      losses: unreadMembers(body, ['truncate']),
    }
  },
  read(body) {
    const vectors = objectOf(body['embeddings'])['float']
    return {
      vectors: isList(vectors) ? vectors.map(readVector) : [],
      inputTokens: countOf(objectOf(objectOf(body['meta'])['billed_units'])['input_tokens']),
    }
  },
}
