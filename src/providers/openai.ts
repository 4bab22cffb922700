import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'openai',
  format: 'openai-chat',
  // Its chat models refuse the legacy path.
  completions: /instruct|davinci|babbage/,
  alsoSpeaks: ['openai-responses'],
  baseUrl: 'https://api.openai.com/v1',
  keyVariable: 'OPENAI_API_KEY',
  authorize: bearerPost,
})
