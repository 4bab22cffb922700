import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'xai',
  format: 'openai-chat',
  baseUrl: 'https://api.x.ai/v1',
  keyVariable: 'XAI_API_KEY',
  authorize: bearerPost,
})
