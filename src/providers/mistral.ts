import type { JsonObject } from '../core/json.ts'
import { bearerPost, defineProvider } from '../core/provider.ts'

/** Mistral refuses unknown fields and names three of OpenAI's differently. https://docs.mistral.ai/api/ */
export default defineProvider({
  id: 'mistral',
  format: 'openai-chat',
  baseUrl: 'https://api.mistral.ai/v1',
  keyVariable: 'MISTRAL_API_KEY',
  authorize: bearerPost,
  adjustBody(body) {
    const { max_completion_tokens, seed, stream_options, ...rest } = body
    const isPlain = max_completion_tokens === undefined && seed === undefined && stream_options === undefined
    // Usage comes in the last chunk without being asked for.
    if (isPlain) return body
    const adjusted: { [key: string]: JsonObject[string] } = { ...rest }
    if (max_completion_tokens !== undefined) adjusted['max_tokens'] = max_completion_tokens
    if (seed !== undefined) adjusted['random_seed'] = seed
    return adjusted
  },
})
