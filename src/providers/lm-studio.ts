import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, eitherApi, renamed, responseSteps } from './openai-chat/adjust.ts'
import { thoughtChunksAsReasoning } from './openai-chat/messages.ts'
import { OPEN_SERVER_STEPS } from './openai-chat/open-servers.ts'
import { earlierReasoningAs } from './openai-chat/reasoning.ts'
import { choiceByFilter } from './openai-chat/tools.ts'
import { allowedToolsAlone } from './openai-responses/allowed-tools.ts'

/**
 * "Invalid tool_choice type: 'object'. Supported string values: none, auto, required": a named tool is sent alone.
 * https://lmstudio.ai/docs/developer/openai-compat/chat-completions
 */
export default defineProvider({
  id: 'lm-studio',
  format: 'openai-chat',
  // https://lmstudio.ai/docs/api/openai-api
  alsoSpeaks: ['openai-responses'],
  completions: 'all',
  baseUrl: 'http://127.0.0.1:1234/v1',
  keyVariable: undefined,
  isLocal: true,
  traits: { reasoning: 'reasoning_content', maxTokens: 'max_tokens', functionsOnly: true },
  // https://lmstudio.ai/docs/developer/openai-compat/structured-output
  steering: { schemas: true },
  authorize: bearerPost,
  adjustBody: eitherApi(
    chatSteps(
      thoughtChunksAsReasoning,
      ...OPEN_SERVER_STEPS,
      choiceByFilter('required', (choice) => typeof choice === 'string'),
      earlierReasoningAs('reasoning_content'),
      renamed('max_completion_tokens', 'max_tokens'),
    ),
    responseSteps(allowedToolsAlone),
  ),
})
