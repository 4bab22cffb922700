import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Adjusting } from '../../core/provider.ts'
import type { ChatStep } from '../openai-chat/adjust.ts'
import { isSaid, onlyMembers, withMembers } from '../openai-chat/adjust.ts'
import { toolsOf } from '../openai-chat/tools.ts'
import { agentItems, taken, UNKNOWN } from './agent-items.ts'
import { agentToolChoice, agentTools } from './agent-tools.ts'
import { isAllowed, isAmongSome } from './allowed-tools.ts'

// Perplexity's Agent API is OpenAI's Responses, and answers 400 to every member it does not know, nested ones too.
// https://docs.perplexity.ai/docs/agent-api/openai-compatibility and the vendor's own table of members:
// https://github.com/perplexityai/api-platform-developers/tree/main/skills/migrate-sonar-to-agent-api/references

const MEMBERS = new Set(
  [
    'input instructions model models preset max_output_tokens temperature top_p stream stream_options reasoning',
    'response_format tools tool_choice parallel_tool_calls language_preference max_steps max_tool_calls',
    'previous_response_id background metadata store truncation',
  ].flatMap((line) => line.split(' ')),
)
const EFFORTS = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const STATE = 'reasoning.encrypted_content'
// The least that any of Anthropic's current models can give.
const ANTHROPIC_TOKENS = 8_192

/** A Responses body as the Agent API takes it; the same object when nothing changes. */
export function agentBody(body: JsonObject, adjusting: Adjusting): JsonObject {
  return STEPS.reduce((adjusted, step) => step(adjusted, adjusting), body)
}

/** A schema has a place of its own, with its members one level deeper. */
const schemaAtTop: ChatStep = (body, { lose }) => {
  const { text } = body
  if (text === undefined) return body
  const { format, ...others } = isJsonObject(text) ? text : {}
  for (const [name, value] of Object.entries(others)) if (isSaid(value)) lose(`text.${name}`, UNKNOWN)
  const { type, ...schema } = isJsonObject(format) ? format : {}
  const isSchema = type === 'json_schema'
  if (!isSchema && type !== undefined && type !== 'text')
    lose('text.format', 'Perplexity answers in JSON by a schema only')
  return withMembers(body, {
    text: undefined,
    response_format: body['response_format'] ?? (isSchema ? { type, json_schema: schema } : undefined),
  })
}

const effortOnly: ChatStep = (body, { lose }) => {
  const { reasoning } = body
  if (!isJsonObject(reasoning)) return body
  const { effort, ...others } = reasoning
  for (const [name, value] of Object.entries(others)) if (isSaid(value)) lose(`reasoning.${name}`, UNKNOWN)
  const isKnown = typeof effort === 'string' && EFFORTS.includes(effort)
  if (isSaid(effort) && !isKnown) lose('reasoning.effort', `Perplexity knows ${EFFORTS.join(', ')}`)
  if (isKnown && Object.keys(others).length === 0) return body
  return withMembers(body, { reasoning: isKnown ? { effort } : undefined })
}

/** It has no state of reasoning to give, and this asks for nothing else. */
const withoutState: ChatStep = (body) => {
  const { include } = body
  const isStateOnly = Array.isArray(include) && include.every((one: JsonValue) => one === STATE)
  return isStateOnly ? withMembers(body, { include: undefined }) : body
}

const usageOnly: ChatStep = (body, { lose }) => {
  const options = body['stream_options']
  if (!isJsonObject(options) || Object.keys(options).every((name) => name === 'include_usage')) return body
  const { include_usage: usage } = options
  taken(options, ['include_usage'], 'stream_options', lose)
  return withMembers(body, { stream_options: isSaid(usage) ? { include_usage: usage } : undefined })
}

const knownItems: ChatStep = (body, { lose }) => {
  const { input } = body
  const items = agentItems(input, lose)
  return items === input ? body : withMembers(body, { input: items })
}

const knownTools: ChatStep = (body, { lose }) => {
  const { tools, tool_choice: choice } = body
  const kept = agentTools(tools, choice, lose)
  const isEmpty = Array.isArray(kept) && kept.length === 0
  const left = toolsOf(body).filter((tool) => isAllowed(tool, choice)).length
  if (isAmongSome(choice) && (isEmpty || (Array.isArray(kept) && kept.length < left)))
    lose('tool_choice', 'not all of the tools it names were sent')
  const chosen = isEmpty ? undefined : agentToolChoice(choice, lose)
  if (kept === tools && chosen === choice) return body
  return withMembers(body, { tools: isEmpty ? undefined : kept, tool_choice: chosen })
}

/** "max_output_tokens is required when using Anthropic models" */
const limitForAnthropic: ChatStep = (body, { target }) =>
  target.model.startsWith('anthropic/') && !isSaid(body['max_output_tokens'])
    ? withMembers(body, { max_output_tokens: target.facts.max_output_tokens ?? ANTHROPIC_TOKENS })
    : body

const STEPS: readonly ChatStep[] = [
  schemaAtTop,
  effortOnly,
  withoutState,
  usageOnly,
  knownItems,
  knownTools,
  limitForAnthropic,
  onlyMembers(MEMBERS, UNKNOWN),
]
