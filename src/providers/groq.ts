import { bearerPost, defineProvider } from '../core/provider.ts'
import type { ChatStep } from './openai-chat/adjust.ts'
import { chatSteps, oneChoice, without } from './openai-chat/adjust.ts'
import { callIdsOfModel } from './openai-chat/call-ids.ts'
import {
  emptyArgumentsAsObject,
  withoutCacheMarks,
  withoutCallSignatures,
  withoutOnMessages,
} from './openai-chat/messages.ts'
import { earlierReasoningAs, effortAs } from './openai-chat/reasoning.ts'
import { withoutCustomTools, withoutIdleToolFields } from './openai-chat/tools.ts'

/** gpt-oss thinks at three levels, Qwen at its own or not at all; the others take no level. https://console.groq.com/docs/reasoning */
const effort: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  if (model.includes('gpt-oss')) return effortAs((said) => GPT_OSS[said] ?? 'high')(body, adjusting)
  if (model.includes('qwen')) return effortAs((said) => (said === 'none' ? 'none' : 'default'))(body, adjusting)
  return effortAs(() => undefined)(body, adjusting)
}

const GPT_OSS: Readonly<Record<string, string>> = { none: 'low', minimal: 'low', low: 'low', medium: 'medium' }

/** Refuses unknown members with 400; the list is at https://console.groq.com/docs/openai#currently-unsupported-openai-features */
export default defineProvider({
  id: 'groq',
  format: 'openai-chat',
  baseUrl: 'https://api.groq.com/openai/v1',
  keyVariable: 'GROQ_API_KEY',
  traits: { reasoning: 'reasoning', maxTokens: 'max_completion_tokens' },
  authorize: bearerPost,
  adjustBody: chatSteps(
    withoutCustomTools,
    withoutIdleToolFields,
    emptyArgumentsAsObject,
    callIdsOfModel,
    without(['logprobs', 'top_logprobs', 'logit_bias', 'top_k'], 'Groq answers 400 to it'),
    withoutOnMessages(['name'], 'Groq answers 400 to names of speakers'),
    oneChoice,
    earlierReasoningAs('reasoning'),
    withoutCallSignatures,
    withoutCacheMarks,
    effort,
  ),
})
