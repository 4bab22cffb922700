import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, renamed } from './openai-chat/adjust.ts'
import { developerAsSystem, emptyArgumentsAsObject } from './openai-chat/messages.ts'
import { earlierReasoningAs } from './openai-chat/reasoning.ts'
import { withoutCustomTools, withoutIdleToolFields } from './openai-chat/tools.ts'

/** https://docs.together.ai/reference/chat-completions-1 */
export default defineProvider({
  id: 'together',
  format: 'openai-chat',
  baseUrl: 'https://api.together.xyz/v1',
  keyVariable: 'TOGETHER_API_KEY',
  traits: { reasoning: 'reasoning', maxTokens: 'max_tokens' },
  authorize: bearerPost,
  adjustBody: chatSteps(
    developerAsSystem,
    withoutCustomTools,
    withoutIdleToolFields,
    emptyArgumentsAsObject,
    earlierReasoningAs('reasoning'),
    renamed('max_completion_tokens', 'max_tokens'),
  ),
})
