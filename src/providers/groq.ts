import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'groq',
  format: 'openai-chat',
  baseUrl: 'https://api.groq.com/openai/v1',
  keyVariable: 'GROQ_API_KEY',
  authorize: bearerPost,
})
