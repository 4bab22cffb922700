import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'together',
  format: 'openai-chat',
  completions: 'all',
  baseUrl: 'https://api.together.xyz/v1',
  keyVariable: 'TOGETHER_API_KEY',
  authorize: bearerPost,
})
