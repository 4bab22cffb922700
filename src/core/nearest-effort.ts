/**
 * A budget of thinking tokens as the nearest level of effort, by the shares of OpenRouter's table: 20 % low, 50 % medium,
 * 80 % high of 32,000. `undefined` for a budget the model chooses (-1).
 * https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export function nearestEffort(budgetTokens: number): string | undefined {
  if (budgetTokens < 0) return undefined
  if (budgetTokens === 0) return 'none'
  if (budgetTokens <= 6_400) return 'low'
  return budgetTokens <= 16_000 ? 'medium' : 'high'
}
