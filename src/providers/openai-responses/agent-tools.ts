import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Adjusting } from '../../core/provider.ts'
import { isSame, picked, taken } from './agent-items.ts'
import { isAllowed, isAmongSome } from './allowed-tools.ts'

type Lose = Adjusting['lose']

const FUNCTION = ['type', 'name', 'description', 'parameters', 'strict']
/** Perplexity's own. https://docs.perplexity.ai/docs/agent-api/tools */
const OWN = new Set(['fetch_url', 'people_search', 'finance_search', 'sandbox', 'mcp'])

/** Functions, and tools that Perplexity has, of those that the choice leaves; OpenAI's search is Perplexity's. */
export function agentTools(
  tools: JsonValue | undefined,
  choice: JsonValue | undefined,
  lose: Lose,
): JsonValue | undefined {
  if (!Array.isArray(tools)) return tools
  const given: readonly JsonValue[] = tools
  const kept = given.flatMap((tool, index): JsonValue[] => {
    if (isJsonObject(tool) && !isAllowed(tool, choice)) return []
    const type = isJsonObject(tool) ? String(tool['type']) : ''
    if (!isJsonObject(tool) || OWN.has(type)) return [tool]
    if (type === 'function') return [taken(tool, FUNCTION, `tools[${index}]`, lose)]
    if (/^web_search(?:_|$)/.test(type)) return [search(tool)]
    lose(`tools[${index}]`, `Perplexity has no tools of the type ${type.slice(0, 40)}`)
    return []
  })
  return isSame(kept, given) ? tools : kept
}

/** What OpenAI says beside it: a place that is `approximate`, and domains by another name. */
function search(tool: JsonObject): JsonObject {
  const { type, user_location: place, filters } = tool
  const changed: Record<string, JsonValue> = {}
  if (type !== 'web_search') changed['type'] = 'web_search'
  if (isJsonObject(place) && place['type'] !== undefined)
    changed['user_location'] = picked(place, ['country', 'region', 'city', 'latitude', 'longitude'])
  if (isJsonObject(filters) && filters['allowed_domains'] !== undefined) {
    const { allowed_domains: domains, ...others } = filters
    changed['filters'] = { ...others, search_domain_filter: domains }
  }
  return Object.keys(changed).length === 0 ? tool : { ...tool, ...changed }
}

/** `"auto"` and its like, also for a choice among some tools: `{name}` of a function, `{type}` of a tool of its own. */
export function agentToolChoice(choice: JsonValue | undefined, lose: Lose): JsonValue | undefined {
  if (!isJsonObject(choice)) return choice
  if (isAmongSome(choice)) return choice['mode'] === 'required' ? 'required' : 'auto'
  const { type, name } = choice
  if (type === 'function') return { name }
  if (type !== 'custom') return choice
  lose('tool_choice', 'Perplexity has no custom tools')
  return undefined
}
