import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, eitherApi, responseSteps } from './openai-chat/adjust.ts'
import { callIdsOfModel } from './openai-chat/call-ids.ts'
import { plainTools, withoutIdleToolFields } from './openai-chat/tools.ts'
import { allowedToolsAlone } from './openai-responses/allowed-tools.ts'

/**
 * Any server that speaks Chat Completions, or Responses where the configuration says `format: openai-responses`; the
 * configuration gives its `base_url`, with a key or without. Nothing is known of it, so it gets what every server takes:
 * OpenAI itself answers 400 to earlier reasoning, and hardly any other knows tools that take free text. `type: vllm` and
 * its like get that too.
 */
export default defineProvider({
  id: 'openai-compatible',
  format: 'openai-chat',
  speaksIfTold: ['openai-responses'],
  baseUrl: undefined,
  keyVariable: undefined,
  traits: { functionsOnly: true, reasoning: 'omit' },
  authorize: bearerPost,
  adjustBody: eitherApi(chatSteps(plainTools, withoutIdleToolFields, callIdsOfModel), responseSteps(allowedToolsAlone)),
})
