/** What this gateway has seen of a budget in the store: enough to tell a store that lost it. */
export type SeenBudget = {
  /** Of the budget; a store that has lost it begins another. */
  readonly life: string
  readonly nanoUsd: number
  /** In which life of the server it was seen. */
  readonly serverLife: number
  /** Milliseconds since 1970. */
  readonly endsAt: number
}

/** By the name of the budget's key in the store; the ones used last. */
export type BudgetMemory = {
  get(name: string): SeenBudget | undefined
  saw(name: string, seen: SeenBudget): void
  /** Those whose period is not over. */
  current(now: number): readonly (readonly [name: string, seen: SeenBudget])[]
}

const MOST = 10_000

export function createBudgetMemory(): BudgetMemory {
  const budgets = new Map<string, SeenBudget>()
  return {
    get: (name) => budgets.get(name),
    saw(name, seen) {
      budgets.delete(name)
      budgets.set(name, seen)
      if (budgets.size <= MOST) return
      for (const oldest of budgets.keys()) {
        budgets.delete(oldest)
        return
      }
    },
    current: (now) => [...budgets].filter(([, { endsAt }]) => endsAt > now),
  }
}
