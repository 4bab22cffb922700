import { compact, countOf, isList } from '../shared/read-json.ts'
import type { EmbeddingsDialect } from './dialect.ts'
import { readVector } from './read-vector.ts'
import { textsOf } from './request.ts'
import { unreadMembers } from './unread-members.ts'

// What Ollama's own body has besides the model and the texts.
const OWN = ['truncate', 'keep_alive', 'options'] as const

/** `POST /api/embed`. https://docs.ollama.com/api/embed */
export const ollama: EmbeddingsDialect = {
  maxInputs: undefined,
  path: (_model, baseUrl) => (baseUrl.endsWith('/api') ? '/embed' : '/api/embed'),
  write(request, model) {
    const { dimensions, body, inputType } = request
    const own = Object.fromEntries(OWN.map((name) => [name, body[name]]))
    const losses = unreadMembers(body, OWN)
    if (inputType !== undefined) losses.push({ path: 'input_type', reason: 'Ollama has one kind of embedding a model' })
    return { body: compact({ model, input: textsOf(request), dimensions, ...own }), losses }
  },
  read(body) {
    const vectors = body['embeddings']
    return {
      vectors: isList(vectors) ? vectors.map(readVector) : [],
      inputTokens: countOf(body['prompt_eval_count']),
    }
  },
}
