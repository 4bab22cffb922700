import type { JsonObject } from '../../core/json.ts'
import { EFFORT_SHARES, nearestEffort, USUAL_ANSWER_TOKENS } from '../../core/nearest-effort.ts'
import type { ChatRequest, Reasoning } from '../../core/request.ts'
import type { Losses } from '../shared/lose.ts'
import { claudeFacts, familyOf } from './models.ts'
import type { WrittenMessages } from './write-messages.ts'

/** What is asked of a model's thinking, under the names that this model has for it. */
export type WrittenThinking = { readonly fields: JsonObject; readonly isOn: boolean }

const OFF: WrittenThinking = { fields: {}, isOn: false }
const MIN_BUDGET = 1_024

/**
 * Effort or budget as members of `additionalModelRequestFields`: `thinking` for Claude, `reasoningConfig` for Nova,
 * `reasoning_effort` for gpt-oss, `reasoning_config` for the rest that thinks.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html
 */
export function writeThinking(
  { reasoning, sampling }: ChatRequest,
  model: string,
  loop: WrittenMessages['loop'],
  losses: Losses,
): WrittenThinking {
  if (reasoning === undefined) return OFF
  const isOff = reasoning.effort === 'none' || reasoning.budgetTokens === 0
  switch (familyOf(model)) {
    case 'claude':
      return claude(reasoning, isOff, { model, loop, losses, maxTokens: sampling.maxOutputTokens })
    case 'gpt-oss':
      return { fields: { reasoning_effort: threeLevels(effortOf(reasoning), losses) }, isOn: false }
    case 'nova':
      if (!/nova-2/.test(model)) return unknown(isOff, losses)
      if (isOff) return { fields: { reasoningConfig: { type: 'disabled' } }, isOn: false }
      return {
        fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: threeLevels(effortOf(reasoning), losses) } },
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
      return unknown(isOff, losses)
  }
}

function unknown(isOff: boolean, losses: Losses): WrittenThinking {
  if (!isOff) losses.lose('reasoning', 'this model has no such setting')
  return OFF
}

type Asked = {
  readonly model: string
  readonly loop: WrittenMessages['loop']
  readonly losses: Losses
  readonly maxTokens: number | undefined
}

function claude(reasoning: Reasoning, isOff: boolean, { model, loop, losses, maxTokens }: Asked): WrittenThinking {
  const { thinking } = claudeFacts(model)
  if (thinking === 'none') return unknown(isOff, losses)
  if (isOff) return { fields: { thinking: { type: 'disabled' } }, isOn: false }
  if (thinking === 'adaptive') {
    if (reasoning.effort === undefined && (reasoning.budgetTokens ?? -1) >= 0) {
      losses.lose('reasoning.budget_tokens', 'this model knows levels of effort only; the nearest was sent')
    }
    const effort = reasoning.effort === undefined && reasoning.budgetTokens === -1 ? undefined : effortOf(reasoning)
    const level = effort === 'minimal' ? 'low' : effort
    return {
      fields: { thinking: { type: 'adaptive' }, ...(level === undefined ? {} : { output_config: { effort: level } }) },
      isOn: true,
    }
  }
  if (loop === 'without-thoughts') {
    // "Expected `thinking`, but found `tool_use`": a tool loop that began without thoughts cannot go on with them.
    losses.lose(
      'reasoning',
      'the thoughts before the tool calls are not there or not signed: thinking is off in this call',
    )
    return OFF
  }
  const budget = budgetOf(reasoning, maxTokens, losses)
  if (budget === undefined) return OFF
  return { fields: { thinking: { type: 'enabled', budget_tokens: budget } }, isOn: true }
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

function effortOf({ effort, budgetTokens }: Reasoning): string {
  return effort ?? nearestEffort(budgetTokens ?? -1) ?? 'medium'
}

function threeLevels(effort: string, losses: Losses): string {
  if (effort === 'low' || effort === 'medium' || effort === 'high') return effort
  const level = effort === 'minimal' || effort === 'none' ? 'low' : 'high'
  losses.lose('reasoning.effort', `this model knows low, medium and high; ${level} was sent`)
  return level
}
