/** What the simulator has been asked and has really sent: what a bill can be checked against. */
export type LedgerTotals = {
  readonly requests: number
  /** Answers under way. */
  readonly active: number
  /** Answers whose client left before they were complete. */
  readonly aborted: number
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly models: Readonly<Record<string, ModelTotals>>
}

export type ModelTotals = {
  readonly requests: number
  readonly aborted: number
  readonly prompt_tokens: number
  readonly completion_tokens: number
}

/** The account of one call under way. */
export type Account = {
  /** The head of a 200 is out: the prompt is paid for. */
  answered(promptTokens: number): void
  sent(tokens: number): void
  /** Ends the account; later calls do nothing. */
  ended(isAborted: boolean): void
}

export type Ledger = {
  open(model: string): Account
  totals(): LedgerTotals
  /** Names of the models of the latest calls, oldest first. */
  latest(): readonly string[]
  clear(): void
}

type Entry = { requests: number; aborted: number; prompt_tokens: number; completion_tokens: number }

const MAX_MODELS = 256
const MAX_LATEST = 1_000
const OTHER = '(other)'

/** An empty ledger. Names beyond the first few hundred share one line. */
export function createLedger(): Ledger {
  let entries = new Map<string, Entry>()
  let latest: string[] = []
  let active = 0

  function entryOf(model: string): Entry {
    const name = entries.has(model) || entries.size < MAX_MODELS ? model.slice(0, 256) : OTHER
    const known = entries.get(name)
    if (known !== undefined) return known
    const entry = { requests: 0, aborted: 0, prompt_tokens: 0, completion_tokens: 0 }
    entries.set(name, entry)
    return entry
  }

  return {
    open(model) {
      const entry = entryOf(model)
      entry.requests += 1
      latest.push(model.slice(0, 256))
      if (latest.length >= MAX_LATEST * 2) latest = latest.slice(-MAX_LATEST)
      active += 1
      let isOver = false
      return {
        answered(promptTokens) {
          entry.prompt_tokens += promptTokens
        },
        sent(tokens) {
          entry.completion_tokens += tokens
        },
        ended(isAborted) {
          if (isOver) return
          isOver = true
          active -= 1
          if (isAborted) entry.aborted += 1
        },
      }
    },
    totals: () => ({ active, ...sum([...entries.values()]), models: copy(entries) }),
    latest: () => latest.slice(-MAX_LATEST),
    clear() {
      entries = new Map()
      latest = []
    },
  }
}

function sum(entries: readonly Entry[]): Entry {
  const total = { requests: 0, aborted: 0, prompt_tokens: 0, completion_tokens: 0 }
  for (const entry of entries) {
    total.requests += entry.requests
    total.aborted += entry.aborted
    total.prompt_tokens += entry.prompt_tokens
    total.completion_tokens += entry.completion_tokens
  }
  return total
}

function copy(entries: ReadonlyMap<string, Entry>): Readonly<Record<string, ModelTotals>> {
  return Object.fromEntries([...entries].map(([model, entry]) => [model, { ...entry }]))
}
