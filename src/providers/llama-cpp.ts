import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'llama-cpp',
  format: 'openai-chat',
  baseUrl: 'http://127.0.0.1:8080/v1',
  keyVariable: undefined,
  isLocal: true,
  authorize: bearerPost,
})
