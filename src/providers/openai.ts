import { bearerPost, defineProvider } from '../core/provider.ts'
import { openaiFormat, thinksIfAsked } from './openai-chat/openai-family.ts'
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
  traits: {
    reasoning: 'omit',
    maxTokens: 'max_completion_tokens',
    closedSchemas: true,
    audioFormats: ['wav', 'mp3'],
    // From GPT-5.1 on, nothing said is `none`. https://platform.openai.com/docs/guides/latest-model
    asksFreely: { reasoning_effort: 'medium' },
    thinks: thinksIfAsked,
    hidesThoughts: true,
  },
  authorize: bearerPost,
  adjustBody: openaiBody,
})
