import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'openrouter',
  format: 'openai-chat',
  completions: 'all',
  baseUrl: 'https://openrouter.ai/api/v1',
  keyVariable: 'OPENROUTER_API_KEY',
  authorize: bearerPost,
})
