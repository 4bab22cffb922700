import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, oneChoice, without } from './openai-chat/adjust.ts'
import { thoughtChunksAsReasoning, withoutCacheMarks, withoutCallSignatures } from './openai-chat/messages.ts'
import { OPEN_SERVER_STEPS } from './openai-chat/open-servers.ts'
import { earlierReasoningAs } from './openai-chat/reasoning.ts'

/** What it answers 400 to: https://inference-docs.cerebras.ai/resources/openai */
export default defineProvider({
  id: 'cerebras',
  format: 'openai-chat',
  baseUrl: 'https://api.cerebras.ai/v1',
  keyVariable: 'CEREBRAS_API_KEY',
  traits: { reasoning: 'reasoning', maxTokens: 'max_completion_tokens', functionsOnly: true },
  authorize: bearerPost,
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    ...OPEN_SERVER_STEPS,
    earlierReasoningAs('reasoning'),
    withoutCallSignatures,
    withoutCacheMarks,
    oneChoice,
    without(['frequency_penalty', 'presence_penalty', 'logit_bias', 'service_tier'], 'Cerebras answers 400 to it'),
  ),
})
