import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'fireworks',
  format: 'openai-chat',
  completions: 'all',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  keyVariable: 'FIREWORKS_API_KEY',
  authorize: bearerPost,
})
