import type { Clock } from '../core/ports.ts'

/** How fast one answer came. `undefined`: not measured. */
export type PaceSeen = {
  readonly ttftMs: number | undefined
  readonly tokensPerSecond: number | undefined
  /** Of the prompt; a long one takes longer to its first token. */
  readonly promptTokens: number | undefined
}

export type Pace = {
  record(seen: PaceSeen): void
  /** To the first token of an answer to a prompt of this length: the mean, and what nineteen of twenty stay below. */
  ttft(promptTokens: number): { readonly mean: number; readonly p95: number } | undefined
  tokensPerSecond(): number | undefined
}

// One in five: a change of pace shows after about five answers, one slow answer does not.
const QUICK = 0.2
// What is usual of a target moves ten times as slowly, so that an hour of trouble does not become it.
const SLOW = 0.02
// A target that was slow is not asked, and what is not asked is not measured: after a while it is thought to be as usual.
const HALF_LIFE_MS = 5 * 60_000
/** Prompts of up to so many tokens; longer ones are the last size. */
const SIZES = [1_000, 8_000, 64_000] as const
// Answers to prompts of a size after which half of what is believed of it is its own.
const SHARED = 4
// An answer that took longer than this many times what was expected counts as that long: it may be the network's.
const MOST = 5
const Z95 = 1.645

/** Which of the sizes by which waiting is told apart a prompt is of. */
export function sizeOfPrompt(promptTokens: number): number {
  const size = SIZES.findIndex((most) => promptTokens <= most)
  return size < 0 ? SIZES.length : size
}

/** The pace of one target: what it is at the moment, fading to what is usual of it. */
export function createPace(clock: Pick<Clock, 'monotonic'>): Pace {
  const all = createMean()
  const bySize = [...SIZES, Number.POSITIVE_INFINITY].map(() => createMean())
  const speed = createMean()
  let seenAt = 0

  const sizeOf = (promptTokens: number): Mean => bySize[sizeOfPrompt(promptTokens)] ?? all
  const freshness = (): number => 2 ** (-(clock.monotonic() - seenAt) / HALF_LIFE_MS)

  return {
    record({ ttftMs, tokensPerSecond, promptTokens }) {
      seenAt = clock.monotonic()
      if (ttftMs !== undefined) {
        all.add(ttftMs)
        if (promptTokens !== undefined) sizeOf(promptTokens).add(ttftMs)
      }
      if (tokensPerSecond !== undefined) speed.add(tokensPerSecond)
    },
    ttft(promptTokens) {
      const share = freshness()
      const overall = all.read(share)
      if (overall === undefined) return undefined
      const own = sizeOf(promptTokens)
      const weight = own.count() / (own.count() + SHARED)
      const mean = overall.mean + weight * ((own.read(share)?.mean ?? overall.mean) - overall.mean)
      return { mean, p95: mean * (1 + Z95 * overall.spread) }
    },
    tokensPerSecond: () => speed.read(freshness())?.mean,
  }
}

/** Exponentially weighted, over few and over many. `spread`: the standard deviation over the mean. */
type Mean = {
  add(seen: number): void
  read(freshness: number): { readonly mean: number; readonly spread: number } | undefined
  count(): number
}

function createMean(): Mean {
  let count = 0
  let quick = 0
  let usual = 0
  let variance = 0
  return {
    add(seen) {
      count += 1
      if (count === 1) {
        quick = seen
        usual = seen
        return
      }
      const bounded = Math.min(seen, MOST * quick)
      const deviation = bounded / quick - 1
      variance += QUICK * (deviation * deviation - variance)
      quick += QUICK * (bounded - quick)
      // A mean of the first answers, until there are many.
      usual += Math.max(SLOW, 1 / count) * (bounded - usual)
    },
    read(freshness) {
      if (count === 0) return undefined
      return { mean: usual + freshness * (quick - usual), spread: Math.sqrt(variance) }
    },
    count: () => count,
  }
}
