/** What a model of this format takes. Anthropic's own documentation, by generation; checked 2026-11-27. */
export type ModelRules = {
  /** Sent when the client names no limit: this format asks for one. */
  readonly defaultMaxTokens: number
  /** `budget`: so many tokens. `adaptive`: it decides for itself, and effort says how hard it tries. */
  readonly thinking: 'none' | 'budget' | 'adaptive'
  /** Takes a budget where one is asked for outright. */
  readonly takesBudget: boolean
  readonly canRestFromThinking: boolean
  /** Of `output_config.effort`, from least to most; empty where it is refused. */
  readonly efforts: readonly string[]
  readonly takesSampling: boolean
  /** `temperature` and `top_p` in one request. */
  readonly takesBothSamplings: boolean
  readonly takesSchemas: boolean
  readonly takesForcedTools: boolean
  /** A last turn of the assistant's, to be gone on with. */
  readonly takesPrefill: boolean
  /** Turns of the role `system` within the conversation. */
  readonly takesSystemTurns: boolean
}

const THREE_EFFORTS = ['low', 'medium', 'high']
const ALL_EFFORTS = [...THREE_EFFORTS, 'xhigh', 'max']

/**
 * By the model's name. A Claude of an unknown generation is taken for a new one; a model that is none (servers which
 * imitate this API) for one that takes what the first Claudes took.
 * https://platform.claude.com/docs/en/about-claude/models/overview
 * https://platform.claude.com/docs/en/build-with-claude/thinking
 * https://platform.claude.com/docs/en/build-with-claude/effort
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 * https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages
 */
export function rulesOf(model: string): ModelRules {
  const name = model.toLowerCase()
  if (!name.includes('claude')) return IMITATION
  const generation = generationOf(name)
  const isAlwaysThinking = /fable|mythos/.test(name) || (generation >= 505 && /opus|sonnet/.test(name))
  return {
    defaultMaxTokens: maxTokensOf(generation),
    thinking: generation < 307 ? 'none' : generation < 406 ? 'budget' : 'adaptive',
    takesBudget: generation >= 307 && generation < 407,
    canRestFromThinking: !isAlwaysThinking,
    efforts: effortsOf(generation, name),
    takesSampling: generation < 407,
    takesBothSamplings: generation < 401,
    takesSchemas: generation >= 405 || (generation === 401 && name.includes('opus')),
    takesForcedTools: !(isAlwaysThinking && generation >= 501),
    takesPrefill: generation < 406,
    takesSystemTurns: generation >= 408,
  }
}

/**
 * The rules beside an answer that is held to a schema: no turn can be gone on with then.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#feature-compatibility
 */
export function rulesBeside(rules: ModelRules, isHeldToSchema: boolean): ModelRules {
  return isHeldToSchema ? { ...rules, takesPrefill: false } : rules
}

const IMITATION: ModelRules = {
  defaultMaxTokens: 8_192,
  thinking: 'budget',
  takesBudget: true,
  canRestFromThinking: true,
  efforts: [],
  takesSampling: true,
  takesBothSamplings: true,
  takesSchemas: false,
  takesForcedTools: true,
  takesPrefill: true,
  takesSystemTurns: false,
}

/** `claude-3-5-sonnet-20241022` ▶ 305, `claude-sonnet-4-20250514` ▶ 400, `claude-opus-4-6` ▶ 406; none ▶ the newest. */
export function generationOf(name: string): number {
  const found = /claude-(?:[a-z]+-)?v?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(name)
  if (found === null) return Number.POSITIVE_INFINITY
  return Number(found[1]) * 100 + Number(found[2] ?? 0)
}

/** What every model of the generation can write: 32,000 is the least of those since Claude 4. */
function maxTokensOf(generation: number): number {
  if (generation >= 400) return 32_000
  return generation >= 305 ? 8_192 : 4_096
}

function effortsOf(generation: number, name: string): readonly string[] {
  if (generation >= 407) return ALL_EFFORTS
  if (generation >= 406) return [...THREE_EFFORTS, 'max']
  return generation === 405 && name.includes('opus') ? THREE_EFFORTS : []
}
