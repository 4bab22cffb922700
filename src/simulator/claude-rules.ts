import type { JsonValue } from '../core/json.ts'

/** What of a request the generations of Claude take differently, whoever serves them. */
export type AskedOfClaude = {
  readonly model: string
  /** `thinking.type`. */
  readonly thinking: JsonValue | undefined
  /** The names of `temperature`, `top_p` and `top_k` that are said and are not the default. */
  readonly tuned: readonly string[]
  readonly isForced: boolean
  readonly endsWithAssistant: boolean
  readonly holdsToSchema: boolean
}

/** Why this Claude refuses, in Anthropic's words where they are known; `undefined` for what it takes, and for other models. */
export function claudeProblem(asked: AskedOfClaude): string | undefined {
  const generation = generationOf(asked.model)
  return generation === undefined ? undefined : (thinkingProblem(asked, generation) ?? turnProblem(asked, generation))
}

/** https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking, https://github.com/can1357/oh-my-pi/issues/341 */
function thinkingProblem({ model, thinking, tuned, isForced }: AskedOfClaude, generation: number): string | undefined {
  const isAlwaysThinking = /fable|mythos/.test(model) || (generation >= 505 && /opus|sonnet/.test(model))
  if (thinking === 'adaptive' && generation < 406) return 'adaptive thinking is not supported on this model'
  if (thinking === 'enabled' && generation >= 407) {
    return '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
  }
  if (thinking === 'disabled' && isAlwaysThinking) return '"thinking.type.disabled" is not supported for this model.'
  if (isForced && isAlwaysThinking && generation >= 501)
    return 'tool_choice forces tool use, which this model does not support.'
  // https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-7
  const [name] = tuned
  return name !== undefined && generation >= 407 ? `\`${name}\` is deprecated for this model.` : undefined
}

/** https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6, and structured-outputs#feature-compatibility */
function turnProblem({ endsWithAssistant, holdsToSchema }: AskedOfClaude, generation: number): string | undefined {
  if (!endsWithAssistant) return undefined
  if (generation >= 406) {
    return 'This model does not support assistant message prefill. The conversation must end with a user message.'
  }
  return holdsToSchema ? 'Prefilling assistant responses is not supported with structured outputs.' : undefined
}

/** 405 for `claude-sonnet-4-5-20250929`; undefined for what says no number. */
function generationOf(model: string): number | undefined {
  const [, major, minor] = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model) ?? []
  return major === undefined ? undefined : Number(major) * 100 + Number(minor ?? 0)
}
