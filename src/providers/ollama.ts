import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'ollama',
  format: 'openai-chat',
  completions: 'all',
  baseUrl: 'http://127.0.0.1:11434/v1',
  keyVariable: undefined,
  isLocal: true,
  authorize: bearerPost,
})
