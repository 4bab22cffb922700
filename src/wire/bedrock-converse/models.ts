import type { ModelRules } from '../anthropic-messages/model-rules.ts'
import { generationOf, rulesOf } from '../anthropic-messages/model-rules.ts'

// What the models behind one format take. Bedrock checks little itself: a field that a model does not know is a 400.

export type ModelFamily = 'claude' | 'nova' | 'gpt-oss' | 'mistral' | 'llama' | 'open' | 'other' | 'unknown'

/** `ID`, `us.ID` (an inference profile), or an ARN. An ARN of a profile of the user's own does not say its model. */
const FAMILIES: readonly (readonly [RegExp, ModelFamily])[] = [
  [/anthropic\.claude/, 'claude'],
  [/amazon\.nova/, 'nova'],
  [/openai\.gpt-oss/, 'gpt-oss'],
  [/mistral\./, 'mistral'],
  [/meta\.llama/, 'llama'],
  [/(?:qwen|deepseek|google|nvidia|minimax|moonshot(?:ai)?|zai)\./, 'open'],
  [/^arn:/, 'unknown'],
]

export function familyOf(model: string): ModelFamily {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1] ?? 'other'
}

/**
 * What a Claude takes through Converse: the same as at Anthropic, but for schemas, for effort where it is a beta there, and
 * for instructions amid the conversation, for which Converse has no role.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 */
export function claudeRules(model: string): ModelRules {
  const rules = rulesOf(model)
  return {
    ...rules,
    efforts: rules.thinking === 'adaptive' ? rules.efforts : [],
    takesSchemas: keepsSchemas(model),
    takesSystemTurns: false,
  }
}

const KEEPS_SCHEMAS: readonly RegExp[] = [
  /openai\.gpt-oss/,
  /qwen\.qwen3/,
  /deepseek\.v3/,
  /google\.gemma/,
  /nvidia\.nemotron/,
  /minimax\./,
  /moonshot(?:ai)?\./,
  /zai\./,
  /mistral\.(?:ministral|magistral|mistral-large-3|voxtral)/,
]

/**
 * Models held to a schema: `outputConfig.textFormat` and `strict` of tools.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function keepsSchemas(model: string): boolean {
  if (familyOf(model) !== 'claude') return KEEPS_SCHEMAS.some((pattern) => pattern.test(model))
  const generation = generationOf(model)
  // Claude 4.7 and later refuse the field on Bedrock: "output_config.format: Extra inputs are not permitted".
  return generation === 405 || generation === 406
}

/** What of JSON Schema their tools take; Bedrock hands a schema on as it is. */
export function schemasOf(model: string): 'bedrock-claude' | 'bedrock-nova' | 'bedrock' {
  const family = familyOf(model)
  if (family === 'claude') return 'bedrock-claude'
  return family === 'nova' ? 'bedrock-nova' : 'bedrock'
}

/** Models that take cache points. Others refuse the whole request. */
export function takesCachePoints(model: string): boolean {
  const family = familyOf(model)
  return family === 'claude' || family === 'nova' || family === 'unknown'
}

/** Models that may be made to call one tool. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html */
export function takesNamedChoice(model: string): boolean {
  return takesCachePoints(model)
}

/** Models that refuse words beside tool results: "Conversation blocks and tool result blocks cannot be provided in the same turn". */
export function refusesWordsBesideResults(model: string): boolean {
  const family = familyOf(model)
  return family === 'llama' || family === 'mistral'
}

/**
 * False where `stopSequences` is a 400: "This model doesn't support the stopSequences field."
 * https://github.com/crewAIInc/crewAI/issues/3317, https://github.com/langgenius/dify-official-plugins/issues/1767
 */
export function takesStops(model: string): boolean {
  return !/openai\.gpt-oss|qwen\.qwen3/.test(model)
}

/** Models that hear, of those behind Converse. https://github.com/strands-agents/harness-sdk/pull/3490 */
export function takesAudio(model: string): boolean {
  return /voxtral/.test(model) || familyOf(model) === 'unknown'
}
