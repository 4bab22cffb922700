import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'lm-studio',
  format: 'openai-chat',
  // https://lmstudio.ai/docs/api/openai-api
  alsoSpeaks: ['openai-responses'],
  completions: 'all',
  baseUrl: 'http://127.0.0.1:1234/v1',
  keyVariable: undefined,
  isLocal: true,
  authorize: bearerPost,
})
