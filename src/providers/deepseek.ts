import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { bearerPost, defineProvider } from '../core/provider.ts'
import type { ChatStep } from './openai-chat/adjust.ts'
import { chatSteps, fewStops, forModels, isSaid, renamed, withMembers } from './openai-chat/adjust.ts'
import {
  developerAsSystem,
  eachMessage,
  emptyArgumentsAsObject,
  messagesOf,
  thoughtChunksAsReasoning,
} from './openai-chat/messages.ts'
import type { AskedReasoning } from './openai-chat/reasoning.ts'
import {
  askedReasoning,
  earlierReasoningAs,
  inOwnWords,
  placeOfReasoning,
  withoutEarlierReasoning,
} from './openai-chat/reasoning.ts'
import { alternatingRoles } from './openai-chat/roles.ts'
import { choiceOf, plainTools, withoutForcedChoice, withoutIdleToolFields } from './openai-chat/tools.ts'

/** The API of R1, which refuses earlier reasoning and turns of one role in a row. */
const R1 = /r1(?!\d)/i
/** The name under which R1 was served first and V3.2 after it: both take the reasoning of the tool loop they are in. */
const REASONER = /^deepseek-reasoner$/
/** V3.2 thinks only if asked; every later model thinks unless told not to. */
const THINKS_IF_ASKED = /^deepseek-(?:chat|v3)/

/** Whether the model will think. https://api-docs.deepseek.com/guides/thinking_mode */
function thinks({ effort, isAsked }: AskedReasoning, model: string): boolean {
  return effort !== 'none' && (isAsked || !THINKS_IF_ASKED.test(model))
}

/**
 * Thinking models want `reasoning_content` on every assistant message once tools were used, also on those another model
 * wrote: an empty one is accepted, a missing one is a 400. https://api-docs.deepseek.com/guides/thinking_mode
 */
const earlierReasoning: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  if (R1.test(model)) return withoutEarlierReasoning(body, adjusting)
  const named = earlierReasoningAs('reasoning_content')(body, adjusting)
  if (REASONER.test(model)) return ofTheLastTurn(named)
  if (!thinks(askedReasoning(body), model)) return named
  return eachMessage((message) =>
    message['role'] === 'assistant' && typeof message['reasoning_content'] !== 'string'
      ? { ...message, reasoning_content: '' }
      : message,
  )(named, adjusting)
}

function ofTheLastTurn(body: JsonObject): JsonObject {
  const messages = messagesOf(body)
  const lastUser = messages.findLastIndex((message) => message['role'] === 'user')
  const isOld = (message: JsonObject, index: number): boolean =>
    index < lastUser && message['reasoning_content'] !== undefined
  if (!messages.some(isOld)) return body
  return withMembers(body, {
    messages: messages.map((message, index) =>
      isOld(message, index) ? withMembers(message, { reasoning_content: undefined }) : message,
    ),
  })
}

/** `thinking` switches it, `reasoning_effort` is its strength; the server maps the levels it does not know. */
const reasoningAsked: ChatStep = (body, adjusting) => {
  const { effort, budgetTokens } = askedReasoning(body)
  const isOwn = !isSaid(body['reasoning']) && !isSaid(body['enable_thinking']) && body['reasoning_effort'] !== 'none'
  if (budgetTokens !== undefined && effort === undefined)
    adjusting.lose(placeOfReasoning(body), 'the model takes no budget of tokens; it chooses')
  if (isOwn) return body
  if (effort === 'none') return inOwnWords(body, { thinking: { type: 'disabled' } }, adjusting)
  return inOwnWords(body, { thinking: { type: 'enabled' }, reasoning_effort: effort }, adjusting)
}

/** "Thinking mode does not support this tool_choice": who did not ask for thoughts gets the call instead. */
const forcedChoice: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  if (choiceOf(body)?.isForced !== true) return body
  const asked = askedReasoning(body)
  if (R1.test(model) || REASONER.test(model)) return withoutForcedChoice(body, adjusting)
  if (!thinks(asked, model)) return body
  return asked.isAsked ? withoutForcedChoice(body, adjusting) : withMembers(body, { thinking: { type: 'disabled' } })
}

/** JSON it writes, schemas it does not know: the schema becomes an instruction. https://api-docs.deepseek.com/guides/json_mode */
const schemaAsInstruction: ChatStep = (body, { lose }) => {
  const format = body['response_format']
  if (!isJsonObject(format) || format['type'] !== 'json_schema') return body
  const described = isJsonObject(format['json_schema']) ? format['json_schema'] : {}
  const content = `Answer with a JSON object that matches this JSON Schema, and with nothing else:\n${JSON.stringify(described['schema'] ?? {})}`
  lose('response_format', 'the provider holds no answer to a schema; it was sent as an instruction')
  return withMembers(body, {
    response_format: { type: 'json_object' },
    messages: [{ role: 'system', content }, ...messagesOf(body)],
  })
}

export default defineProvider({
  id: 'deepseek',
  format: 'openai-chat',
  baseUrl: 'https://api.deepseek.com/v1',
  keyVariable: 'DEEPSEEK_API_KEY',
  traits: {
    reasoning: 'reasoning_content',
    maxTokens: 'max_tokens',
    functionsOnly: true,
    asksFreely: { thinking: { type: 'enabled' } },
  },
  rewritesAnswers: 'unasked-usage',
  authorize: bearerPost,
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    developerAsSystem,
    plainTools,
    withoutIdleToolFields,
    emptyArgumentsAsObject,
    renamed('max_completion_tokens', 'max_tokens'),
    // https://api-docs.deepseek.com/api/create-chat-completion: "Up to 16 sequences"
    fewStops(16),
    forcedChoice,
    earlierReasoning,
    reasoningAsked,
    // Puts a message first: what is lost of the others is said before.
    schemaAsInstruction,
    forModels(R1, alternatingRoles),
  ),
})
