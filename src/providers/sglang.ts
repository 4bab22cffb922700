import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps } from './openai-chat/adjust.ts'
import { thoughtChunksAsReasoning } from './openai-chat/messages.ts'
import { OPEN_SERVER_STEPS } from './openai-chat/open-servers.ts'
import { earlierReasoningAs } from './openai-chat/reasoning.ts'

/** https://docs.sglang.io/docs/basic_usage/openai_api_completions */
export default defineProvider({
  id: 'sglang',
  format: 'openai-chat',
  baseUrl: 'http://127.0.0.1:30000/v1',
  keyVariable: undefined,
  isLocal: true,
  traits: { reasoning: 'reasoning_content', maxTokens: 'max_completion_tokens', functionsOnly: true },
  // https://docs.sglang.io/advanced_features/structured_outputs.html
  steering: { schemas: true, structuralTags: true, goesOn: { continue_final_message: true } },
  authorize: bearerPost,
  adjustBody: chatSteps(thoughtChunksAsReasoning, ...OPEN_SERVER_STEPS, earlierReasoningAs('reasoning_content')),
})
