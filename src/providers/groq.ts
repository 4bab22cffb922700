import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'groq',
  format: 'openai-chat',
  // https://console.groq.com/docs/responses-api
  alsoSpeaks: ['openai-responses'],
  baseUrl: 'https://api.groq.com/openai/v1',
  keyVariable: 'GROQ_API_KEY',
  authorize: bearerPost,
})
