import { isJsonObject } from '../core/json.ts'
import { parseLossless } from '../core/lossless-json.ts'
import type { ProviderCall } from '../core/provider.ts'
import { bearerPost, defineProvider, httpRequest, openaiPath } from '../core/provider.ts'
import { isGemini3 } from '../wire/gemini-generate/model-facts.ts'
import { adjustSignatures } from '../wire/gemini-generate/signatures.ts'

/** Gemini's own API, with a key of AI Studio. https://ai.google.dev/api */
export default defineProvider({
  id: 'google',
  format: 'gemini-generate',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  keyVariable: 'GEMINI_API_KEY',
  authorize(call) {
    const path = pathOf(call)
    // What is served in OpenAI's shape wants OpenAI's header. https://ai.google.dev/gemini-api/docs/openai
    if (path.startsWith('/openai/')) return bearerPost(call, path)
    const asked = call.operation.type === 'count-tokens' ? wholeRequest(call) : call
    return httpRequest(asked, path, call.secret === undefined ? {} : { 'x-goog-api-key': call.secret })
  },
  // A client of this format may bring calls and signatures of another provider, from an earlier turn.
  adjustBody: (body, { format, target }) =>
    format === 'gemini-generate' ? adjustSignatures(body, isGemini3(target.model)) : body,
})

/**
 * Only inside of a `generateContentRequest`, which must name the model, are instructions and tools counted too.
 * https://ai.google.dev/api/tokens#method:-models.counttokens
 */
function wholeRequest(call: ProviderCall): ProviderCall {
  const { body, target } = call
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  const request: unknown = parseLossless(text)
  if (!isJsonObject(request)) return call
  const model = `models/${target.model.replace(/^models\//, '')}`
  return { ...call, body: JSON.stringify({ generateContentRequest: { ...request, model } }) }
}

function pathOf(call: ProviderCall): string {
  const { operation, target, stream } = call
  const model = `/models/${encodeURIComponent(target.model.replace(/^models\//, ''))}`
  switch (operation.type) {
    case 'chat':
      return stream ? `${model}:streamGenerateContent?alt=sse` : `${model}:generateContent`
    case 'count-tokens':
      return `${model}:countTokens`
    case 'completions':
    case 'embeddings':
      return `/openai${openaiPath(call)}`
    case 'passthrough':
      return operation.path
    default: {
      const unhandled: never = operation
      return unhandled
    }
  }
}
