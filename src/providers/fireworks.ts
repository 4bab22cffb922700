import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, renamed } from './openai-chat/adjust.ts'
import { developerAsSystem, emptyArgumentsAsObject } from './openai-chat/messages.ts'
import { earlierReasoningAs } from './openai-chat/reasoning.ts'
import { withoutCustomTools, withoutIdleToolFields } from './openai-chat/tools.ts'

/** https://docs.fireworks.ai/api-reference/post-chatcompletions and https://docs.fireworks.ai/guides/reasoning */
export default defineProvider({
  id: 'fireworks',
  format: 'openai-chat',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  keyVariable: 'FIREWORKS_API_KEY',
  traits: { reasoning: 'reasoning_content', maxTokens: 'max_tokens' },
  authorize: bearerPost,
  adjustBody: chatSteps(
    developerAsSystem,
    withoutCustomTools,
    withoutIdleToolFields,
    emptyArgumentsAsObject,
    earlierReasoningAs('reasoning_content'),
    renamed('max_completion_tokens', 'max_tokens'),
  ),
})
