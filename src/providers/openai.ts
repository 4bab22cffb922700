import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'openai',
  format: 'openai-chat',
  alsoSpeaks: ['openai-responses'],
  baseUrl: 'https://api.openai.com/v1',
  keyVariable: 'OPENAI_API_KEY',
  authorize: bearerPost,
})
