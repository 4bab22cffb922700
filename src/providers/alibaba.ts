import { isJsonObject } from '../core/json.ts'
import { bearerPost, defineProvider } from '../core/provider.ts'
import type { ChatStep } from './openai-chat/adjust.ts'
import { chatSteps, isSaid, renamed, withMembers } from './openai-chat/adjust.ts'
import { developerAsSystem, emptyArgumentsAsObject, thoughtChunksAsReasoning } from './openai-chat/messages.ts'
import { formatInWords } from './openai-chat/object-schemas.ts'
import { askedReasoning, earlierReasoningAs, inOwnWords, placeOfReasoning } from './openai-chat/reasoning.ts'
import {
  choiceByFilter,
  choiceOf,
  plainTools,
  toolsOf,
  withoutForcedChoice,
  withoutIdleToolFields,
} from './openai-chat/tools.ts'

/** Qwen models that think unless told not to; the others think if asked. https://www.alibabacloud.com/help/en/model-studio/deep-thinking */
const THINKS = /^(?:qwq|qwen3\.[5-9]|qwen3-.*thinking|qwen3-\d+(?:\.\d+)?b)/

/** `enable_thinking` switches it, `thinking_budget` is its strength in tokens. */
const reasoningAsked: ChatStep = (body, adjusting) => {
  const { effort, budgetTokens } = askedReasoning(body)
  if (['reasoning_effort', 'reasoning', 'thinking'].every((name) => !isSaid(body[name]))) return body
  if (effort !== undefined && effort !== 'none' && budgetTokens === undefined) {
    adjusting.lose(placeOfReasoning(body), 'the model takes a budget of tokens, no level; it chooses')
  }
  const own = { enable_thinking: effort !== 'none', thinking_budget: effort === 'none' ? undefined : budgetTokens }
  return inOwnWords(body, own, adjusting)
}

/**
 * "The tool_choice parameter does not support being set to required or object in thinking mode": who did not ask for
 * thoughts gets the call instead. Without thinking, one tool can be named; "required" is not known.
 */
const forcedChoice: ChatStep = (body, adjusting) => {
  const choice = choiceOf(body)
  if (choice === undefined) return body
  const asked = askedReasoning(body)
  if (choice.isForced && asked.isAsked && asked.effort !== 'none') return withoutForcedChoice(body, adjusting)
  const [only] = toolsOf(filtered(body, adjusting))
  const name = (only?.['function'] as { readonly name?: string } | undefined)?.name
  if (!choice.isForced) return filtered(body, adjusting)
  if (name === undefined || toolsOf(filtered(body, adjusting)).length > 1) return withoutForcedChoice(body, adjusting)
  const unthinking = !asked.isAsked && THINKS.test(adjusting.target.model) ? { enable_thinking: false } : {}
  return withMembers(body, { tool_choice: { type: 'function', function: { name } }, ...unthinking })
}

const JSON_IN_WORDS = 'the model writes JSON by a mode only while it does not think; it was asked for in words'

/** Later ones do both: https://github.com/QwenLM/Qwen/issues/2329 */
const JSON_OR_THOUGHTS = /^(?:qwq|qwen-|qwen3-|qwen3\.[5-7])/
/** Cannot be told not to think. */
const ALWAYS_THINKS = /^qwq|thinking/

/**
 * "Json mode response is not supported when enable_thinking is true": who did not ask for thoughts gets the mode instead.
 * https://github.com/presenton/presenton/issues/184
 */
const jsonWithoutThoughts: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  const format = body['response_format']
  const thinks = body['enable_thinking'] ?? THINKS.test(model)
  if (thinks !== true || !isJsonObject(format) || format['type'] === 'text' || !JSON_OR_THOUGHTS.test(model))
    return body
  return body['enable_thinking'] === true || ALWAYS_THINKS.test(model)
    ? formatInWords(JSON_IN_WORDS)(body, adjusting)
    : withMembers(body, { enable_thinking: false })
}

const filtered = choiceByFilter('auto', () => false)

/** Alibaba Cloud's Model Studio (DashScope), its international endpoint. https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-openai-chat-completions */
export default defineProvider({
  id: 'alibaba',
  format: 'openai-chat',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  keyVariable: 'DASHSCOPE_API_KEY',
  traits: {
    cacheMarks: true,
    reasoning: 'reasoning_content',
    maxTokens: 'max_tokens',
    functionsOnly: true,
    // `reasoningAsked` makes a budget of it.
    asksReasoning: 'reasoning',
  },
  authorize: bearerPost,
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    developerAsSystem,
    plainTools,
    withoutIdleToolFields,
    emptyArgumentsAsObject,
    renamed('max_completion_tokens', 'max_tokens'),
    forcedChoice,
    earlierReasoningAs('reasoning_content'),
    reasoningAsked,
    jsonWithoutThoughts,
  ),
})
