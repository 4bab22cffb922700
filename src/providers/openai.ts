import { bearerPost, defineProvider } from '../core/provider.ts'
import { OPENAI_TRAITS, openaiFormat } from './openai-chat/openai-family.ts'
import { openaiBody } from './openai-chat/openai-models.ts'

/** https://platform.openai.com/docs/api-reference/chat/create */
export default defineProvider({
  id: 'openai',
  format: 'openai-chat',
  // Its chat models refuse the legacy path.
  completions: /instruct|davinci|babbage/,
  alsoSpeaks: ['openai-responses'],
  formatFor: openaiFormat,
  baseUrl: 'https://api.openai.com/v1',
  keyVariable: 'OPENAI_API_KEY',
  traits: OPENAI_TRAITS,
  hasOrderlyCalls: true,
  authorize: bearerPost,
  adjustBody: openaiBody,
})
