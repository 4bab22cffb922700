import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'ollama',
  format: 'openai-chat',
  // https://docs.ollama.com/api/openai-compatibility
  alsoSpeaks: ['openai-responses'],
  baseUrl: 'http://127.0.0.1:11434/v1',
  keyVariable: undefined,
  isLocal: true,
  authorize: bearerPost,
})
