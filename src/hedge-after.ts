import type { Decision } from './core/decision.ts'
import type { HedgeSettings } from './core/dispatch-settings.ts'
import type { Target } from './core/target.ts'
import type { LiveMeasures } from './usage/live-measures.ts'

/** What is known of a call before it is sent. */
export type Expected = {
  readonly stream: boolean
  readonly promptTokens: number
  readonly decision: Decision | undefined
}

// Of a model whose speed nobody measured, and of an answer whose length nobody predicted.
const USUAL_TOKENS_PER_SECOND = 50
const USUAL_TOKENS = 500
// A whole answer comes when it is complete; its length is predicted roughly.
const MARGIN = 1.5

/** Milliseconds after which a target that has not begun to answer is slow: nineteen of twenty answers of its begin before. */
export function hedgeAfterMs(
  { id, facts }: Target,
  { minMs }: HedgeSettings,
  { stream, promptTokens, decision }: Expected,
  live: Pick<LiveMeasures, 'read'>,
): number {
  const seen = live.read(id, promptTokens)
  const firstMs = Math.max(minMs, seen?.ttftMsP95 ?? facts.ttft_ms ?? 0)
  if (stream) return firstMs
  const tokens = decision?.candidates.find(({ model }) => model === id)?.output_tokens ?? USUAL_TOKENS
  const speed = seen?.tokensPerSecond ?? facts.tokens_per_second ?? USUAL_TOKENS_PER_SECOND
  return firstMs + (MARGIN * 1_000 * tokens) / speed
}
