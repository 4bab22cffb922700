import { table } from './table.ts'

/**
 * The share of an answer's tokens that each level of effort may think: OpenRouter's table, the one that more than one
 * provider's models are asked by. https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export const EFFORT_SHARES = table<number>({
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
})

/** The answer that a share is of, where the client set no limit, in tokens. */
export const USUAL_ANSWER_TOKENS = 32_000

/** What a budget is told as: the words every model with levels knows. */
const COARSE = ['low', 'medium'] as const

/** A budget of thinking tokens as the nearest level of effort. `undefined` for a budget the model chooses (-1). */
export function nearestEffort(budgetTokens: number): string | undefined {
  if (budgetTokens < 0) return undefined
  if (budgetTokens === 0) return 'none'
  return COARSE.find((level) => budgetTokens <= (EFFORT_SHARES[level] ?? 0) * USUAL_ANSWER_TOKENS) ?? 'high'
}
