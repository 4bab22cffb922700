import { bearerPost, defineProvider } from '../core/provider.ts'

/** Any server that speaks Chat Completions; the configuration gives its `base_url`, with a key or without. */
export default defineProvider({
  id: 'openai-compatible',
  format: 'openai-chat',
  baseUrl: undefined,
  keyVariable: undefined,
  authorize: bearerPost,
})
