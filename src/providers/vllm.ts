import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, eitherApi, responseSteps } from './openai-chat/adjust.ts'
import { thoughtChunksAsReasoning } from './openai-chat/messages.ts'
import { OPEN_SERVER_STEPS } from './openai-chat/open-servers.ts'
import { allowedToolsAlone } from './openai-responses/allowed-tools.ts'

/**
 * Newer servers call earlier thoughts `reasoning` and read `reasoning_content` too; older ones know the latter alone.
 * https://docs.vllm.ai/en/stable/serving/openai_compatible_server/
 */
export default defineProvider({
  id: 'vllm',
  format: 'openai-chat',
  // https://docs.vllm.ai/en/stable/serving/openai_compatible_server/#responses-api
  alsoSpeaks: ['openai-responses'],
  completions: 'all',
  baseUrl: 'http://127.0.0.1:8000/v1',
  keyVariable: undefined,
  isLocal: true,
  traits: { reasoning: 'reasoning_content', maxTokens: 'max_completion_tokens', functionsOnly: true },
  // https://docs.vllm.ai/en/stable/features/structured_outputs/
  steering: {
    schemas: true,
    structuralTags: true,
    goesOn: { continue_final_message: true, add_generation_prompt: false },
  },
  authorize: bearerPost,
  adjustBody: eitherApi(chatSteps(thoughtChunksAsReasoning, ...OPEN_SERVER_STEPS), responseSteps(allowedToolsAlone)),
})
