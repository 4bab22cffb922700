import type { LiveMeasures } from './estimate.ts'

/**
 * Measurements under which a model whose answers are hardly known writes as far off its predictions as the best one does.
 * Where all answers are shorter than predicted, only those that are asked are known to be cheap: compared as they stand,
 * the others would look too dear to be tried, and stay unknown for ever.
 */
export function likeTheBest(live: LiveMeasures, best: string): LiveMeasures {
  return (id, promptTokens) => {
    const { lengthFactor: common = 1 } = live(best, promptTokens) ?? {}
    // The best one's own factor is what it is compared with.
    if (id === best) return live(id, promptTokens)
    const seen = live(id, promptTokens)
    const {
      ttftMs,
      tokensPerSecond,
      lengthFactor = 1,
      lengthBelief = seen?.lengthFactor === undefined ? 1 : 0,
    } = seen ?? {}
    return { ...seen, ttftMs, tokensPerSecond, lengthFactor: lengthFactor + lengthBelief * (common - 1) }
  }
}
