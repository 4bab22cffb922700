import { bearerPost, defineProvider } from '../core/provider.ts'

/**
 * Any server that speaks Chat Completions, or Responses where the configuration says `format: openai-responses`; the configuration gives its `base_url`, with a key or without.
 */
export default defineProvider({
  id: 'openai-compatible',
  format: 'openai-chat',
  speaksIfTold: ['openai-responses'],
  baseUrl: undefined,
  keyVariable: undefined,
  authorize: bearerPost,
})
