import type { Reasoning } from '../../core/request.ts'
import type { Losses } from './lose.ts'

/** Says the loss of a budget of thinking tokens in a format that knows levels of effort only. None is lost with a free one. */
export function loseBudget({ effort, budgetTokens }: Reasoning, losses: Losses): void {
  if (budgetTokens === undefined || budgetTokens <= 0) return
  const sent = effort === undefined ? 'the nearest was sent' : 'the one that was said was sent'
  losses.lose('reasoning.budget_tokens', `this format knows levels of effort only; ${sent}`)
}

/** Says that nothing of what was asked of the model's thinking was sent: a client may have said it in two places. */
export function loseReasoning({ effort, budgetTokens }: Reasoning, reason: string, losses: Losses): void {
  losses.lose('reasoning', reason)
  if (effort !== undefined && budgetTokens !== undefined) losses.lose('reasoning.effort', reason)
}
