import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, eitherApi, responseSteps } from './openai-chat/adjust.ts'
import { emptyArgumentsAsObject, thoughtChunksAsReasoning } from './openai-chat/messages.ts'
import { plainTools, withoutIdleToolFields } from './openai-chat/tools.ts'
import { allowedToolsAlone } from './openai-responses/allowed-tools.ts'

/**
 * Takes cache marks, blocks of reasoning with their signatures, and an object that asks for reasoning; adjusts the rest
 * to each model itself. https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export default defineProvider({
  id: 'openrouter',
  format: 'openai-chat',
  // https://openrouter.ai/docs/client-sdks/typescript/sdks/responses/README
  alsoSpeaks: ['openai-responses'],
  completions: 'all',
  baseUrl: 'https://openrouter.ai/api/v1',
  keyVariable: 'OPENROUTER_API_KEY',
  traits: {
    functionsOnly: true,
    cacheMarks: true,
    reasoning: 'reasoning_details',
    maxTokens: 'max_tokens',
    asksReasoning: 'reasoning',
  },
  authorize: bearerPost,
  adjustBody: eitherApi(
    chatSteps(thoughtChunksAsReasoning, plainTools, withoutIdleToolFields, emptyArgumentsAsObject),
    responseSteps(allowedToolsAlone),
  ),
})
