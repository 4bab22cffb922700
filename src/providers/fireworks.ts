import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, renamed } from './openai-chat/adjust.ts'
import { thoughtChunksAsReasoning } from './openai-chat/messages.ts'
import { OPEN_SERVER_STEPS } from './openai-chat/open-servers.ts'
import { earlierReasoningAs } from './openai-chat/reasoning.ts'

/** https://docs.fireworks.ai/api-reference/post-chatcompletions and https://docs.fireworks.ai/guides/reasoning */
export default defineProvider({
  id: 'fireworks',
  format: 'openai-chat',
  completions: 'all',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  keyVariable: 'FIREWORKS_API_KEY',
  traits: { reasoning: 'reasoning_content', maxTokens: 'max_tokens', functionsOnly: true },
  authorize: bearerPost,
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    ...OPEN_SERVER_STEPS,
    earlierReasoningAs('reasoning_content'),
    renamed('max_completion_tokens', 'max_tokens'),
  ),
})
