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
 * How a Claude thinks: not at all, with a budget of tokens, or as much as it sees fit (`adaptive`), guided by an effort.
 * Of 4.6 either is taken; from 4.7 on a budget is refused, and so are temperature, top_p and top_k.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 */
export type ClaudeFacts = {
  readonly thinking: 'none' | 'budget' | 'adaptive'
  readonly sampling: 'free' | 'one' | 'none'
}

export function claudeFacts(model: string): ClaudeFacts {
  const version = claudeVersion(model)
  if (version === undefined) return { thinking: 'budget', sampling: 'free' }
  return {
    thinking: version < 3.7 ? 'none' : version < 4.6 ? 'budget' : 'adaptive',
    sampling: version < 4.5 ? 'free' : version < 4.7 ? 'one' : 'none',
  }
}

/** `claude-opus-4-1-20250805`, `claude-3-7-sonnet-…`: 4.1, 3.7. Dates are no minor versions. */
function claudeVersion(model: string): number | undefined {
  const found = /claude-(?:[a-z]+-)?v?(\d)(?:[-.](\d)(?!\d))?/.exec(model)
  if (found === null) return undefined
  return Number(`${found[1]}.${found[2] ?? 0}`)
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
  const version = claudeVersion(model)
  // Claude 4.7 and later refuse the field on Bedrock: "output_config.format: Extra inputs are not permitted".
  return version === 4.5 || version === 4.6
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
