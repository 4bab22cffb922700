import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'xai',
  format: 'openai-chat',
  // https://docs.x.ai/developers/model-capabilities/text/generate-text
  alsoSpeaks: ['openai-responses'],
  baseUrl: 'https://api.x.ai/v1',
  keyVariable: 'XAI_API_KEY',
  authorize: bearerPost,
})
