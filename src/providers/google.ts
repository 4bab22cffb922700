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
    return httpRequest(call, path, call.secret === undefined ? {} : { 'x-goog-api-key': call.secret })
  },
  // A client of this format may bring calls and signatures of another provider, from an earlier turn.
  adjustBody: (body, { format, target }) =>
    format === 'gemini-generate' ? adjustSignatures(body, isGemini3(target.model)) : body,
})

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
