import type { JsonObject } from '../../core/json.ts'
import { EFFORT_SHARES, nearestEffort, USUAL_ANSWER_TOKENS } from '../../core/nearest-effort.ts'
import type { ChatRequest, Reasoning } from '../../core/request.ts'
import type { ModelRules } from '../anthropic-messages/model-rules.ts'
import { writeThinking as writeClaudeThinking } from '../anthropic-messages/write-thinking.ts'
import type { Losses } from '../shared/lose.ts'
import { loseReasoning } from '../shared/lose-reasoning.ts'
import { compact } from '../shared/read-json.ts'
import { familyOf } from './models.ts'

/** What is asked of a model's thinking, under the names that this model has for it. */
export type WrittenThinking = { readonly fields: JsonObject; readonly isOn: boolean }

const OFF: WrittenThinking = { fields: {}, isOn: false }
const MIN_BUDGET = 1_024

/**
 * Effort or budget as members of `additionalModelRequestFields`: `thinking` for Claude, `reasoningConfig` for Nova,
 * `reasoning_effort` for gpt-oss, `reasoning_config` for the rest that thinks. `rules`: of a Claude.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html
 */
export function writeThinking(
  request: ChatRequest,
  model: string,
  rules: ModelRules | undefined,
  losses: Losses,
): WrittenThinking {
  const { reasoning, sampling } = request
  if (reasoning === undefined) return OFF
  if (rules !== undefined) return ofClaude(request, rules, losses)
  const isOff = reasoning.effort === 'none' || reasoning.budgetTokens === 0
  switch (familyOf(model)) {
    case 'gpt-oss':
      return { fields: { reasoning_effort: levelOf(reasoning, losses) }, isOn: false }
    case 'nova':
      if (!/nova-2/.test(model)) return unknown(reasoning, isOff, losses)
      if (isOff) return { fields: { reasoningConfig: { type: 'disabled' } }, isOn: false }
      // https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
      if (reasoning.summary !== undefined && reasoning.summary !== 'none')
        losses.lose('reasoning.summary', 'this model does not show its thoughts')
      return {
        fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: levelOf(reasoning, losses) } },
        isOn: false,
      }
    case 'open':
    case 'unknown': {
      if (isOff) return OFF
      const budget = budgetOf(reasoning, sampling.maxOutputTokens, losses)
      if (budget === undefined) return OFF
      return { fields: { reasoning_config: { type: 'enabled', budget_tokens: budget } }, isOn: false }
    }
    default:
      return unknown(reasoning, isOff, losses)
  }
}

function ofClaude(request: ChatRequest, rules: ModelRules, losses: Losses): WrittenThinking {
  const maxTokens = request.sampling.maxOutputTokens ?? rules.defaultMaxTokens
  const { thinking, effort, isThinking } = writeClaudeThinking(request, rules, maxTokens, losses)
  const output_config = effort === undefined ? undefined : { effort }
  return { fields: compact({ thinking, output_config }), isOn: isThinking }
}

function unknown(reasoning: Reasoning, isOff: boolean, losses: Losses): WrittenThinking {
  if (!isOff) loseReasoning(reasoning, 'this model has no such setting', losses)
  return OFF
}

/** Less than the limit of the answer, which counts thoughts too; `undefined` where that leaves too little. */
function budgetOf(
  { effort, budgetTokens }: Reasoning,
  maxTokens: number | undefined,
  losses: Losses,
): number | undefined {
  const most = maxTokens === undefined ? Number.POSITIVE_INFINITY : maxTokens - 1
  if (most < MIN_BUDGET) {
    losses.lose('reasoning', `the limit of ${maxTokens} tokens leaves no room to think`)
    return undefined
  }
  const hasBudget = budgetTokens !== undefined && budgetTokens > 0
  const share = EFFORT_SHARES[effort ?? 'medium'] ?? 0.5
  const wanted = hasBudget
    ? budgetTokens
    : Math.floor(Math.min(maxTokens ?? USUAL_ANSWER_TOKENS, USUAL_ANSWER_TOKENS) * share)
  const budget = Math.max(MIN_BUDGET, Math.min(wanted, most))
  if (hasBudget && budget !== budgetTokens) {
    losses.lose('reasoning.budget_tokens', `${MIN_BUDGET} to the limit of the answer is possible; ${budget} was sent`)
  }
  return budget
}

const LEVELS = ['low', 'medium', 'high']

/** The nearest of three levels. */
function levelOf({ effort, budgetTokens }: Reasoning, losses: Losses): string {
  const wanted = effort ?? nearestEffort(budgetTokens ?? -1) ?? 'medium'
  const level = LEVELS.includes(wanted) ? wanted : wanted === 'minimal' || wanted === 'none' ? 'low' : 'high'
  const known = `this model knows low, medium and high; ${level} was sent`
  if (effort !== undefined && level !== effort) losses.lose('reasoning.effort', known)
  if (budgetTokens !== undefined && budgetTokens >= 0) losses.lose('reasoning.budget_tokens', known)
  return level
}
