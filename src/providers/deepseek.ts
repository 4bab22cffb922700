import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'deepseek',
  format: 'openai-chat',
  baseUrl: 'https://api.deepseek.com/v1',
  keyVariable: 'DEEPSEEK_API_KEY',
  authorize: bearerPost,
})
