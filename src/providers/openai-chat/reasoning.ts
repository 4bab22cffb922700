import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { nearestEffort } from '../../core/nearest-effort.ts'
import type { ChatStep } from './adjust.ts'
import { isSaid, withMembers } from './adjust.ts'
import { eachMessage, withoutOnMessages } from './messages.ts'

/** What a body asks of the model's thinking, in whichever of the field's dialects. */
export type AskedReasoning = {
  /** `none`: it shall not think. */
  readonly effort: string | undefined
  readonly budgetTokens: number | undefined
  /** Something was asked, be it only that it shall think. */
  readonly isAsked: boolean
}

/** `reasoning_effort` (OpenAI), `reasoning` (OpenRouter), `thinking` (DeepSeek, Moonshot, Anthropic's shape). */
export function askedReasoning(body: JsonObject): AskedReasoning {
  const reasoning = isJsonObject(body['reasoning']) ? body['reasoning'] : {}
  const thinking = isJsonObject(body['thinking']) ? body['thinking'] : {}
  const said = body['reasoning_effort'] ?? reasoning['effort']
  const isOff = thinking['type'] === 'disabled' || reasoning['enabled'] === false || body['enable_thinking'] === false
  const effort = typeof said === 'string' ? said : isOff ? 'none' : undefined
  const budget = reasoning['max_tokens'] ?? thinking['budget_tokens'] ?? body['thinking_budget']
  return {
    effort,
    budgetTokens: typeof budget === 'number' ? budget : undefined,
    isAsked: ['reasoning_effort', 'reasoning', 'thinking', 'enable_thinking'].some((name) => isSaid(body[name])),
  }
}

/** All dialects gone from a body. */
export const NO_REASONING = {
  reasoning_effort: undefined,
  reasoning: undefined,
  thinking: undefined,
  enable_thinking: undefined,
  thinking_budget: undefined,
} as const

/**
 * The effort as `reasoning_effort` alone, in the words the model knows: `words` maps a level to the model's, undefined
 * where it has none.
 */
export function effortAs(words: (effort: string) => string | undefined): ChatStep {
  return (body, { lose }) => {
    const { effort: said, budgetTokens, isAsked } = askedReasoning(body)
    if (!isAsked) return body
    const effort = said ?? (budgetTokens === undefined ? undefined : nearestEffort(budgetTokens))
    if (said === undefined && effort !== undefined)
      lose('reasoning.budget_tokens', 'sent as the nearest level of effort')
    const own = effort === undefined ? undefined : words(effort)
    const isPlain = !isSaid(body['reasoning']) && !isSaid(body['thinking']) && !isSaid(body['enable_thinking'])
    if (isPlain && own === body['reasoning_effort']) return body
    if (effort !== undefined && own !== effort) {
      lose('reasoning_effort', own === undefined ? 'the model takes no level of effort' : `sent as "${own}"`)
    }
    return withMembers(body, { ...NO_REASONING, reasoning_effort: own })
  }
}

const GPT_OSS: Readonly<Record<string, string>> = { none: 'low', minimal: 'low', low: 'low', medium: 'medium' }

/** gpt-oss thinks at three levels, and always. https://huggingface.co/openai/gpt-oss-120b#reasoning-levels */
export const gptOssEffort: ChatStep = effortAs((said) => GPT_OSS[said] ?? 'high')

const REASONING = ['reasoning_content', 'reasoning', 'reasoning_details'] as const

/** For providers that refuse earlier reasoning in a history. */
export const withoutEarlierReasoning: ChatStep = withoutOnMessages(
  REASONING,
  'earlier reasoning cannot be sent back to this provider',
)

/** Earlier reasoning as text under the provider's own name for it. */
export function earlierReasoningAs(own: 'reasoning_content' | 'reasoning'): ChatStep {
  return eachMessage((message, path, { lose }) => {
    const other = own === 'reasoning' ? 'reasoning_content' : 'reasoning'
    if (message[other] === undefined && message['reasoning_details'] === undefined) return message
    const text = message[own] ?? message[other]
    if (isSaid(message['reasoning_details'])) {
      lose(`${path}.reasoning_details`, 'only the text of earlier reasoning can be sent back to this provider')
    }
    return withMembers(message, { [other]: undefined, reasoning_details: undefined, [own]: text })
  })
}
