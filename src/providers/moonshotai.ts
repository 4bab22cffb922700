import { bearerPost, defineProvider } from '../core/provider.ts'
import type { ChatStep } from './openai-chat/adjust.ts'
import { chatSteps, forModels, renamed, withMembers, without } from './openai-chat/adjust.ts'
import { kimiCallIds } from './openai-chat/call-ids.ts'
import {
  callsOf,
  developerAsSystem,
  eachMessage,
  emptyArgumentsAsObject,
  thoughtChunksAsReasoning,
} from './openai-chat/messages.ts'
import { askedReasoning, earlierReasoningAs, effortAs, inOwnWords, placeOfReasoning } from './openai-chat/reasoning.ts'
import { choiceOf, plainTools, withoutForcedChoice, withoutIdleToolFields } from './openai-chat/tools.ts'

/** Kimi since K2.5: thinks unless told not to, and fixes how it samples. */
const KIMI = /^kimi-k(?:2\.[5-9]|[3-9])/i
/** Always thinks, at a level that can be chosen. https://platform.kimi.ai/docs/guide/kimi-k3 */
const K3 = /^kimi-k[3-9]/i
const THINKS = /^kimi-k(?:2\.[5-9]|2-thinking|[3-9])/i

const K3_LEVELS: Readonly<Record<string, string>> = {
  none: 'low',
  minimal: 'low',
  low: 'low',
  medium: 'high',
  high: 'high',
}

/** K3 takes a level, the models before it a switch. */
const reasoningAsked: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  if (K3.test(model)) return effortAs((said) => K3_LEVELS[said] ?? 'max')(body, adjusting)
  const { effort, budgetTokens, isAsked } = askedReasoning(body)
  const isOwn = ['reasoning_effort', 'reasoning', 'enable_thinking'].every((name) => body[name] === undefined)
  if (!isAsked || isOwn) return body
  if (effort !== undefined && effort !== 'none')
    adjusting.lose(placeOfReasoning(body), 'the model takes no level of effort')
  else if (budgetTokens !== undefined)
    adjusting.lose(placeOfReasoning(body), 'the model takes no budget of tokens; it chooses')
  const own = KIMI.test(model) ? { thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } } : {}
  return inOwnWords(body, own, adjusting)
}

/** Before K3 a forced choice is "incompatible with thinking enabled": who did not ask for thoughts gets the call instead. */
const forcedChoice: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  if (choiceOf(body)?.isForced !== true || K3.test(model)) return body
  const asked = askedReasoning(body)
  if (!KIMI.test(model)) return withoutForcedChoice(body, adjusting)
  if (asked.effort === 'none') return body
  return asked.isAsked ? withoutForcedChoice(body, adjusting) : withMembers(body, { thinking: { type: 'disabled' } })
}

/**
 * In a tool loop there must be thoughts before each call, and an empty text counts as none: calls of another model, which
 * kept its thoughts to itself, get a placeholder. https://github.com/mastra-ai/mastra/issues/12592
 */
const thoughtsOnCalls: ChatStep = eachMessage((message) =>
  callsOf(message).length > 0 && (message['reasoning_content'] ?? '') === ''
    ? { ...message, reasoning_content: '…' }
    : message,
)

const FIXED = ['temperature', 'top_p', 'n', 'presence_penalty', 'frequency_penalty']

/** https://platform.kimi.ai/docs/api/chat */
export default defineProvider({
  id: 'moonshotai',
  format: 'openai-chat',
  baseUrl: 'https://api.moonshot.ai/v1',
  keyVariable: 'MOONSHOT_API_KEY',
  traits: {
    reasoning: 'reasoning_content',
    maxTokens: 'max_completion_tokens',
    functionsOnly: true,
    schemas: 'moonshot',
  },
  authorize: bearerPost,
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    developerAsSystem,
    plainTools,
    withoutIdleToolFields,
    emptyArgumentsAsObject,
    renamed('max_tokens', 'max_completion_tokens'),
    forcedChoice,
    earlierReasoningAs('reasoning_content'),
    (body, adjusting) =>
      askedReasoning(body).effort === 'none' ? body : forModels(THINKS, thoughtsOnCalls)(body, adjusting),
    forModels(/^kimi/i, kimiCallIds),
    reasoningAsked,
    forModels(KIMI, without(FIXED, 'the model fixes how it samples')),
  ),
})
