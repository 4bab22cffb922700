import { bearerPost, defineProvider } from '../core/provider.ts'
import { table } from '../core/table.ts'
import type { ChatStep } from './openai-chat/adjust.ts'
import { chatSteps, eitherApi, fewStops, oneChoice, responseSteps, without } from './openai-chat/adjust.ts'
import { callIdsOfModel } from './openai-chat/call-ids.ts'
import {
  emptyArgumentsAsObject,
  onlyOnMessages,
  thoughtChunksAsReasoning,
  typedCalls,
  withoutCacheMarks,
  withoutCallSignatures,
  withoutEmptyTurns,
} from './openai-chat/messages.ts'
import { formatInWords, objectSchemas } from './openai-chat/object-schemas.ts'
import { earlierReasoningAs, effortAs, gptOssEffort } from './openai-chat/reasoning.ts'
import { plainTools, toolsOf, withoutIdleToolFields } from './openai-chat/tools.ts'
import { allowedToolsAlone } from './openai-responses/allowed-tools.ts'

/** gpt-oss thinks at three levels, Qwen at its own or not at all; the others take no level. https://console.groq.com/docs/reasoning */
const effort: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  if (model.includes('gpt-oss')) return gptOssEffort(body, adjusting)
  if (model.includes('qwen')) return effortAs((said) => (said === 'none' ? 'none' : 'default'))(body, adjusting)
  return effortAs(() => undefined)(body, adjusting)
}

/** "json mode cannot be combined with tool/function calling" https://github.com/vercel/ai/pull/16540 */
const formatWithoutTools: ChatStep = (body, adjusting) =>
  toolsOf(body).length === 0
    ? body
    : formatInWords('it cannot be had together with tools; JSON was asked for in words')(body, adjusting)

/** https://console.groq.com/docs/api-reference#chat-create */
const MESSAGE_MEMBERS = table<readonly string[]>({
  system: ['role', 'content'],
  developer: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'function_call', 'reasoning', 'executed_tools'],
  tool: ['role', 'content', 'tool_call_id'],
})

/** Refuses unknown members with 400; the list is at https://console.groq.com/docs/openai#currently-unsupported-openai-features */
export default defineProvider({
  id: 'groq',
  format: 'openai-chat',
  // https://console.groq.com/docs/responses-api
  alsoSpeaks: ['openai-responses'],
  baseUrl: 'https://api.groq.com/openai/v1',
  keyVariable: 'GROQ_API_KEY',
  // https://console.groq.com/docs/structured-outputs
  traits: {
    reasoning: 'reasoning',
    maxTokens: 'max_completion_tokens',
    functionsOnly: true,
    closedSchemas: true,
    schemas: 'groq',
  },
  authorize: bearerPost,
  adjustBody: eitherApi(
    chatSteps(
      thoughtChunksAsReasoning,
      plainTools,
      withoutIdleToolFields,
      emptyArgumentsAsObject,
      callIdsOfModel,
      without(['logprobs', 'top_logprobs', 'logit_bias', 'top_k'], 'Groq answers 400 to it'),
      oneChoice,
      fewStops(4),
      earlierReasoningAs('reasoning'),
      onlyOnMessages(MESSAGE_MEMBERS, 'Groq answers 400 to it'),
      withoutEmptyTurns,
      typedCalls,
      withoutCallSignatures,
      withoutCacheMarks,
      effort,
      // These put a message first: what is lost of the others is said before.
      objectSchemas,
      formatWithoutTools,
    ),
    responseSteps(allowedToolsAlone),
  ),
})
