import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, renamed } from './openai-chat/adjust.ts'
import { thoughtChunksAsReasoning } from './openai-chat/messages.ts'
import { OPEN_SERVER_STEPS } from './openai-chat/open-servers.ts'
import { earlierReasoningAs } from './openai-chat/reasoning.ts'

/** https://docs.together.ai/reference/chat-completions-1 */
export default defineProvider({
  id: 'together',
  format: 'openai-chat',
  completions: 'all',
  baseUrl: 'https://api.together.xyz/v1',
  keyVariable: 'TOGETHER_API_KEY',
  traits: { reasoning: 'reasoning', maxTokens: 'max_tokens', functionsOnly: true },
  authorize: bearerPost,
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    ...OPEN_SERVER_STEPS,
    earlierReasoningAs('reasoning'),
    renamed('max_completion_tokens', 'max_tokens'),
  ),
})
