import type { JsonObject } from '../core/json.ts'
import type { HttpRequest } from '../core/ports.ts'
import type { Adjusting, ProviderCall } from '../core/provider.ts'
import { bearerPost, defineProvider } from '../core/provider.ts'

/** Cohere's own API. Its base URL may be written with a version or without. https://docs.cohere.com/reference/about */
export default defineProvider({
  id: 'cohere',
  format: 'cohere-chat',
  baseUrl: 'https://api.cohere.com',
  keyVariable: 'COHERE_API_KEY',
  authorize,
  adjustBody,
})

function authorize(call: ProviderCall): HttpRequest {
  const { target, operation } = call
  const baseUrl = target.baseUrl.replace(/\/v[12]$/, '')
  const path = operation.type === 'passthrough' ? versioned(operation.path) : PATHS[operation.type]
  return bearerPost({ ...call, target: { ...target, baseUrl } }, path)
}

/** Texts are completed and embedded in OpenAI's shape on a surface of its own. */
const PATHS = {
  chat: '/v2/chat',
  completions: '/compatibility/v1/completions',
  embeddings: '/compatibility/v1/embeddings',
  'count-tokens': '/v1/tokenize',
} as const

/** What is in version 2; the rest of the API (models, tokenize, datasets, …) is in version 1. */
const SECOND = /^\/(?:chat|embed|rerank)(?:[?/]|$)/

function versioned(path: string): string {
  if (/^\/(?:v\d|compatibility)\//.test(path)) return path
  return SECOND.test(path) ? `/v2${path}` : `/v1${path}`
}

/** Only models that reason know `thinking`. What the catalogue does not know is left to Cohere. */
function adjustBody(body: JsonObject, { target, lose }: Adjusting): JsonObject {
  const { thinking, ...rest } = body
  if (thinking === undefined || target.facts.reasoning !== false) return body
  lose('reasoning', 'the model does not reason')
  return rest
}
