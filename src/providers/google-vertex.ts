import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { parseLossless } from '../core/lossless-json.ts'
import type { ProviderCall } from '../core/provider.ts'
import { defineProvider, httpRequest, openaiPath } from '../core/provider.ts'
import { withoutCallIds } from '../wire/gemini-generate/call-ids.ts'
import { isGemini3 } from '../wire/gemini-generate/model-facts.ts'
import { adjustSignatures } from '../wire/gemini-generate/signatures.ts'
import { checkServiceAccount, googleToken, isServiceAccount } from './auth/google-token.ts'

/**
 * Gemini on Vertex AI. `base_url` names place and project:
 * `https://europe-west4-aiplatform.googleapis.com/v1/projects/PROJECT/locations/europe-west4`, or
 * `https://aiplatform.googleapis.com/v1/projects/PROJECT/locations/global`; in express mode, which has a key of its own,
 * `https://aiplatform.googleapis.com/v1`. The key is that key, an access token (`ya29.…`), or a service account's JSON.
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 */
export default defineProvider({
  id: 'google-vertex',
  format: 'gemini-generate',
  baseUrl: undefined,
  exampleBaseUrl: 'https://europe-west4-aiplatform.googleapis.com/v1/projects/PROJECT/locations/europe-west4',
  keyVariable: 'GOOGLE_VERTEX_KEY',
  checkKey: checkServiceAccount,
  // It has `:predict`, and not the method of Gemini's own API.
  hasNoEmbeddings: true,
  authorize(asked) {
    const call = asked.operation.type === 'count-tokens' ? countable(asked) : asked
    const { secret } = call
    const path = pathOf(call)
    if (secret === undefined) return httpRequest(call, path, {})
    if (isServiceAccount(secret)) {
      const token = googleToken(secret, call)
      return typeof token === 'string' ? bearer(call, path, token) : token.then((fresh) => bearer(call, path, fresh))
    }
    return secret.startsWith('ya29.')
      ? bearer(call, path, secret)
      : httpRequest(call, path, { 'x-goog-api-key': secret })
  },
  adjustBody(body, { format, target }) {
    if (format !== 'gemini-generate') return body
    return withoutIds(adjustSignatures(body, isGemini3(target.model)))
  },
})

const COUNTED = [
  'contents',
  'systemInstruction',
  'system_instruction',
  'tools',
  'generationConfig',
  'generation_config',
]

/** An unknown member is refused. https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.publishers.models/countTokens */
function countable(call: ProviderCall): ProviderCall {
  const { body } = call
  const request: unknown = parseLossless(typeof body === 'string' ? body : new TextDecoder().decode(body))
  if (!isJsonObject(request)) return call
  const kept = Object.entries(request).filter(([name]) => COUNTED.includes(name))
  return { ...call, body: JSON.stringify(Object.fromEntries(kept)) }
}

function bearer(call: ProviderCall, path: string, token: string): ReturnType<typeof httpRequest> {
  return httpRequest(call, path, { authorization: `Bearer ${token}` })
}

function withoutIds(body: JsonObject): JsonObject {
  const contents = body['contents']
  if (!Array.isArray(contents)) return body
  const stripped = contents.map((content: JsonValue) => (isJsonObject(content) ? withoutCallIds(content) : content))
  return stripped.every((content, index) => content === contents[index]) ? body : { ...body, contents: stripped }
}

function pathOf(call: ProviderCall): string {
  const { operation, target, stream } = call
  const model = `/publishers/google/models/${encodeURIComponent(target.model.replace(/^google\//, ''))}`
  switch (operation.type) {
    case 'chat':
      return stream ? `${model}:streamGenerateContent?alt=sse` : `${model}:generateContent`
    case 'count-tokens':
      return `${model}:countTokens`
    case 'completions':
    case 'embeddings':
      return `/endpoints/openapi${openaiPath(call)}`
    case 'passthrough':
      return operation.path
    default: {
      const unhandled: never = operation
      return unhandled
    }
  }
}
