import { isIdleParameter } from '../../core/idle-parameter.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { nearestEffort } from '../../core/nearest-effort.ts'
import type { Adjusting } from '../../core/provider.ts'
import { table } from '../../core/table.ts'
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

/** Where a body says how much the model shall think: the level, or the budget where there is no level. */
export function placeOfReasoning(body: JsonObject): string {
  if (isSaid(body['reasoning_effort'])) return 'reasoning_effort'
  for (const [member, names] of OBJECTS) {
    const asked = body[member]
    if (!isJsonObject(asked)) continue
    const name = names.find((one) => isSaid(asked[one]))
    return name === undefined ? member : `${member}.${name}`
  }
  return ['thinking_budget', 'enable_thinking'].find((name) => isSaid(body[name])) ?? 'reasoning_effort'
}

const OBJECTS = [
  ['reasoning', ['effort', 'max_tokens', 'enabled']],
  ['thinking', ['budget_tokens', 'type']],
] as const

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

/** The provider's own words for it instead of all dialects. What those hold besides is said. */
export function inOwnWords(body: JsonObject, own: JsonObject, { lose }: Adjusting): JsonObject {
  for (const [member, names] of OBJECTS) {
    for (const [name, value] of Object.entries(isJsonObject(body[member]) ? body[member] : {})) {
      const isRead = (names as readonly string[]).includes(name)
      if (own[member] === undefined && !isRead && !isIdleParameter(name, value))
        lose(`${member}.${name}`, 'the provider does not know it')
    }
  }
  return withMembers(body, { ...NO_REASONING, ...own })
}

/** All dialects gone from a body. */
export const NO_REASONING = {
  reasoning_effort: undefined,
  reasoning: undefined,
  thinking: undefined,
  enable_thinking: undefined,
  thinking_budget: undefined,
} as const

/** Why a level is not sent, where the model has others or none. */
export const NO_SUCH_LEVEL = 'the model takes no such level of effort'

/**
 * The effort as `reasoning_effort` alone, in the words the model knows: `words` maps a level to the model's, undefined
 * where it has none.
 */
export function effortAs(words: (effort: string) => string | undefined): ChatStep {
  return (body, adjusting) => {
    const { lose } = adjusting
    const { effort: said, budgetTokens, isAsked } = askedReasoning(body)
    if (!isAsked) return body
    const effort = said ?? (budgetTokens === undefined ? undefined : nearestEffort(budgetTokens))
    if (said === undefined && effort !== undefined) lose(placeOfReasoning(body), 'sent as the nearest level of effort')
    const own = effort === undefined ? undefined : words(effort)
    const isPlain = !isSaid(body['reasoning']) && !isSaid(body['thinking']) && !isSaid(body['enable_thinking'])
    if (isPlain && own === body['reasoning_effort']) return body
    if (effort !== undefined && own !== effort.toLowerCase()) {
      lose(placeOfReasoning(body), own === undefined ? NO_SUCH_LEVEL : `sent as "${own}"`)
    }
    return inOwnWords(body, { reasoning_effort: own }, adjusting)
  }
}

const GPT_OSS = table<string>({ none: 'low', minimal: 'low', low: 'low', medium: 'medium' })

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
