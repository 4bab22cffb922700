import type { Lesson, Lessons } from '../core/learned.ts'
import type { LearningSettings } from '../core/snapshot.ts'
import type { Account, Sum } from './account.ts'
import { addTo, openAccount, sumFor } from './account.ts'
import type { Accounts } from './accounts.ts'
import { createAccounts } from './accounts.ts'
import type { From } from './key-bound.ts'
import { createKeyBound } from './key-bound.ts'
import type { PromptKind } from './prompt-kind.ts'
import { SIGNALS, type SignalSource, USUAL_COUNT } from './signals.ts'

/** What was learned under one router's clusters. */
export type Book = {
  /** What people said, by model. */
  readonly told: Accounts
  /** What the gateway saw, by model. */
  readonly seen: Accounts
  /** What is usually seen, whichever model answers, by source. */
  readonly usual: Accounts
}

export type Posterior = {
  /** Lessons for prompts of a kind, by target. */
  lessons(kind: PromptKind, now: number): Lessons
  /**
   * A person's word on an answer of which `surprise` is the reward less the predicted quality. `key`: whose, where one key
   * must not move predictions alone.
   */
  tell(kind: PromptKind, model: string, sum: Sum, now: number, key?: string): void
  see(kind: PromptKind, model: string, sum: Sum, now: number, key?: string): void
  /** The mean reward of a source on prompts of this kind, over all models. */
  usual(kind: PromptKind, source: SignalSource, now: number): number
  notice(kind: PromptKind, source: SignalSource, sum: Sum, now: number): void
  readonly books: Map<string, Book>
}

const MOST_MODELS = 1_000
const MOST_SOURCES = 16
// Those of the router in use, and of the one before.
const MOST_BOOKS = 2
const NONE: Lessons = new Map()

/**
 * The conjugate update of design/router.md §4.12. With the router's prediction q as a prior that counts for n₀ outcomes,
 * q′ = (n₀·q + Σ w·reward) / (n₀ + Σ w) over the outcomes on like prompts. It is kept as what rewards had over their own
 * prompt's prediction: q′ = q + Σ w·(reward − q then) / (n₀ + Σ w), which is the same where q is, and where a model was
 * given the hard prompts does not hold that against it.
 *
 * Signals have an account of their own. They are no quality, so what counts is how far they lie from what is usual on such
 * prompts; and a thousand quiet answers must not outweigh ten people who complained.
 */
export function createPosterior(settings: () => LearningSettings): Posterior {
  const books = new Map<string, Book>()
  const keyBound = createKeyBound(settings)

  function bookOf({ clusters }: PromptKind): Book {
    const found = books.get(clusters)
    if (found !== undefined) return found
    const book = openBook()
    books.set(clusters, book)
    const oldest = books.keys().next().value
    if (books.size > MOST_BOOKS && oldest !== undefined) books.delete(oldest)
    return book
  }

  function add(accounts: Accounts, name: string, kind: PromptKind, sum: Sum, now: number, from?: From): void {
    const { direction } = kind
    const kept = accounts.get(name)
    const account = kept?.weights.length === direction.length ? kept : openAccount(direction.length, now)
    if (from === undefined) addTo(account, direction, sum, now, settings().forgettingPerDay)
    else keyBound.add(account, from, kind, sum, now)
    accounts.set(name, account)
  }

  return {
    books,
    lessons(kind, now) {
      const book = books.get(kind.clusters)
      if (book === undefined || book.told.size + book.seen.size === 0) return NONE
      const { priorCount, forgettingPerDay } = settings()
      const read = (account: Account): Sum => sumFor(account, kind.direction, now, forgettingPerDay)
      const lessons = new Map<string, Lesson>()
      for (const [model, account] of book.told.entries()) {
        const { weight, surprise } = read(account)
        const narrowing = Math.sqrt(priorCount / (priorCount + weight))
        if (weight >= LEAST)
          lessons.set(model, { outcomes: weight, shift: surprise / (priorCount + weight), narrowing })
      }
      for (const [model, account] of book.seen.entries()) {
        const { weight, surprise } = read(account)
        if (weight < LEAST) continue
        const { outcomes = 0, shift = 0, narrowing = 1 } = lessons.get(model) ?? {}
        lessons.set(model, {
          outcomes: outcomes + weight,
          shift: shift + surprise / (priorCount + weight),
          narrowing,
        })
      }
      return lessons
    },
    tell: (kind, model, sum, now, key) => add(bookOf(kind).told, model, kind, sum, now, fromOf(key, 'told', model)),
    see: (kind, model, sum, now, key) => add(bookOf(kind).seen, model, kind, sum, now, fromOf(key, 'seen', model)),
    usual(kind, source, now) {
      const { usual } = SIGNALS[source]
      const account = books.get(kind.clusters)?.usual.get(source)
      if (account === undefined) return usual
      const { weight, surprise } = sumFor(account, kind.direction, now, settings().forgettingPerDay)
      return usual + surprise / (USUAL_COUNT + weight)
    },
    notice: (kind, source, sum, now) => add(bookOf(kind).usual, source, kind, sum, now),
  }
}

function fromOf(key: string | undefined, book: 'told' | 'seen', model: string): From | undefined {
  return key === undefined ? undefined : { key, account: `${book} ${model}` }
}

// Less is a trace of other kinds of prompts.
const LEAST = 0.05

export function openBook(): Book {
  return {
    told: createAccounts(MOST_MODELS),
    seen: createAccounts(MOST_MODELS),
    usual: createAccounts(MOST_SOURCES),
  }
}
